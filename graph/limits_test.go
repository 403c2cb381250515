package graph_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/graph"
	"github.com/skvoz/skvoz/graph/graphtest"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

func newServer(t *testing.T, options ...graphtest.Option) *graphtest.Server {
	t.Helper()
	return graphtest.New(t, storetest.Open(t, store.SQLite, nil), options...)
}

func request(t *testing.T, method, url, contentType, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	require.NoError(t, err)
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	return r
}

func TestCA_1_queries_areLimitedInDepthAndCost(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	owner := s.Owner(t)
	sites := func(of string) string { return "{ sites { " + of + " } }" }
	tests := []struct {
		name, query, want string
	}{
		{"what the cabinet asks", `{ visitors(first: 50) { nodes { id contacts { value } lastSessions(first: 3) { source { source } } } } }`, ""},
		{"the largest page with little in it", `{ visitors(first: 100) { nodes { id } } }`, ""},
		{"pages within pages", `{ visitors(first: 100) { nodes { sessions(first: 100) { nodes { hits(first: 100) { nodes { id } } } } } } }`, "BAD_USER_INPUT too_expensive"},
		{"by a variable", `query($n: Int = 2000000000) { visitors(first: $n) { nodes { sessions(first: $n) { nodes { id } } } } }`, "BAD_USER_INPUT too_expensive"},
		{"the same field under many names", "{ " + aliases(90, "visitors(first: 100) { nodes { id name contacts { value kind origin } } }") + " }", "BAD_USER_INPUT too_expensive"},
		{"passwords tried in one request", "mutation { " + aliases(25, `signIn(input: {email: "a@b.cc", password: "x"}) { user { id } }`) + " }", "BAD_USER_INPUT too_expensive"},
		{"lists within lists", sites(`campaigns { include { conditions { value } } costs { id } } goals { id }`), ""},
		{"too deep", deep(13), "BAD_USER_INPUT too_deep"},
		{"fragments that spread each other twice", doubling(25), "BAD_USER_INPUT too_expensive"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			resp := owner.For(t).Do(tt.query, nil)
			if tt.want == "" {
				for _, e := range resp.Errors {
					require.NotContains(t, e.Extensions.Reason, "too_", "%s", resp.Body)
					require.NotContains(t, e.Extensions.Code, "GRAPHQL", "%s", resp.Body)
				}
				return
			}
			resp.Fails(tt.want)
		})
	}
}

func TestCA_1_depth_isCountedInFields(t *testing.T) {
	t.Parallel()
	s := newServer(t, graphtest.WithLimits(graph.Limits{Cost: 1 << 30}))
	owner := s.Owner(t)
	owner.Do(deep(13), nil).Fails("BAD_USER_INPUT too_deep")
	require.NotContains(t, string(owner.Do(deep(12), nil).Body), "too_deep")
	s.Stranger(t).Do(introspection, nil).OK()
}

// introspection is deeper than 12 fields, as tools send it.
const introspection = `{ __schema { queryType { name } types { kind name fields(includeDeprecated: true) { name args { name type { ...T } } type { ...T } } } } }
fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } }`

func TestCA_1_introspection_canBeTurnedOffWithSuggestions(t *testing.T) {
	t.Parallel()
	open, closed := newServer(t), newServer(t, graphtest.WithoutIntrospection())
	require.Contains(t, string(open.Stranger(t).Do(`{ __type(name: "User") { name } }`, nil).OK().Body), `"User"`)
	hidden := closed.Stranger(t).Do(`{ __type(name: "User") { name } }`, nil)
	hidden.Fails("FORBIDDEN introspection_off")
	require.NotContains(t, string(hidden.Body), `"User"`)
	require.Contains(t, string(open.Stranger(t).Do(`{ viewr { id } }`, nil).Body), "Did you mean")
	require.NotContains(t, string(closed.Stranger(t).Do(`{ viewr { id } }`, nil).Body), "viewer")
	require.NotContains(t, string(closed.Stranger(t).Do(`{ viewer }`, nil).Body), "Did you mean")
	require.Contains(t, string(closed.Stranger(t).Do(`{ viewer { __typename } instance { __typename } }`, nil).OK().Body), "Instance")
}

func TestCA_1_requests_areLimitedInSizeAndTokens(t *testing.T) {
	t.Parallel()
	s := newServer(t, graphtest.WithLimits(graph.Limits{Body: 4 << 10, Tokens: 100}))
	c := s.Stranger(t)
	resp := c.Do("{ instance { version } } #"+strings.Repeat("x", 5<<10), nil)
	require.Equal(t, http.StatusRequestEntityTooLarge, resp.Status)
	resp.Fails("BAD_USER_INPUT bad_request")
	resp = c.Do("{ "+strings.Repeat("__typename ", 200)+"}", nil)
	resp.Fails("GRAPHQL_PARSE_FAILED ")
	require.Contains(t, string(resp.Body), "token limit")
}

func TestCA_1_onlyJSON_isTaken(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	c := s.Owner(t)
	const query = `{"query":"{ viewer { id } }"}`
	for name, tt := range map[string]struct {
		method, contentType, body string
		want                      int
	}{
		"json":                    {"POST", "application/json", query, 200},
		"json in utf-8":           {"POST", "application/json; charset=UTF-8", query, 200},
		"json in another charset": {"POST", "application/json; charset=koi8-r", query, 415},
		"text, as forms can send": {"POST", "text/plain", query, 415},
		"a form":                  {"POST", "application/x-www-form-urlencoded", "query={viewer{id}}", 415},
		"a form with files":       {"POST", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"operations\"\r\n\r\n" + query + "\r\n--x--", 415},
		"no type":                 {"POST", "", query, 415},
		"a batch":                 {"POST", "application/json", "[" + query + "]", 400},
		"two values":              {"POST", "application/json", query + query, 400},
		"not json":                {"POST", "application/json", "{secret", 400},
		"query of another type":   {"POST", "application/json", `{"query":1}`, 400},
		"nothing":                 {"POST", "application/json", "", 400},
		"no query":                {"POST", "application/json", "{}", 400},
		"put":                     {"PUT", "application/json", query, 405},
		"head":                    {"HEAD", "", "", 405},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resp := c.For(t).Send(request(t, tt.method, s.URL, tt.contentType, tt.body))
			require.Equal(t, tt.want, resp.Status, "%s", resp.Body)
			require.NotContains(t, string(resp.Body), "secret", "what was sent is not repeated")
			if tt.want == http.StatusMethodNotAllowed {
				require.Equal(t, "GET, POST", resp.Header.Get("Allow"))
			}
		})
	}
}

func TestCA_1_get_takesQueriesAlone(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	c := s.Owner(t)
	get := func(query string) *graphtest.Response {
		return c.Send(request(t, http.MethodGet, s.URL+"?query="+url.QueryEscape(query), "", ""))
	}
	get(`{ me { id } }`).OK()
	resp := get(`mutation { signOut { success } }`)
	require.Equal(t, http.StatusMethodNotAllowed, resp.Status)
	require.Equal(t, "POST", resp.Header.Get("Allow"))
	get(`{ me { id } }`).OK()
	require.Equal(t, http.StatusBadRequest, get(`subscription { liveVisitors(siteId: "1") { visitorId } }`).Status)
}

func TestCA_1_persistedQueries_areSentOnce(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	c := s.Stranger(t)
	const query = `{ instance { version } }`
	sum := sha256.Sum256([]byte(query))
	hash := hex.EncodeToString(sum[:])
	send := func(query, hash string) *graphtest.Response {
		body, err := json.Marshal(map[string]any{"query": query, "extensions": map[string]any{"persistedQuery": map[string]any{"version": 1, "sha256Hash": hash}}})
		require.NoError(t, err)
		return c.Send(request(t, http.MethodPost, s.URL, "application/json", string(body)))
	}
	send("", hash).Fails("PERSISTED_QUERY_NOT_FOUND ")
	send(query, strings.Repeat("0", 64)).Fails("BAD_USER_INPUT ")
	send(query, hash).OK()
	send("", hash).OK()
	get := s.URL + "?extensions=" + url.QueryEscape(`{"persistedQuery":{"version":1,"sha256Hash":"`+hash+`"}}`)
	c.Send(request(t, http.MethodGet, get, "", "")).OK()
	send("{ instance { version } } #"+strings.Repeat("x", 20<<10), hash).Fails("BAD_USER_INPUT ")
}

func aliases(n int, field string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "a%d: %s ", i, field)
	}
	return b.String()
}

// deep asks n levels of fields: persons and their visitors lead to each other.
func deep(n int) string {
	query, closing := `{ visitor(id: "1") `, " }"
	for i := range n - 2 {
		query, closing = query+"{ "+[]string{"person", "visitors"}[i%2]+" ", " }"+closing
	}
	return query + "{ id }" + closing
}

// doubling makes a query that is short to write and endless to walk without remembering.
func doubling(n int) string {
	var b strings.Builder
	b.WriteString("{ sites { ...F0 } }\n")
	for i := range n {
		fmt.Fprintf(&b, "fragment F%d on Site { ...F%d ...F%d }\n", i, i+1, i+1)
	}
	fmt.Fprintf(&b, "fragment F%d on Site { id }\n", n)
	return b.String()
}
