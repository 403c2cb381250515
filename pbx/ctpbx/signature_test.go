package ctpbx_test

import (
	"encoding/json"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/pbx/ctpbx"
)

// vector is a signed request and what becomes of it; testdata/signatures.json was made by another program.
type vector struct {
	Rule      string   `json:"rule"`
	Secrets   []string `json:"secrets"`
	ID        string   `json:"id"`
	Timestamp string   `json:"timestamp"`
	Signature string   `json:"signature"`
	Now       int64    `json:"now"`
	Body      string   `json:"body"`
	Reason    string   `json:"reason"`
}

func TestVerify_GoldenVectors(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/signatures.json")
	require.NoError(t, err)
	var vectors []vector
	require.NoError(t, json.Unmarshal(raw, &vectors))
	for _, v := range vectors {
		t.Run(v.Rule, func(t *testing.T) {
			t.Parallel()
			h := http.Header{}
			h.Set("webhook-id", v.ID)
			h.Set("webhook-timestamp", v.Timestamp)
			h.Set("webhook-signature", v.Signature)
			err := ctpbx.Verify(h, []byte(v.Body), time.Unix(v.Now, 0), v.Secrets...)
			if v.Reason == "" {
				require.NoError(t, err)
				return
			}
			require.Equal(t, core.KindUnauthenticated, core.KindOf(err))
			require.Equal(t, v.Reason, core.AsError(err).Reason)
		})
	}
}

func TestSign_IsWhatVerifyTakes(t *testing.T) {
	t.Parallel()
	const secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
	at := time.Unix(1795327685, 0)
	require.Equal(t, "v1,KCj6aqSyWAPneCtVMYyVUse2tQ1+QnxsPmmu3a+9IuU=",
		ctpbx.Sign(secret, "msg_2h0a9", at, []byte(`{"id":"evt_25","type":"pbx_heartbeat","occurred_at":"2026-11-22T06:08:05.000Z","data":{"active_calls":0,"version":"1.4.2"}}`)))
	require.Empty(t, ctpbx.Sign("no secret", "a", at, nil))
}
