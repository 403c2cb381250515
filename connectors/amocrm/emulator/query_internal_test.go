package emulator

import (
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/internal/emulation"
)

func TestParseQuery_AsPHPReadsIt(t *testing.T) {
	t.Parallel()
	cases := []struct {
		rule, query string
		at          []string
		want        []string
	}{
		{"a value", "a=1", []string{"a"}, []string{"1"}},
		{"a list", "a[]=1&a[]=2", []string{"a"}, []string{"1", "2"}},
		{"a list with numbers", "a[0]=1&a[1]=2", []string{"a"}, []string{"1", "2"}},
		{"commas", "a=1,2", []string{"a"}, []string{"1", "2"}},
		{"nested", "f[s][0][p]=7", []string{"f", "s", "0", "p"}, []string{"7"}},
		{"escaped brackets", "f%5Bid%5D%5B%5D=7", []string{"f", "id"}, []string{"7"}},
		{"the last one counts", "a=1&a=2", []string{"a"}, []string{"2"}},
		{"a bracket that is not closed", "a[b=1", []string{"a"}, nil},
		{"nothing there", "a=1", []string{"b", "c"}, nil},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, parseQuery(c.query).at(c.at...).list())
		})
	}
}

func FuzzParseQuery(f *testing.F) {
	for _, seed := range []string{"a[b][]=1&a[b][]=2", "[]=1", "a[=1", "a]b[=", "%zz=1", "filter[statuses][0][pipeline_id]=1", strings.Repeat("a[", 100) + "=1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		root := parseQuery(raw)
		var depth func(*node) int
		depth = func(n *node) int {
			most := 0
			require.Len(t, n.kids, len(n.keys))
			for _, key := range n.keys {
				most = max(most, depth(n.kids[key]))
			}
			return most + 1
		}
		require.LessOrEqual(t, depth(root), maxDepth+1)
		filter := root.at("filter")
		require.NotPanics(t, func() {
			_ = filter.at("id").ids().lets(1) && filter.at("updated_at").span().lets(1) && stageLets(filter.at("statuses").stages(), 1, 2)
		})
	})
}

// FuzzBodies sends any body to all that takes one: the answer is always one the vendor could give.
func FuzzBodies(f *testing.F) {
	for _, seed := range []string{
		`[{"name":"x","price":1}]`, `{"price":null}`, `[{"custom_fields_values":[{"field_code":"PHONE","values":[{"value":null}]}]}]`, `[{"_embedded":{"tags":{"id":1}}}]`,
		`[{"_embedded":{"contacts":[{"id":20000001}]}}]`, `[[1]]`, `{`, `[{"note_type":"common","params":[]}]`, `{"add":[{"users":5}]}`, `{"settings":{"a":1}}`,
		`[{"direction":"inbound","duration":1,"source":"s","phone":"9215550111"}]`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		s := New(emulation.NewKit(), Options{Rate: 1000, AccountRate: 1000})
		defer s.Close()
		for _, route := range routes {
			if route.method == "GET" || strings.HasSuffix(route.path, "webhooks") && route.method == "POST" {
				continue
			}
			path := strings.NewReplacer("{entity}", "contacts", "{id}", "10000001", "{uid}", "abc").Replace(route.path)
			r := httptest.NewRequestWithContext(t.Context(), route.method, "/api/"+path, strings.NewReader(body))
			r.Header.Set("Authorization", "Bearer "+s.Token())
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			require.Contains(t, []int{200, 201, 204, 400, 403, 404, 405}, w.Code)
			require.True(t, w.Body.Len() == 0 || json.Valid(w.Body.Bytes()), w.Body.String())
		}
	})
}

func TestBodiesOfWebhooksCanBeReadBack(t *testing.T) {
	t.Parallel()
	var f form
	f.put("Стол & стул = 1", "name")
	f.put(nil, "empty")
	f.put(5, "tags", "0", "id")
	values, err := url.ParseQuery(encode([]string{"leads[add][0]"}, []form{f}, nil))
	require.NoError(t, err)
	require.Equal(t, "Стол & стул = 1", values.Get("leads[add][0][name]"))
	require.Equal(t, "5", values.Get("leads[add][0][tags][0][id]"))
	require.True(t, values.Has("leads[add][0][empty]"))
}
