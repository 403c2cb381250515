package app_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/store"
)

// dataAPI calls a method of the Data API without any headers.
func dataAPI(t *testing.T, url, body string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/v2.0", strings.NewReader(body))
	require.NoError(t, err)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Equal(t, http.StatusOK, resp.StatusCode)
	answer, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return string(answer)
}

func TestBI_2_theOperatorAllowsAddressesFromTheCommandLine(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, engine store.Engine) {
		s := startApp(t, engine)
		account := s.commandJSON(password+"\n", "account", "create", "--name", "One", "--email", "one@one.example")["account_id"]
		key := s.commandJSON("", "token", "create", "--email", "one@one.example", "--scope", "data-api")["token"]
		call := `{"jsonrpc":"2.0","id":"7","method":"get.account","params":{"access_token":"` + key + `"}}`

		require.Contains(t, dataAPI(t, s.url, call), `Your IP 127.0.0.1 is not whitelisted`)
		_, out, _ := s.command("", "ip", "list", "--account", account)
		require.Contains(t, out, "nobody")
		_, out, _ = s.command("", "ip", "allow", "--account", account, "127.0.0.0/8", "--comment", "here")
		require.Contains(t, out, "127.0.0.0/8")
		require.Contains(t, dataAPI(t, s.url, call), `"name":"One"`)
		_, out, _ = s.command("", "ip", "list", "--account", account, "--json")
		require.Contains(t, out, `"comment":"here"`)

		code, _, errOut := s.command("", "ip", "allow", "--account", account, "127.0.0.1/8")
		require.Equal(t, 1, code)
		require.Contains(t, errOut, "127.0.0.0/8 for the whole network")
		code, _, errOut = s.command("", "ip", "allow", "--account", "77", "127.0.0.1")
		require.Equal(t, 1, code)
		require.Contains(t, errOut, "account not found")
		code, _, _ = s.command("", "ip", "deny", "--account", account, "127.0.0.0/8")
		require.Zero(t, code)
		require.Contains(t, dataAPI(t, s.url, call), `"ip_not_whitelisted"`)
		require.Contains(t, s.raw(key, "{ me { email } }"), "FORBIDDEN", "the key opens nothing else")
	})
}
