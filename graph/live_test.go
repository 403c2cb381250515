package graph_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/core/sites"
	"github.com/skvoz/skvoz/graph"
	"github.com/skvoz/skvoz/graph/graphtest"
	"github.com/skvoz/skvoz/internal/testkit"
)

const live = `subscription($s: ID!) { liveVisitors(siteId: $s) { visitorId } }`

// within bounds what must happen by itself.
const within = 10 * time.Second

// message is one of graphql-transport-ws.
type message struct {
	ID      string          `json:"id,omitempty"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

// socket is a WebSocket of a client.
type socket struct {
	t    *testing.T
	conn *websocket.Conn
}

func dial(t *testing.T, s *graphtest.Server, c *graphtest.Client, header http.Header, subprotocols ...string) (*socket, *http.Response, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	if len(subprotocols) == 0 {
		subprotocols = []string{"graphql-transport-ws"}
	}
	conn, resp, err := websocket.Dial(ctx, s.URL, &websocket.DialOptions{HTTPClient: c.HTTP, HTTPHeader: header, Subprotocols: subprotocols})
	if err != nil {
		return nil, resp, err
	}
	t.Cleanup(func() { _ = conn.CloseNow() })
	return &socket{t, conn}, resp, nil
}

// origin is what a browser sends from a page of ours.
func origin(s *graphtest.Server) http.Header {
	return http.Header{"Origin": {strings.TrimSuffix(s.URL, "/graphql")}}
}

func (s *socket) send(m message) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), within)
	defer cancel()
	require.NoError(s.t, wsjson.Write(ctx, s.conn, m))
}

func (s *socket) receive() (message, error) {
	ctx, cancel := context.WithTimeout(s.t.Context(), within)
	defer cancel()
	for {
		var m message
		if err := wsjson.Read(ctx, s.conn, &m); err != nil || m.Type != "ping" {
			return m, err
		}
	}
}

func (s *socket) expect(kind string) message {
	s.t.Helper()
	m, err := s.receive()
	require.NoError(s.t, err)
	require.Equal(s.t, kind, m.Type, "%s", m.Payload)
	return m
}

// closed reads until the server closes, and returns the code.
func (s *socket) closed() websocket.StatusCode {
	for {
		if _, err := s.receive(); err != nil {
			return websocket.CloseStatus(err)
		}
	}
}

func (s *socket) begin() {
	s.t.Helper()
	s.send(message{Type: "connection_init"})
	s.expect("connection_ack")
}

func (s *socket) subscribe(id, query string, variables any) {
	s.t.Helper()
	payload, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	require.NoError(s.t, err)
	s.send(message{ID: id, Type: "subscribe", Payload: payload})
}

func siteOf(t *testing.T, s *graphtest.Server, c *graphtest.Client) string {
	t.Helper()
	site, err := s.Resolver.Sites.Create(t.Context(), c.Account.ID, sites.Create{Domain: core.NewSecret(8) + ".example"})
	require.NoError(t, err)
	return site.ID.String()
}

func TestCA_1_webSockets_carrySubscriptionsAndQueries(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	owner := s.Owner(t)
	site := siteOf(t, s, owner)
	ws, _, err := dial(t, s, owner, origin(s))
	require.NoError(t, err)
	ws.begin()
	ws.subscribe("1", live, map[string]any{"s": site})
	require.JSONEq(t, `{"data":{"liveVisitors":[]}}`, string(ws.expect("next").Payload))
	ws.subscribe("2", `{ me { email } }`, nil)
	require.Contains(t, string(ws.expect("next").Payload), string(owner.User.Email))
	require.Equal(t, "2", ws.expect("complete").ID)
	ws.subscribe("3", `{ nothing }`, nil)
	require.Contains(t, string(ws.expect("error").Payload), "GRAPHQL_VALIDATION_FAILED")
	ws.expect("complete")
	ws.subscribe("4", deep(13), nil)
	require.Contains(t, string(ws.expect("next").Payload), "too_deep")
	ws.expect("complete")
	ws.subscribe("5", `mutation { signOut { success } }`, nil)
	require.Contains(t, string(ws.expect("next").Payload), "no_cookies")
	ws.expect("complete")
	ws.subscribe("6", live, map[string]any{"s": siteOf(t, s, s.Owner(t))})
	m := ws.expect("next")
	require.Contains(t, string(m.Payload), "NOT_FOUND", "another account's site")
	ws.expect("complete")
	ws.send(message{ID: "1", Type: "complete"})
	require.Equal(t, "1", ws.expect("complete").ID)
}

func TestCA_1_webSockets_areRefusedWithAReason(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	owner := s.Owner(t)
	closeCode := func(c *graphtest.Client, header http.Header, payload string) websocket.StatusCode {
		ws, _, err := dial(t, s, c, header)
		require.NoError(t, err)
		m := message{Type: "connection_init"}
		if payload != "" {
			m.Payload = json.RawMessage(payload)
		}
		ws.send(m)
		return ws.closed()
	}
	require.EqualValues(t, 4401, closeCode(s.Stranger(t), nil, ""), "nobody")
	require.EqualValues(t, 4403, closeCode(s.Stranger(t), nil, `{"authorization":"Bearer wrong"}`), "a wrong token")
	status := func(c *graphtest.Client, header http.Header, subprotocols ...string) int {
		_, resp, err := dial(t, s, c, header, subprotocols...)
		require.Error(t, err)
		return resp.StatusCode
	}
	require.Equal(t, http.StatusForbidden, status(owner, http.Header{"Origin": {"https://evil.example"}}), "another site")
	require.Equal(t, http.StatusForbidden, status(s.Stranger(t), http.Header{"Origin": {"https://evil.example"}}), "another site, without a cookie")
	require.Equal(t, http.StatusForbidden, status(owner, nil), "a cookie without an origin")
	require.Equal(t, http.StatusBadRequest, status(owner, origin(s), "graphql-ws"), "the older subprotocol")
	require.Equal(t, http.StatusUnauthorized, status(s.Stranger(t), http.Header{"Authorization": {"Bearer wrong"}}))
}

func TestCA_1_programs_openWebSocketsWithTheirToken(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	owner := s.Owner(t)
	program := s.Program(t, owner, accounts.ScopeRead)
	authorization := program.Header.Get("Authorization")
	for name, with := range map[string]struct {
		header  http.Header
		payload string
	}{
		"in a header":          {http.Header{"Authorization": {authorization}}, ""},
		"in the first message": {nil, `{"Authorization":"` + authorization + `"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ws, _, err := dial(t, s, s.Stranger(t), with.header)
			require.NoError(t, err)
			m := message{Type: "connection_init"}
			if with.payload != "" {
				m.Payload = json.RawMessage(with.payload)
			}
			ws.send(m)
			ws.expect("connection_ack")
			ws.subscribe("1", `{ me { email } }`, nil)
			require.Contains(t, string(ws.expect("next").Payload), string(owner.User.Email))
		})
	}
}

func TestCA_1_openConnections_endWithTheirSession(t *testing.T) {
	t.Parallel()
	s := newServer(t, graphtest.WithLimits(graph.Limits{RecheckEvery: 10 * time.Millisecond}))
	owner := s.Owner(t)
	site := siteOf(t, s, owner)
	ws, _, err := dial(t, s, owner, origin(s))
	require.NoError(t, err)
	ws.begin()
	ws.subscribe("1", live, map[string]any{"s": site})
	ws.expect("next")
	events := openStream(t, s, owner, live, map[string]any{"s": site})
	require.Equal(t, "next", events.next().name)

	program := s.Program(t, owner, accounts.ScopeRead)
	second, _, err := dial(t, s, s.Stranger(t), nil)
	require.NoError(t, err)
	second.send(message{Type: "connection_init", Payload: json.RawMessage(`{"authorization":"` + program.Header.Get("Authorization") + `"}`)})
	second.expect("connection_ack")

	owner.Do(`mutation { signOut { success } }`, nil).OK()
	ws.closed()
	for e := events.next(); e.name != ""; e = events.next() {
		require.NotEqual(t, "complete", e.name)
	}
	second.subscribe("1", `{ me { id } }`, nil)
	second.expect("next") // the token has not ended
	second.expect("complete")
	id := accounts.Identity{AccountID: owner.Account.ID, UserID: owner.User.ID, Role: accounts.RoleOwner}
	tokens, err := s.Resolver.Accounts.Tokens(t.Context(), id)
	require.NoError(t, err)
	require.NoError(t, s.Resolver.Accounts.RevokeToken(t.Context(), id, tokens[0].ID))
	second.closed()
}

func TestCA_1_subscriptionsOfOneConnection_areLimited(t *testing.T) {
	t.Parallel()
	s := newServer(t, graphtest.WithLimits(graph.Limits{Streams: 2}))
	owner := s.Owner(t)
	site := map[string]any{"s": siteOf(t, s, owner)}
	ws, _, err := dial(t, s, owner, origin(s))
	require.NoError(t, err)
	ws.begin()
	for _, id := range []string{"1", "2"} {
		ws.subscribe(id, live, site)
		ws.expect("next")
	}
	ws.subscribe("3", live, site)
	require.Contains(t, string(ws.expect("next").Payload), "too_many_subscriptions")
	ws.expect("complete")
	ws.send(message{ID: "1", Type: "complete"})
	ws.expect("complete")
	testkit.Eventually(t, within, func() bool { // the place is free once the subscription's context has ended, which nobody is told of
		ws.subscribe("4", live, site)
		isRefused := strings.Contains(string(ws.expect("next").Payload), "too_many")
		if isRefused {
			ws.expect("complete")
		}
		return !isRefused
	}, "a place for another subscription")
}

// events reads server-sent events.
type events struct {
	t    *testing.T
	resp *http.Response
	in   *bufio.Scanner
}

type event struct{ name, data string }

func openStream(t *testing.T, s *graphtest.Server, c *graphtest.Client, query string, variables any) *events {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), within)
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL, strings.NewReader(string(body)))
	require.NoError(t, err)
	r.Header = c.Header.Clone()
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "text/event-stream")
	resp, err := c.HTTP.Do(r)
	require.NoError(t, err)
	t.Cleanup(func() { _ = resp.Body.Close() })
	return &events{t, resp, bufio.NewScanner(resp.Body)}
}

// next returns the next event, or the zero one at the end.
func (e *events) next() (got event) {
	for e.in.Scan() {
		line := e.in.Text()
		if name, ok := strings.CutPrefix(line, "event: "); ok {
			got.name = name
		}
		if data, ok := strings.CutPrefix(line, "data: "); ok {
			got.data = data
		}
		if line == "" && got.name != "" {
			return got
		}
	}
	return event{}
}

func TestCA_1_eventStreams_carryOneOperationEach(t *testing.T) {
	t.Parallel()
	s := newServer(t, graphtest.WithLimits(graph.Limits{KeepAlive: 5 * time.Millisecond}))
	owner := s.Owner(t)
	stream := openStream(t, s, owner, live, map[string]any{"s": siteOf(t, s, owner)})
	require.Equal(t, http.StatusOK, stream.resp.StatusCode)
	require.Equal(t, "text/event-stream; charset=utf-8", stream.resp.Header.Get("Content-Type"))
	require.Equal(t, event{"next", `{"data":{"liveVisitors":[]}}`}, stream.next())

	query := openStream(t, s, owner, `{ me { email } }`, nil)
	require.Contains(t, query.next().data, string(owner.User.Email))
	require.Equal(t, "complete", query.next().name)
	require.Equal(t, event{}, query.next())

	wrong := openStream(t, s, owner, `{ nothing }`, nil)
	require.Contains(t, wrong.next().data, "GRAPHQL_VALIDATION_FAILED")
	require.Equal(t, "complete", wrong.next().name)
	nobody := openStream(t, s, s.Stranger(t), live, map[string]any{"s": "1"})
	require.Contains(t, nobody.next().data, "UNAUTHENTICATED")
	signIn := openStream(t, s, owner, `mutation { signOut { success } }`, nil)
	require.Contains(t, signIn.next().data, "no_cookies")
}

func TestCA_1_eventStreams_areForThoseWhoPreferThem(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	owner := s.Owner(t)
	for accept, want := range map[string]string{
		"text/event-stream":                         "text/event-stream",
		"text/event-stream, */*;q=0.5":              "text/event-stream",
		"application/json;q=0.5, text/event-stream": "text/event-stream",
		"application/json, text/event-stream;q=0.9": "application/json",
		"application/json, text/event-stream":       "application/json",
		"text/event-stream;q=0, application/json":   "application/json",
		"application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed": "application/graphql-response+json",
	} {
		t.Run(accept, func(t *testing.T) {
			t.Parallel()
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL, strings.NewReader(`{"query":"{ me { email } }"}`))
			require.NoError(t, err)
			r.Header = owner.Header.Clone()
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Accept", accept)
			resp, err := owner.HTTP.Do(r)
			require.NoError(t, err)
			defer func() { _ = resp.Body.Close() }()
			require.Equal(t, http.StatusOK, resp.StatusCode)
			require.Equal(t, want+"; charset=utf-8", resp.Header.Get("Content-Type"))
		})
	}
}

func TestCA_1_eventStreams_outliveTheLimitOnReadingRequests(t *testing.T) {
	t.Parallel()
	s := newServer(t, graphtest.WithReadTimeout(50*time.Millisecond), graphtest.WithLimits(graph.Limits{KeepAlive: 10 * time.Millisecond}))
	owner := s.Owner(t)
	stream := openStream(t, s, owner, live, map[string]any{"s": siteOf(t, s, owner)})
	require.Equal(t, "next", stream.next().name)
	for signs := 0; signs < 20; { // of life: 200 ms
		require.True(t, stream.in.Scan(), "the stream ended")
		if stream.in.Text() == ":" {
			signs++
		}
	}
}
