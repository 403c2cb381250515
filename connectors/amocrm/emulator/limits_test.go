package emulator_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/connectors/amocrm/emulator"
)

func TestLimit_SevenRequestsASecond(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{Rate: 7})
	var got []int
	html := 0
	for range 11 {
		r := a.get("/api/v4/account")
		got = append(got, r.status)
		if r.status == 429 && strings.HasPrefix(r.header.Get("Content-Type"), "text/html") {
			html++
		}
	}
	require.Equal(t, []int{200, 200, 200, 200, 200, 200, 200, 429, 429, 429, 429}, got)
	require.Equal(t, 2, html, "every other refusal is a page")
	a.kit.Clock.Advance(time.Second)
	require.Equal(t, 200, a.get("/api/v4/account").status)
	require.Equal(t, 401, a.send("GET", "/api/v4/account", "", nil, nil).status, "strangers don't use up the limit")
}

func TestLimit_TooManyRefusalsBringABan(t *testing.T) {
	t.Parallel()
	cases := []struct {
		rule   string
		pause  time.Duration
		banned bool
	}{
		{"within a minute", 0, true},
		{"over more than a minute", 31 * time.Second, false},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			a := open(t, emulator.Options{Rate: 1, BanAfter: 3})
			for range 3 {
				require.Equal(t, 200, a.get("/api/v4/account").status)
				require.Equal(t, 429, a.get("/api/v4/account").status)
				a.kit.Clock.Advance(time.Second + c.pause)
			}
			require.Equal(t, c.banned, a.Banned())
			if !c.banned {
				return
			}
			r := a.get("/api/v4/account")
			require.Equal(t, 403, r.status)
			require.Contains(t, r.text, "<html>")
			require.Equal(t, 403, a.send("POST", "/oauth2/access_token", "application/json", []byte("{}"), nil).status)
			a.Ban(false)
			require.Equal(t, 200, a.get("/api/v4/account").status)
		})
	}
}

func TestUnpaidAccountAnswers402(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	a.Unpaid(true)
	a.get("/api/v4/leads").problem(402)
	a.Unpaid(false)
	require.Equal(t, 200, a.get("/api/v4/leads").status)
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	cases := []struct {
		rule, method, path string
		status             int
	}{
		{"unknown route", "GET", "/api/v4/deals", 404},
		{"unknown page", "GET", "/", 404},
		{"leads can't be deleted", "DELETE", "/api/v4/leads/10000001", 405},
		{"unsorted needs a category", "POST", "/api/v4/leads/unsorted", 405},
		{"unknown pipeline", "GET", "/api/v4/leads/pipelines/1", 404},
		{"unknown field", "GET", "/api/v4/leads/custom_fields/1", 404},
		{"unknown lead", "GET", "/api/v4/leads/1", 204},
		{"unknown contact", "GET", "/api/v4/contacts/1", 204},
		{"change of an unknown lead", "PATCH", "/api/v4/leads/1", 404},
		{"notes of an unknown lead", "GET", "/api/v4/leads/1/notes", 404},
		{"unknown unsorted", "GET", "/api/v4/leads/unsorted/abc", 404},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			here := *a
			here.t = t
			require.Equal(t, c.status, here.do(c.method, c.path, "{}").status)
		})
	}
}
