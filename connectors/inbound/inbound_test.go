package inbound_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/connectors/inbound"
	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/integrations"
)

type receiver struct {
	kind   integrations.Kind
	secret string
	hook   integrations.Hook
	err    error
}

func (r *receiver) ReceiveHook(_ context.Context, kind integrations.Kind, secret string, h integrations.Hook) error {
	r.kind, r.secret, r.hook = kind, secret, h
	return r.err
}

func TestCA2_hook(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		method, path, body string
		err                error
		want               int
	}{
		"a kept webhook is answered 200":                {"POST", "/hooks/amocrm/s3cret", "leads[add][0][id]=1", nil, 200},
		"an address that is no one's is answered 404":   {"POST", "/hooks/amocrm/other", "a=b", core.NotFound("webhook address"), 404},
		"what could not be kept is to be sent again":    {"POST", "/hooks/amocrm/s3cret", "a=b", errors.New("disk full"), 503},
		"a body over a mebibyte is refused":             {"POST", "/hooks/amocrm/s3cret", strings.Repeat("x", 1<<20+1), nil, 413},
		"a vendor may look whether the address answers": {"GET", "/hooks/amocrm/s3cret", "", nil, 200},
		"other methods are refused":                     {"DELETE", "/hooks/amocrm/s3cret", "", nil, 405},
		"an address without a secret is none":           {"POST", "/hooks/amocrm", "a=b", nil, 404},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			to := &receiver{err: tt.err}
			h := inbound.New(inbound.Config{Receiver: to, Clock: core.SystemClock{}, Log: slog.New(slog.DiscardHandler)})
			req := httptest.NewRequestWithContext(t.Context(), tt.method, tt.path+"?q=1", strings.NewReader(tt.body))
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			rec := httptest.NewRecorder()
			h.ServeHTTP(rec, req)
			require.Equal(t, tt.want, rec.Code)
			if tt.want == http.StatusOK {
				require.Equal(t, integrations.Kind("amocrm"), to.kind)
				require.Equal(t, "s3cret", to.secret)
				require.Equal(t, tt.body, string(to.hook.Body))
				require.Equal(t, "q=1", to.hook.Query)
				require.Equal(t, "application/x-www-form-urlencoded", to.hook.ContentType)
			}
		})
	}
}
