package emulation_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/internal/emulation"
)

// counter is a vendor that counts what it carries out and repeats what it was sent.
type counter struct{ calls atomic.Int32 }

func (c *counter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.calls.Add(1)
	w.Header().Set("X-Vendor", "toy")
	w.WriteHeader(http.StatusCreated)
	body, _ := io.ReadAll(r.Body)
	_, _ = fmt.Fprintf(w, `{"got":%q}`, body)
}

func start(t *testing.T) (kit *emulation.Kit, vendor *counter, url string) {
	t.Helper()
	kit, vendor = emulation.NewKit(), &counter{}
	srv := httptest.NewServer(kit.Wrap(vendor))
	t.Cleanup(srv.Close)
	return kit, vendor, srv.URL
}

type answer struct {
	status int
	header http.Header
	body   string
}

func send(t *testing.T, method, url, body string) (answer, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	require.NoError(t, err)
	req.Header.Set("Connection", "close") // a connection that is reused lets net/http try again by itself
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	return answer{res.StatusCode, res.Header, string(raw)}, err
}

func TestFaults_EachKind(t *testing.T) {
	t.Parallel()
	const whole = `{"got":"hello"}`
	cases := []struct {
		rule    string
		fault   emulation.Fault
		carried int32
		status  int // 0 = no answer
		body    string
		header  http.Header
		noted   int
	}{
		{"a status", emulation.Fault{Kind: "status", Status: 429, RetryAfter: 7}, 0, 429, "{}", http.Header{"Retry-After": {"7"}, "Content-Type": {"application/json"}}, 429},
		{"a status unless one is named", emulation.Fault{Kind: "status"}, 0, 503, "{}", nil, 503},
		{"a page of HTML", emulation.Fault{Kind: "html", Status: 403}, 0, 403, "<html>", http.Header{"Content-Type": {"text/html"}}, 403},
		{"half an answer", emulation.Fault{Kind: "malformed"}, 1, 201, whole[:len(whole)/2], http.Header{"X-Vendor": {"toy"}}, 201},
		{"a slow answer", emulation.Fault{Kind: "slow", DelayMS: 30}, 1, 201, whole, nil, 201},
		{"closed before", emulation.Fault{Kind: "drop"}, 0, 0, "", nil, 0},
		{"closed after", emulation.Fault{Kind: "drop_after"}, 1, 0, "", nil, 201},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			kit, vendor, url := start(t)
			require.NoError(t, kit.Faults.Add(c.fault))
			began := time.Now()
			got, err := send(t, http.MethodPost, url+"/leads?a=1", "hello")
			require.Equal(t, c.status == 0, err != nil, err)
			require.GreaterOrEqual(t, time.Since(began), time.Duration(c.fault.DelayMS)*time.Millisecond)
			require.Equal(t, c.status, got.status)
			require.True(t, strings.HasPrefix(got.body, c.body) && (c.body == "<html>" || got.body == c.body), got.body)
			for name, values := range c.header {
				require.Equal(t, values, got.header[name])
			}
			require.Equal(t, c.carried, vendor.calls.Load())
			entry := kit.Journal.Find("", "")[0]
			require.Equal(t, c.fault.Kind, entry.Fault)
			require.Equal(t, c.noted, entry.Status)
			require.Equal(t, "hello", entry.Request)
		})
	}
}

func TestFaults_ASlowAnswerIsNotWaitedForWhenNobodyDoes(t *testing.T) {
	t.Parallel()
	kit, vendor, url := start(t)
	require.NoError(t, kit.Faults.Add(emulation.Fault{Kind: "slow", DelayMS: 60_000}))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	require.NoError(t, err)
	_, err = http.DefaultClient.Do(req)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.Eventually(t, func() bool { return vendor.calls.Load() == 1 }, 10*time.Second, time.Millisecond, "it is carried out all the same")
}

func TestFaults_WhichRequestsTheyMeet(t *testing.T) {
	t.Parallel()
	cases := []struct {
		rule   string
		faults []emulation.Fault
		want   string // of GET /a, POST /a/b, GET /a/b, GET /a/b, GET /a/b
		left   int
	}{
		{"all", []emulation.Fault{{Kind: "status"}}, "503 503 503 503 503", 1},
		{"of a method, in any case", []emulation.Fault{{Kind: "status", Method: "post"}}, "201 503 201 201 201", 1},
		{"of a path", []emulation.Fault{{Kind: "status", Path: "/b"}}, "201 503 503 503 503", 1},
		{"so many", []emulation.Fault{{Kind: "status", Times: 2}}, "503 503 201 201 201", 0},
		{"after so many", []emulation.Fault{{Kind: "status", After: 3}}, "201 201 201 503 503", 1},
		{"so many after so many", []emulation.Fault{{Kind: "status", After: 1, Times: 1}}, "201 503 201 201 201", 0},
		{"the first that matches", []emulation.Fault{{Kind: "status", Status: 500, Path: "/b", Times: 1}, {Kind: "status", Status: 404}}, "404 500 404 404 404", 1},
		{"another while one still lets through", []emulation.Fault{{Kind: "status", Status: 500, After: 2}, {Kind: "status", Status: 404, Times: 1}}, "404 201 500 500 500", 1},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			kit, _, url := start(t)
			for _, f := range c.faults {
				require.NoError(t, kit.Faults.Add(f))
			}
			var got []string
			for _, request := range []string{"GET /a", "POST /a/b", "GET /a/b", "GET /a/b", "GET /a/b"} {
				method, path, _ := strings.Cut(request, " ")
				a, err := send(t, method, url+path, "")
				require.NoError(t, err)
				got = append(got, fmt.Sprint(a.status))
			}
			require.Equal(t, c.want, strings.Join(got, " "))
			require.Len(t, kit.Faults.List(), c.left)
			kit.Faults.Clear()
			require.Empty(t, kit.Faults.List())
		})
	}
}

func TestFaults_WhatCantBeIsRefused(t *testing.T) {
	t.Parallel()
	cases := []struct {
		fault emulation.Fault
		want  string
	}{
		{emulation.Fault{}, `unknown fault ""; known: [status html malformed slow drop drop_after]`},
		{emulation.Fault{Kind: "explode"}, `unknown fault "explode"`},
		{emulation.Fault{Kind: "status", Status: 99}, "use 200 to 599"},
		{emulation.Fault{Kind: "html", Status: 1000}, "use 200 to 599"},
		{emulation.Fault{Kind: "slow", DelayMS: -1}, "use 0 to 600000"},
		{emulation.Fault{Kind: "slow", DelayMS: 600_001}, "use 0 to 600000"},
		{emulation.Fault{Kind: "drop", Times: -1}, "can't be negative"},
	}
	for _, c := range cases {
		var faults emulation.Faults
		require.ErrorContains(t, faults.Add(c.fault), c.want)
		require.Empty(t, faults.List())
	}
}

func TestWrap_PassesRequestAndAnswerOnWhole(t *testing.T) {
	t.Parallel()
	kit, _, url := start(t)
	kit.Clock.Advance(time.Hour)
	got, err := send(t, http.MethodPatch, url+"/leads/1?with=contacts", "hello")
	require.NoError(t, err)
	require.Equal(t, 201, got.status)
	const whole = `{"got":"hello"}`
	require.JSONEq(t, whole, got.body)
	entry := kit.Journal.Find("PATCH", "/leads")[0]
	require.Equal(t, "/leads/1", entry.Path)
	require.Equal(t, "with=contacts", entry.Query)
	require.Equal(t, "hello", entry.Request)
	require.JSONEq(t, whole, entry.Response)
	require.Equal(t, "toy", entry.ResponseHeader.Get("X-Vendor"))
	require.NotEmpty(t, entry.Header.Get("User-Agent"))
	require.WithinDuration(t, time.Now().Add(time.Hour), entry.At, time.Minute, "in the vendor's time")
}

func TestWrap_RefusesARequestThatIsTooLarge(t *testing.T) {
	t.Parallel()
	kit, vendor, url := start(t)
	got, err := send(t, http.MethodPost, url, strings.Repeat("x", 8<<20+1))
	if err == nil { // the connection may be closed before all is sent
		require.Equal(t, http.StatusRequestEntityTooLarge, got.status)
	}
	require.Zero(t, vendor.calls.Load())
	require.Empty(t, kit.Journal.Find("", ""))
}

func TestWrap_AVendorThatWritesNothingHasAnswered200(t *testing.T) {
	t.Parallel()
	kit := emulation.NewKit()
	srv := httptest.NewServer(kit.Wrap(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})))
	t.Cleanup(srv.Close)
	got, err := send(t, http.MethodGet, srv.URL, "")
	require.NoError(t, err)
	require.Equal(t, 200, got.status)
	require.Equal(t, 200, kit.Journal.Find("", "")[0].Status)
}
