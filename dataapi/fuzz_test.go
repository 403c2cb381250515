package dataapi_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

// FuzzDataAPI_answersAnyBody sends anything: the status is 200, the answer is JSON with either a result or an error, the id is the one that was
// sent, and no body makes the server fail.
func FuzzDataAPI_answersAnyBody(f *testing.F) {
	for _, tc := range errorCases() {
		if tc.body != "" {
			f.Add(tc.body)
			continue
		}
		f.Add(bodyOf(tc.method, tc.params))
	}
	f.Add(`{"jsonrpc":"2.0","id":1e400,"method":"upload.deals_history","params":{"access_token":"$TOKEN","deals":[{"revenue":1e-40}]}}`)
	w := newWorld(f, storetest.Open(f, store.SQLite, nil), limited(0, 0))
	w.funnel()
	handler := w.server.Config.Handler
	f.Fuzz(func(t *testing.T, body string) {
		sent := strings.ReplaceAll(body, "$TOKEN", w.token)
		rec := httptest.NewRecorder()
		handler.ServeHTTP(rec, httptest.NewRequest(http.MethodPost, "/v2.0", strings.NewReader(sent)))
		require.Equal(t, http.StatusOK, rec.Code)
		var answer map[string]json.RawMessage
		require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &answer), rec.Body.String())
		_, result := answer["result"]
		fault, failed := answer["error"]
		require.NotEqual(t, result, failed, rec.Body.String())
		require.JSONEq(t, `"2.0"`, string(answer["jsonrpc"]))
		require.NotContains(t, string(fault), "-32603", rec.Body.String())
		if id := string(answer["id"]); id != "null" {
			var request map[string]json.RawMessage
			require.NoError(t, json.Unmarshal([]byte(strings.TrimPrefix(sent, "\xef\xbb\xbf")), &request))
			require.Equal(t, string(request["id"]), id)
		} else {
			require.True(t, failed, "only a request without a readable id is answered with null")
		}
	})
}
