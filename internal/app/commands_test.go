package app_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/internal/app"
	"github.com/skvoz/skvoz/store"
)

// line runs a command line on a database of its own.
func line(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errOut bytes.Buffer
	code = app.Main(t.Context(), app.Process{Args: args, Out: &out, Err: &errOut, Version: "v1.2.3"})
	return code, out.String(), errOut.String()
}

func TestMain_aWrongCommandLineSaysWhatIsRight(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "taken")
	tests := []struct {
		name string
		args []string
		code int
		want string
	}{
		{"no command", nil, 2, "expected one of"},
		{"unknown command", []string{"sing"}, 2, "unexpected argument sing"},
		{"listen without a port", []string{"serve", "--listen", "nowhere"}, 2, "write host:port"},
		{"database of an unknown engine", []string{"serve", "--database", "mysql://x/y"}, 2, "write sqlite://PATH or postgres://"},
		{"public URL with a path", []string{"serve", "--public-url", "https://x.example/a"}, 2, "only scheme and host"},
		{"too many demo days", []string{"demo", "--days", "9999"}, 2, "use 1 to 730"},
		{"admin address equals the public one", []string{"serve", "--listen", ":8080", "--admin-listen", ":8080"}, 2, "must not show metrics"},
		{"account is no id", []string{"site", "create", "--account", "x", "--domain", "a.example", "--data-dir", file}, 1, "no account id"},
		{"account that is not there", []string{"site", "create", "--account", "77", "--domain", "a.example", "--data-dir", file}, 1, "account not found in this database: 77"},
		{"no account id", []string{"deals", "rebuild", "--account", "x", "--data-dir", file}, 1, "account create prints it"},
		{"reports of an account that is not there", []string{"reports", "check", "--account", "77", "--data-dir", file}, 1, "account create printed the id"},
		{"unknown scope", []string{"token", "create", "--email", "a@a.example", "--scope", "everything", "--data-dir", file}, 1, "not found"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			code, out, errOut := line(t, tt.args...)
			require.Equal(t, tt.code, code, errOut)
			require.Contains(t, errOut+out, tt.want)
		})
	}
}

func TestMain_helpExplainsEachSetting(t *testing.T) {
	t.Parallel()
	code, out, _ := line(t, "serve", "--help")
	require.Zero(t, code)
	for _, flag := range []string{"--listen", "--database", "--public-url", "--data-dir", "--trusted-proxies", "--geoip", "SKVOZ_LISTEN"} {
		require.Contains(t, out, flag)
	}
	require.NotContains(t, out, "\t")
}

func TestMain_versionForScripts(t *testing.T) {
	t.Parallel()
	code, out, _ := line(t, "version", "--json")
	require.Zero(t, code)
	require.JSONEq(t, `{"version":"v1.2.3"}`, out)
}

func TestCA_1_accountsFromTheCommandLine(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, engine store.Engine) {
		s := startApp(t, engine)
		first := s.commandJSON(password+"\n", "account", "create", "--name", "One", "--email", "One@One.example")
		require.Equal(t, "one@one.example", first["email"])

		code, _, errOut := s.command(password+"\n", "account", "create", "--name", "Two", "--email", "one@one.example")
		require.Equal(t, 1, code)
		require.Contains(t, errOut, "e-mail")
		code, _, errOut = s.command("short\n", "account", "create", "--name", "Two", "--email", "two@two.example")
		require.Equal(t, 1, code)
		require.Contains(t, errOut, "password")
		code, _, errOut = s.command("", "account", "create", "--name", "Two", "--email", "two@two.example")
		require.Equal(t, 1, code)
		require.Contains(t, errOut, "standard input")

		token := s.commandJSON("", "token", "create", "--email", "one@one.example", "--scope", "read")["token"]
		require.Contains(t, s.raw(token, "{ me { email } }"), "one@one.example")
		require.Contains(t, s.raw(token, `mutation { createSite(input: {domain: "a.example"}) { site { id } } }`), "FORBIDDEN")
		other := map[bool]string{true: "1", false: "0"}[strings.HasSuffix(token, "0")]
		require.Contains(t, s.raw(token[:39]+other, "{ me { email } }"), "UNAUTHENTICATED")
	})
}

func TestApp_healthAndMetrics(t *testing.T) {
	t.Parallel()
	s := startApp(t, store.SQLite)
	for path, want := range map[string]string{"/healthz": `"ok"`, "/readyz": `"ready"`, "/metrics": "skvoz_build_info"} {
		status, body := get(t, s.url+path, nil)
		require.Equal(t, http.StatusOK, status, path)
		require.Contains(t, body, want)
	}
	status, _ := get(t, s.url+"/metrics", http.Header{"X-Forwarded-For": {"203.0.113.7"}})
	require.Equal(t, http.StatusForbidden, status, "a proxy on this machine must not open the metrics to the world")
}

func TestApp_aSecondServerOnThePortSaysSo(t *testing.T) {
	t.Parallel()
	s := startApp(t, store.SQLite)
	code, _, errOut := line(t, "serve", "--data-dir", t.TempDir(), "--admin-listen", "", "--listen", strings.TrimPrefix(s.url, "http://"))
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "address already in use")
}

func TestApp_aTakenAdminPortThatWasAskedForSaysSo(t *testing.T) {
	t.Parallel()
	s := startApp(t, store.SQLite)
	taken := strings.TrimPrefix(s.url, "http://")
	code, _, errOut := line(t, "serve", "--data-dir", t.TempDir(), "--listen", "127.0.0.1:0", "--admin-listen", taken)
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "--admin-listen")
}

func TestApp_aSecondServerOnTheDatabaseSaysSo(t *testing.T) {
	t.Parallel()
	s := startApp(t, store.SQLite)
	code, _, errOut := s.command("", "serve", "--admin-listen", "", "--listen", "127.0.0.1:0")
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "another server runs on")
}

func get(t *testing.T, url string, header http.Header) (status int, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	for name := range header {
		req.Header[name] = header[name]
	}
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	var buf bytes.Buffer
	_, err = buf.ReadFrom(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, buf.String()
}

func TestDemo_makesAnAccountOnceThatShowsItsHistory(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, engine store.Engine) {
		s := startApp(t, engine)
		code, out, errOut := s.command("", "demo", "--hits", "3000", "--json")
		require.Zero(t, code, errOut)
		var made struct {
			Created   bool
			AccountID string `json:"account_id"`
			Counts    struct{ Visitors, Sessions, Hits, Communications, Contacts, Deals, Won int }
		}
		require.NoError(t, json.Unmarshal([]byte(out), &made))
		require.True(t, made.Created)
		require.GreaterOrEqual(t, made.Counts.Hits, 3000)
		require.NotZero(t, made.Counts.Communications)
		require.NotZero(t, made.Counts.Deals)
		require.NotZero(t, made.Counts.Won)
		code, out, errOut = s.command("", "reports", "check", "--account", made.AccountID, "--json")
		require.Zero(t, code, errOut)
		require.Contains(t, out, `"differences":0`)
		require.NotContains(t, out, `"segments":0`)
		token := s.commandJSON("", "token", "create", "--email", "demo@skvoz.example", "--scope", "read")["token"]
		answer := s.raw(token, `{ sites { domain campaigns { name costs { amount { amount } } } } visitors(first: 20, filter: {hasContacts: true}) { nodes { name sessionCount hitCount
			sessions { nodes { hitCount hits { nodes { url title } } source { channel } campaign { name } } } person { contacts { value } } } } }`)
		require.NotContains(t, answer, "errors")
		require.Contains(t, answer, "okna.example")
		require.Contains(t, answer, "@mail.example")
		code, out, _ = s.command("", "demo", "--hits", "3000", "--json")
		require.Zero(t, code)
		require.Contains(t, out, `"created":false`)
	})
}
