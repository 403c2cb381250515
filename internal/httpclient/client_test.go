package httpclient_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/internal/httpclient"
)

// server answers with each status in turn, the last one for ever, and counts.
func server(t *testing.T, header http.Header, statuses ...int) (string, *atomic.Int32) {
	t.Helper()
	var calls atomic.Int32
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := int(calls.Add(1))
		for name, values := range header {
			w.Header()[name] = values
		}
		w.WriteHeader(statuses[min(n, len(statuses))-1])
		_, _ = io.Copy(w, r.Body)
	}))
	t.Cleanup(srv.Close)
	return srv.URL, &calls
}

func client(pauses *[]time.Duration, change ...func(*httpclient.Options)) *httpclient.Client {
	o := httpclient.Options{AllowPrivate: true, Sleep: func(_ context.Context, d time.Duration) error {
		if pauses != nil {
			*pauses = append(*pauses, d)
		}
		return nil
	}}
	for _, c := range change {
		c(&o)
	}
	return httpclient.New(o)
}

func do(t *testing.T, c *httpclient.Client, method, address string, body []byte, header ...string) (*httpclient.Response, error) {
	t.Helper()
	req, err := httpclient.NewRequest(t.Context(), method, address, body)
	require.NoError(t, err)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	return c.Do(req)
}

func TestDo_Repeats(t *testing.T) {
	t.Parallel()
	cases := []struct {
		rule, method string
		header       []string
		statuses     []int
		calls        int32
		status       int
	}{
		{"not after success", "GET", nil, []int{200}, 1, 200},
		{"not after the caller's fault", "GET", nil, []int{404}, 1, 404},
		{"a reading request after 500", "GET", nil, []int{500, 502, 200}, 3, 200},
		{"three times at most", "GET", nil, []int{503}, 3, 503},
		{"a writing request not after 500", "POST", nil, []int{500, 200}, 1, 500},
		{"a writing request after 429", "POST", nil, []int{429, 200}, 2, 200},
		{"a writing request after 503", "POST", nil, []int{503, 200}, 2, 200},
		{"a writing request with a key after 500", "POST", []string{"Idempotency-Key", "1"}, []int{500, 200}, 2, 200},
		{"not after a redirect, which is not followed", "GET", nil, []int{302}, 1, 302},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			address, calls := server(t, http.Header{"Location": {"http://192.0.2.1/"}}, c.statuses...)
			res, err := do(t, client(nil), c.method, address, []byte("body"), c.header...)
			require.NoError(t, err)
			require.Equal(t, c.status, res.Status)
			require.Equal(t, c.calls, calls.Load())
			require.Equal(t, "body", string(res.Body), "each attempt carries the body")
		})
	}
}

func TestDo_WaitsAsAsked(t *testing.T) {
	t.Parallel()
	var pauses []time.Duration
	address, _ := server(t, http.Header{"Retry-After": {"7"}}, 429, 200)
	_, err := do(t, client(&pauses), http.MethodGet, address, nil)
	require.NoError(t, err)
	require.Equal(t, []time.Duration{7 * time.Second}, pauses)
}

func TestDo_ReturnsTheAnswerWhenAskedToWaitTooLong(t *testing.T) {
	t.Parallel()
	address, calls := server(t, http.Header{"Retry-After": {"3600"}}, 429, 200)
	res, err := do(t, client(nil), http.MethodGet, address, nil)
	require.NoError(t, err)
	require.Equal(t, 429, res.Status)
	require.EqualValues(t, 1, calls.Load())
}

func TestDo_RepeatsAfterAFailureOfTheNetwork(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		if calls.Add(1) < 3 {
			panic(http.ErrAbortHandler)
		}
	}))
	t.Cleanup(srv.Close)
	res, err := do(t, client(nil), http.MethodGet, srv.URL, nil)
	require.NoError(t, err)
	require.Equal(t, 200, res.Status)
}

func TestDo_RefusesAnAnswerThatIsTooLarge(t *testing.T) {
	t.Parallel()
	address, calls := server(t, nil, 200)
	_, err := do(t, client(nil, func(o *httpclient.Options) { o.MaxBody = 10 }), http.MethodPut, address, []byte(strings.Repeat("x", 11)))
	require.ErrorIs(t, err, httpclient.ErrBodyTooLarge)
	require.EqualValues(t, 1, calls.Load())
}

func TestDo_RefusesPrivateAddressesAtConnectTime(t *testing.T) {
	t.Parallel()
	address, calls := server(t, nil, 200)
	named := strings.Replace(address, "127.0.0.1", "localhost", 1)
	for _, target := range []string{address, named, "http://10.0.0.1/", "http://169.254.169.254/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://100.100.100.200/", "http://0.0.0.0/"} {
		_, err := do(t, client(nil, func(o *httpclient.Options) { o.AllowPrivate = false }), http.MethodGet, target, nil)
		require.ErrorIs(t, err, httpclient.ErrPrivateAddress, target)
	}
	require.Zero(t, calls.Load())
}

func TestDo_ErrorsNameTheHostAlone(t *testing.T) {
	t.Parallel()
	_, err := do(t, client(nil, func(o *httpclient.Options) { o.AllowPrivate = false }), http.MethodGet, "http://user:hunter2@127.0.0.1:1/rest/hunter2?token=hunter2", nil)
	require.ErrorContains(t, err, "GET 127.0.0.1:1: ")
	require.NotContains(t, err.Error(), "hunter2")
	_, err = httpclient.NewRequest(t.Context(), http.MethodGet, "http://hunter2%zz", nil)
	require.Error(t, err)
	require.NotContains(t, err.Error(), "hunter2")
}

func TestDo_EndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	address, calls := server(t, nil, 503)
	c := httpclient.New(httpclient.Options{AllowPrivate: true, Sleep: func(ctx context.Context, _ time.Duration) error {
		cancel()
		return ctx.Err()
	}})
	req, err := httpclient.NewRequest(ctx, http.MethodGet, address, nil)
	require.NoError(t, err)
	_, err = c.Do(req)
	require.ErrorIs(t, err, context.Canceled)
	require.EqualValues(t, 1, calls.Load())
}
