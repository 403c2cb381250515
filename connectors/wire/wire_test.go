package wire_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/connectors/wire"
	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/integrations"
	"github.com/skvoz/skvoz/internal/httpclient"
)

// free lets everybody through.
type free struct{}

func (free) Wait(context.Context, integrations.Limit) error { return nil }

func (free) Block(context.Context, string, time.Time) error { return nil }

// journal keeps exchanges.
type journal struct{ list []integrations.Exchange }

func (j *journal) Record(e integrations.Exchange) { j.list = append(j.list, e) }

func caller(j *journal) *wire.Caller {
	return &wire.Caller{
		HTTP:    httpclient.New(httpclient.Options{Attempts: 1, AllowPrivate: true}),
		Session: integrations.Session{Turns: free{}, Journal: j, Clock: core.SystemClock{}},
	}
}

func failure(t *testing.T, err error) *integrations.Failure {
	t.Helper()
	var f *integrations.Failure
	require.ErrorAs(t, err, &f)
	return f
}

func TestDo_IsUncertainOnlyOfWhatMayHaveArrived(t *testing.T) {
	t.Parallel()
	broken := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	t.Cleanup(broken.Close)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for _, c := range []struct {
		rule      string
		url       string
		changes   bool
		uncertain bool
	}{
		{"a change whose connection broke", broken.URL, true, true},
		{"a reading whose connection broke", broken.URL, false, false},
		{"a change that nobody listened to", gone.URL, true, false},
	} {
		j := &journal{}
		_, err := caller(j).Do(t.Context(), wire.Request{Method: http.MethodPost, URL: c.url, Changes: c.changes})
		f := failure(t, err)
		require.Equal(t, integrations.FailDown, f.Kind, c.rule)
		require.Equal(t, c.uncertain, f.Uncertain, c.rule)
		require.Len(t, j.list, 1)
		require.NotEmpty(t, j.list[0].Error)
	}
}

func TestDo_KeepsSecretsOutOfTheJournal(t *testing.T) {
	t.Parallel()
	const secret = "s3cr&t/of ours"
	long := strings.Repeat("x", 8<<10-5) + secret
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(long)) }))
	t.Cleanup(srv.Close)
	j := &journal{}
	res, err := caller(j).Do(t.Context(), wire.Request{
		Method: http.MethodPost, URL: srv.URL + "/s3cr&t%2Fof%20ours/?a=s3cr%26t%2Fof+ours", Body: []byte("a " + secret), Secrets: []string{secret, ""},
	})
	require.NoError(t, err)
	require.Equal(t, long, string(res.Body), "the answer itself is whole")
	e := j.list[0]
	require.Equal(t, srv.URL+"/•••/?a=•••", e.Address)
	require.Equal(t, "a •••", e.Request)
	require.NotContains(t, e.Response, "s3cr", "what is cut off shows no half of a secret")
	_, err = caller(j).Do(t.Context(), wire.Request{Method: http.MethodPost, URL: srv.URL + "/token?code=1", Body: []byte("a"), Hidden: true})
	require.NoError(t, err)
	require.Equal(t, integrations.Exchange{
		At: j.list[1].At, Took: j.list[1].Took, Method: http.MethodPost, Address: srv.URL + "/token", Request: "•••", Status: 200, Response: "•••",
	}, j.list[1])
}
