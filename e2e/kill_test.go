package e2e

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/internal/testkit"
)

// acked is what the server answered with success, by visitor.
type acked struct {
	mu       sync.Mutex
	hits     map[int64][]int64
	phones   map[int64]string
	requests map[string]bool
}

type hitAnswer struct {
	V, S, T, H int64
	Refused    string
}

// TestKill_whatWasAnsweredIsOnDisk kills the server under load and asks it afterwards for all it had acknowledged.
func TestKill_whatWasAnsweredIsOnDisk(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			dsn := ""
			if engine == "postgres" {
				dsn = testkit.Postgres(t)
			}
			s := newServer(t, dsn)
			siteID, key, token := s.account("kill.example")
			got := &acked{hits: map[int64][]int64{}, phones: map[int64]string{}, requests: map[string]bool{}}
			for round := range 3 {
				s.start("--limit-per-ip", "0", "--limit-per-back-end", "0") // all visitors of this test have one address
				loadUntilKilled(t, s, key, got, 400+300*round)
			}
			require.NotEmpty(t, got.phones)
			require.NotEmpty(t, got.requests)
			s.start()
			checkVisitors(t, s, token, got)
			checkRequests(t, s, token, siteID, got)
			s.stop()
		})
	}
}

// loadUntilKilled sends hits, contacts and requests from many visitors at once, and kills the server when enough was acknowledged.
func loadUntilKilled(t *testing.T, s *server, key string, got *acked, enough int) {
	t.Helper()
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 32}}
	var count atomic.Int64
	reached := make(chan struct{})
	var once sync.Once
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range 24 {
		wg.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				if visit(s, client, key, got) != nil {
					return // the server is gone
				}
				if count.Add(1) >= int64(enough)/4 {
					once.Do(func() { close(reached) })
				}
			}
		})
	}
	select {
	case <-reached:
	case <-time.After(60 * time.Second):
		t.Errorf("only %d visits within a minute", count.Load())
	}
	s.kill()
	close(done)
	wg.Wait()
	client.CloseIdleConnections()
}

// visit is one visitor with three hits, a repeated send, contact data and a request. Whatever is answered is noted.
func visit(s *server, client *http.Client, key string, got *acked) error {
	var first hitAnswer
	for i := range 3 {
		form := url.Values{"k": {key}, "n": {nonce()}, "u": {fmt.Sprintf("https://kill.example/%d", i)}}
		if i == 0 {
			form.Set("f", nonce())
		} else {
			form.Set("v", itoa(first.V))
			form.Set("s", itoa(first.S))
			form.Set("t", itoa(first.T))
		}
		for range 2 { // every send is repeated, as after a lost answer
			var a hitAnswer
			if _, err := s.post(client, "/cs/h", form, &a); err != nil {
				return err
			}
			if a.V == 0 {
				return fmt.Errorf("refused: %s", a.Refused)
			}
			first = a
		}
		got.mu.Lock()
		got.hits[first.V] = append(got.hits[first.V], first.H)
		got.mu.Unlock()
	}
	phone := fmt.Sprintf("7926%07d", rand.IntN(10_000_000))
	var ok struct{ Success bool }
	ci := fmt.Sprintf("%d.%d.%d", first.V, first.S, first.T)
	if _, err := s.post(client, "/vc/s/", url.Values{"sk": {key}, "ci": {ci}, "hi": {itoa(first.H)}, "vp": {phone}, "s": {"1"}}, &ok); err != nil {
		return err
	}
	if ok.Success {
		got.mu.Lock()
		got.phones[first.V] = phone
		got.mu.Unlock()
	}
	text := nonce()
	ok.Success = false
	request := url.Values{
		"site_key": {key}, "visitor_id": {itoa(first.V)}, "session_id": {itoa(first.S)}, "hit_id": {itoa(first.H)}, "name": {"Kill"}, "phone": {phone}, "text": {text}, "nonce": {nonce()},
	}
	if _, err := s.post(client, "/api/add_offline_message/", request, &ok); err != nil {
		return err
	}
	if ok.Success {
		got.mu.Lock()
		got.requests[text] = true
		got.mu.Unlock()
	}
	return nil
}

func checkVisitors(t *testing.T, s *server, token string, got *acked) {
	t.Helper()
	for visitor, hits := range got.hits {
		var data struct {
			Visitor struct {
				HitCount int
				Contacts []struct{ Kind, Value string }
				Sessions struct {
					Nodes []struct {
						HitCount int
						Hits     struct{ Nodes []struct{ ID string } }
					}
				}
			}
		}
		s.graphql(token, `query($id: ID!) { visitor(id: $id) { hitCount contacts { kind value } sessions { nodes { hitCount hits { nodes { id } } } } } }`, map[string]any{"id": itoa(visitor)}, &data)
		stored := map[string]int{}
		for _, session := range data.Visitor.Sessions.Nodes {
			require.Len(t, session.Hits.Nodes, session.HitCount, "the session's counter differs from its hits")
			for _, h := range session.Hits.Nodes {
				stored[h.ID]++
			}
		}
		for _, h := range hits {
			require.Equal(t, 1, stored[itoa(h)], "hit %d of visitor %d", h, visitor)
		}
		require.LessOrEqual(t, len(stored), 3, "a repeated send was counted twice")
		if phone, ok := got.phones[visitor]; ok {
			var values []string
			for _, c := range data.Visitor.Contacts {
				values = append(values, c.Value)
			}
			require.Equal(t, []string{phone}, values)
		}
	}
}

func checkRequests(t *testing.T, s *server, token, siteID string, got *acked) {
	t.Helper()
	seen := map[string]int{}
	after := ""
	for {
		var data struct {
			Communications struct {
				Nodes    []struct{ Message string }
				PageInfo struct {
					HasNextPage bool
					EndCursor   string
				}
			}
		}
		variables := map[string]any{"site": siteID}
		if after != "" {
			variables["after"] = after
		}
		s.graphql(token, `query($site: ID!, $after: String) { communications(first: 100, after: $after, filter: {siteId: $site, kinds: [OFFLINE_REQUEST]}) { nodes { message } pageInfo { hasNextPage endCursor } } }`, variables, &data)
		for _, c := range data.Communications.Nodes {
			seen[c.Message]++
		}
		if !data.Communications.PageInfo.HasNextPage {
			break
		}
		after = data.Communications.PageInfo.EndCursor
	}
	for text := range got.requests {
		require.Equal(t, 1, seen[text], "request %s", text)
	}
}

func nonce() string {
	return strconv.FormatUint(rand.Uint64()|1<<63, 36) + strconv.FormatUint(rand.Uint64()|1<<63, 36)
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
