// Package e2e tries the built program from outside, as its users do: processes, HTTP, GraphQL, a real browser.
package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/internal/testkit"
)

const password = "correct horse battery"

// binary builds the program once for all tests of the package.
var binary = sync.OnceValues(func() (string, error) {
	if path := os.Getenv("SKVOZ_BIN"); path != "" {
		return filepath.Abs(path)
	}
	dir, err := os.MkdirTemp("", "skvoz-e2e-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "skvoz")
	out, err := exec.Command("go", "build", "-o", path, "..").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("building the program: %w: %s", err, out)
	}
	return path, nil
})

// server is a running skvoz with a data directory of its own.
type server struct {
	t       testing.TB
	bin     string
	dataDir string
	dsn     string
	url     string
	port    int
	cmd     *exec.Cmd
	output  *syncBuffer
}

// newServer prepares a server on a database; it is not started yet.
func newServer(t testing.TB, dsn string) *server {
	t.Helper()
	bin, err := binary()
	require.NoError(t, err)
	s := &server{t: t, bin: bin, dataDir: t.TempDir(), dsn: dsn, port: freePort(t)}
	if s.dsn == "" {
		s.dsn = "sqlite://" + filepath.Join(s.dataDir, "skvoz.db")
	}
	s.url = fmt.Sprintf("http://127.0.0.1:%d", s.port)
	t.Cleanup(s.stop)
	return s
}

func freePort(t testing.TB) int {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer ln.Close()
	return ln.Addr().(*net.TCPAddr).Port
}

func (s *server) start(flags ...string) {
	s.t.Helper()
	args := append([]string{
		"serve", "--data-dir", s.dataDir, "--database", s.dsn, "--listen", fmt.Sprintf("127.0.0.1:%d", s.port), "--admin-listen", "", "--public-url", s.url,
	}, flags...)
	s.output = &syncBuffer{}
	s.cmd = exec.Command(s.bin, args...)
	s.cmd.Stdout, s.cmd.Stderr = s.output, s.output
	require.NoError(s.t, s.cmd.Start())
	testkit.Eventually(s.t, 20*time.Second, func() bool {
		resp, err := http.Get(s.url + "/readyz")
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	}, "the server to be ready")
}

// kill ends the process as a power cut would; stop asks it to end.
func (s *server) kill() {
	s.t.Helper()
	require.NoError(s.t, s.cmd.Process.Kill())
	_ = s.cmd.Wait()
	s.cmd = nil
}

func (s *server) stop() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	done := make(chan struct{})
	go func() { _ = s.cmd.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(30 * time.Second):
		_ = s.cmd.Process.Kill()
		s.t.Errorf("the server did not stop within 30 s: %s", s.output)
	}
	s.cmd = nil
}

// cli runs an admin command with --json and decodes what it prints.
func (s *server) cli(stdin string, args ...string) map[string]any {
	s.t.Helper()
	out, errOut, err := s.run(stdin, append(args, "--json")...)
	require.NoError(s.t, err, "%v: %s", args, errOut)
	var result map[string]any
	require.NoError(s.t, json.Unmarshal([]byte(out), &result), "%v printed %q", args, out)
	return result
}

// run runs a command of the program on the server's database.
func (s *server) run(stdin string, args ...string) (stdout, stderr string, err error) {
	s.t.Helper()
	cmd := exec.Command(s.bin, args...)
	cmd.Env = append(os.Environ(), "SKVOZ_DATABASE="+s.dsn, "SKVOZ_DATA_DIR="+s.dataDir)
	cmd.Stdin = strings.NewReader(stdin)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	return out.String(), errs.String(), err
}

// account makes an account with a site and a token by the command line.
func (s *server) account(domain string) (siteID, siteKey, token string) {
	s.t.Helper()
	email := "owner@" + domain
	a := s.cli(password+"\n", "account", "create", "--name", "E2E", "--email", email)
	site := s.cli("", "site", "create", "--account", fmt.Sprint(a["account_id"]), "--domain", domain)
	t := s.cli("", "token", "create", "--email", email, "--scope", "read", "--scope", "write")
	return fmt.Sprint(site["site_id"]), site["site_key"].(string), t["token"].(string)
}

// graphql sends one query and decodes data; errors fail the test.
func (s *server) graphql(token, query string, variables map[string]any, data any) {
	s.t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	require.NoError(s.t, err)
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.url+"/graphql", bytes.NewReader(body))
	require.NoError(s.t, err)
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(req)
	require.NoError(s.t, err)
	defer resp.Body.Close()
	var answer struct {
		Data   json.RawMessage
		Errors []struct{ Message string }
	}
	require.NoError(s.t, json.NewDecoder(resp.Body).Decode(&answer))
	require.Empty(s.t, answer.Errors)
	require.NoError(s.t, json.Unmarshal(answer.Data, data))
}

// userAgent is that of a person's browser: others are refused as bots.
const userAgent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36"

// post sends a form to the tracker and decodes the answer.
func (s *server) post(client *http.Client, path string, form url.Values, answer any) (int, error) {
	req, err := http.NewRequest(http.MethodPost, s.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("User-Agent", userAgent)
	resp, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err
	}
	if resp.StatusCode != http.StatusOK {
		return resp.StatusCode, errors.New(string(raw))
	}
	return resp.StatusCode, json.Unmarshal(raw, answer)
}

// syncBuffer keeps what a process prints; reading and writing may happen at once.
type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
