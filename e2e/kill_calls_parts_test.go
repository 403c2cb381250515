package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// balancer hands requests to several servers in turn, as a load balancer does: one that can't be reached is passed over, a request whose server dies is answered 502.
type balancer struct {
	*httptest.Server
	client *http.Client

	mu      sync.Mutex
	servers []string
	next    int
	// routed are the servers that answered questions of calls, in order.
	routed map[string][]int
}

func newBalancer(t testing.TB) *balancer {
	t.Helper()
	b := &balancer{routed: map[string][]int{}, client: &http.Client{
		Timeout: 20 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 64}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	b.Server = httptest.NewServer(b)
	t.Cleanup(func() { b.Close(); b.client.CloseIdleConnections() })
	return b
}

func (b *balancer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	b.mu.Lock()
	servers, first := b.servers, b.next
	b.next++
	b.mu.Unlock()
	for n := range servers {
		k := (first + n) % len(servers)
		res, err := b.pass(r, servers[k], body)
		if isRefused(err) {
			continue
		}
		if err != nil {
			break
		}
		b.note(r.URL.Path, body, k)
		w.WriteHeader(res.StatusCode)
		_, _ = io.Copy(w, res.Body)
		_ = res.Body.Close()
		return
	}
	w.WriteHeader(http.StatusBadGateway)
}

func (b *balancer) pass(r *http.Request, server string, body []byte) (*http.Response, error) {
	out, err := http.NewRequestWithContext(r.Context(), r.Method, server+r.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	out.Header = r.Header.Clone()
	return b.client.Do(out)
}

// isRefused reports that nothing of a request was sent.
func isRefused(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial" && errors.Is(err, syscall.ECONNREFUSED)
}

func (b *balancer) note(path string, body []byte, server int) {
	if !strings.HasSuffix(path, "/route") {
		return
	}
	var question struct {
		CallID string `json:"call_id"`
	}
	if json.Unmarshal(body, &question) == nil {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.routed[question.CallID] = append(b.routed[question.CallID], server)
	}
}

// wandered counts calls that several servers led.
func (b *balancer) wandered() (n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, servers := range b.routed {
		for _, s := range servers {
			if s != servers[0] {
				n++
				break
			}
		}
	}
	return n
}

// shownCard is a card as a stream showed it.
type shownCard struct{ id, phase string }

// stream is what one server sends to one employee's cabinet.
type stream struct {
	employee string
	server   int

	mu    sync.Mutex
	cards map[shownCard]int
	bad   []string
}

// follow begins to listen; the stream ends with its server.
func follow(t testing.TB, url string, server int, employee, token string) *stream {
	t.Helper()
	body, err := json.Marshal(map[string]string{"query": `subscription { callPopUps { id phase call { id } } }`})
	require.NoError(t, err)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/graphql", bytes.NewReader(body))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "text/event-stream")
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, res.StatusCode)
	s := &stream{employee: employee, server: server, cards: map[shownCard]int{}}
	go s.listen(res.Body)
	return s
}

func (s *stream) listen(from io.ReadCloser) {
	defer func() { _ = from.Close() }()
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if text, ok := strings.CutPrefix(lines.Text(), "data: "); ok && text != "" && text != "{}" {
			s.take(text)
		}
	}
}

func (s *stream) take(text string) {
	var news struct {
		Data   struct{ CallPopUps struct{ ID, Phase string } }
		Errors []struct{ Message string }
	}
	err := json.Unmarshal([]byte(text), &news)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil || len(news.Errors) > 0 {
		s.bad = append(s.bad, text)
		return
	}
	s.cards[shownCard{news.Data.CallPopUps.ID, news.Data.CallPopUps.Phase}]++
}

// twice returns the cards that were shown again.
func (s *stream) twice() (out []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for card, n := range s.cards {
		if n > 1 {
			out = append(out, fmt.Sprintf("%s of employee %s by server %d: %s %d times", card.id, s.employee, s.server, card.phase, n))
		}
	}
	return append(out, s.bad...)
}

// shows reports whether a ring was shown in any phase.
func (s *stream) shows(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for card := range s.cards {
		if card.id == id {
			return true
		}
	}
	return false
}

func (s *stream) count() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.cards)
}
