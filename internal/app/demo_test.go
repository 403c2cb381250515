package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/demo"
	"github.com/skvoz/skvoz/internal/app"
)

// screen keeps what a command prints while it runs.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// serveDemo runs the demo until the test ends and returns what it printed up to the greeting's end, and its complaints.
func serveDemo(t *testing.T, emulators string) (greeting string, complaints *screen) {
	t.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	out, errOut, code := &screen{}, &screen{}, make(chan int, 1)
	args := []string{
		"demo", "--serve", "--hits", "300", "--days", "3", "--data-dir", t.TempDir(), "--listen", "127.0.0.1:0", "--admin-listen", "",
		"--site-listen", "127.0.0.1:0", "--emulators-listen", emulators,
	}
	go func() { code <- app.Main(ctx, app.Process{Args: args, Out: out, Err: errOut, Version: "test"}) }()
	t.Cleanup(func() {
		stop()
		require.Zero(t, <-code, errOut.String())
	})
	require.Eventually(t, func() bool {
		return strings.HasSuffix(out.String(), "\n\n") && strings.Contains(out.String(), "demo site")
	}, time.Minute, 5*time.Millisecond)
	return out.String(), errOut
}

func TestDemo_hasEmulatorsBesideIt(t *testing.T) {
	t.Parallel()
	greeting, _ := serveDemo(t, "127.0.0.1:0")
	found := regexp.MustCompile(`emulators  (http://localhost:\d+)`).FindStringSubmatch(greeting)
	require.NotNil(t, found, greeting)
	res, err := http.Get(found[1] + "/_ctl/vendors")
	require.NoError(t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.Contains(t, string(body), `"kind":"amocrm"`)
	require.Contains(t, string(body), `"kind":"bitrix24"`)
}

func TestCA3_RC3_theDemosPhonesRingInItsCabinet(t *testing.T) {
	t.Parallel()
	greeting, _ := serveDemo(t, "127.0.0.1:0")
	address := func(what string) string {
		found := regexp.MustCompile(what + ` +(http://localhost:\d+)`).FindStringSubmatch(greeting)
		require.NotNil(t, found, greeting)
		return found[1]
	}
	cabinet, phones := address("cabinet"), address("phones")
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	client := &http.Client{Jar: jar}
	ask := func(query string) string {
		body, err := json.Marshal(map[string]string{"query": query})
		require.NoError(t, err)
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, cabinet+"/graphql", bytes.NewReader(body))
		require.NoError(t, err)
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("X-Requested-With", "test")
		res, err := client.Do(req)
		require.NoError(t, err)
		defer res.Body.Close()
		answer, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		return string(answer)
	}
	require.NotContains(t, ask(`mutation { signIn(input: {email: "`+demo.Email+`", password: "`+demo.Password+`"}) { user { id } } }`), "errors")
	place := func() {
		body := strings.NewReader(`{"from": "79161234567", "to": "` + demo.PageNumbers()[0] + `"}`)
		res, err := http.Post(phones+"/_ctl/pbxsim/actions/place_call", "application/json", body)
		require.NoError(t, err)
		defer res.Body.Close()
		require.Equal(t, http.StatusOK, res.StatusCode)
	}
	place()
	require.Eventually(t, func() bool {
		answer := ask(`{ activeCalls { contactPhone state employees { employee { name } } } }`)
		return strings.Contains(answer, "79161234567") && strings.Contains(answer, "Демидова Анна")
	}, 10*time.Second, 20*time.Millisecond, "the owner's phone rings")
}

func TestDemo_doesWithoutEmulators(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { taken.Close() })
	greeting, complaints := serveDemo(t, taken.Addr().String())
	require.NotContains(t, greeting, "emulators")
	require.Contains(t, complaints.String(), "no emulators; name another address with --emulators-listen")

	greeting, complaints = serveDemo(t, "")
	require.NotContains(t, greeting, "emulators")
	require.NotContains(t, complaints.String(), "no emulators")
}

func TestDemo_emulatorsAreForThisMachineAlone(t *testing.T) {
	t.Parallel()
	code, _, errOut := line(t, "demo", "--serve", "--emulators-listen", ":8095", "--data-dir", t.TempDir())
	require.Equal(t, 2, code)
	require.Contains(t, errOut, "--emulators-listen: ")
	require.Contains(t, errOut, "is not on loopback")
}
