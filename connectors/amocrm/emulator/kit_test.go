package emulator_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/connectors/amocrm/emulator"
	"github.com/skvoz/skvoz/internal/emulation"
)

type object = map[string]any

// account is an emulator over real HTTP and a client with the long-lived token.
type account struct {
	*emulator.Server
	t     *testing.T
	kit   *emulation.Kit
	url   string
	token string
}

// open starts an account; without a rate in the options its limits are too high to notice.
func open(t *testing.T, o emulator.Options) *account {
	t.Helper()
	if o.Rate == 0 {
		o.Rate, o.AccountRate = 100000, 100000
	}
	kit := emulation.NewKit()
	s := emulator.New(kit, o)
	web := httptest.NewServer(kit.Wrap(s))
	t.Cleanup(func() {
		s.Close()
		web.Close()
	})
	s.SetBaseURL(web.URL)
	return &account{Server: s, t: t, kit: kit, url: web.URL, token: s.Token()}
}

// reply is an answer with its JSON read.
type reply struct {
	t      *testing.T
	status int
	header http.Header
	text   string
}

func (a *account) send(method, path, contentType string, body []byte, header http.Header) reply {
	a.t.Helper()
	r, err := http.NewRequestWithContext(a.t.Context(), method, a.url+path, bytes.NewReader(body))
	require.NoError(a.t, err)
	for name, values := range header {
		r.Header[name] = values
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	if host := header.Get("Host"); host != "" {
		r.Host = host
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(r)
	require.NoError(a.t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(a.t, err)
	return reply{t: a.t, status: resp.StatusCode, header: resp.Header, text: string(text)}
}

// do sends a request with the token; body is JSON, or nil.
func (a *account) do(method, path, body string) reply {
	a.t.Helper()
	contentType := ""
	if body != "" {
		contentType = "application/json"
	}
	return a.send(method, path, contentType, []byte(body), http.Header{"Authorization": {"Bearer " + a.token}})
}

func (a *account) get(path string) reply {
	a.t.Helper()
	return a.do(http.MethodGet, path, "")
}

// made posts and returns the id of the first row made.
func (a *account) made(path, name, body string) int64 {
	a.t.Helper()
	r := a.do(http.MethodPost, path, body)
	require.Equal(a.t, http.StatusOK, r.status, r.text)
	return int64(r.rows(name)[0]["id"].(float64))
}

func (r reply) json() object {
	r.t.Helper()
	var out object
	require.NoError(r.t, json.Unmarshal([]byte(r.text), &out), r.text)
	return out
}

// rows are _embedded[name].
func (r reply) rows(name string) []object {
	r.t.Helper()
	if r.status == http.StatusNoContent {
		require.Empty(r.t, r.text)
		return nil
	}
	require.Equal(r.t, http.StatusOK, r.status, r.text)
	var out struct {
		Embedded map[string]json.RawMessage `json:"_embedded"`
	}
	require.NoError(r.t, json.Unmarshal([]byte(r.text), &out), r.text)
	var rows []object
	require.NoError(r.t, json.Unmarshal(out.Embedded[name], &rows), r.text)
	return rows
}

func (r reply) ids(name string) []int64 {
	r.t.Helper()
	var out []int64
	for _, row := range r.rows(name) {
		out = append(out, int64(row["id"].(float64)))
	}
	return out
}

// wrong is the request's item, code and path of each thing wrong, "0 InvalidType price".
func (r reply) wrong() []string {
	r.t.Helper()
	require.Equal(r.t, http.StatusBadRequest, r.status, r.text)
	require.Equal(r.t, "application/problem+json", r.header.Get("Content-Type"))
	var out struct {
		Title, Type, Detail string
		Status              int
		Items               []struct {
			RequestID string `json:"request_id"`
			Errors    []struct{ Code, Path, Detail string }
		} `json:"validation-errors"`
	}
	require.NoError(r.t, json.Unmarshal([]byte(r.text), &out), r.text)
	require.Equal(r.t, "Bad Request https://httpstatus.es/400 400 Request validation failed",
		strings.Join([]string{out.Title, out.Type, http.StatusText(0) + "400", out.Detail}, " "))
	var list []string
	for _, item := range out.Items {
		for _, e := range item.Errors {
			require.NotEmpty(r.t, e.Detail)
			list = append(list, item.RequestID+" "+e.Code+" "+e.Path)
		}
	}
	return list
}

func (r reply) problem(status int) object {
	r.t.Helper()
	require.Equal(r.t, status, r.status, r.text)
	require.Equal(r.t, "application/problem+json", r.header.Get("Content-Type"))
	out := r.json()
	require.EqualValues(r.t, status, out["status"])
	return out
}

// query writes a PHP-style query.
func query(pairs ...string) string {
	var out []string
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, url.QueryEscape(pairs[i])+"="+url.QueryEscape(pairs[i+1]))
	}
	return "?" + strings.Join(out, "&")
}

func (a *account) mainPipeline() emulator.Pipeline { return a.Pipelines()[0] }
