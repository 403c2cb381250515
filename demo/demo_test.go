package demo_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/core/sites"
	"github.com/skvoz/skvoz/core/visits"
	"github.com/skvoz/skvoz/demo"
	"github.com/skvoz/skvoz/internal/observe"
)

var until = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// plan is a plan for the three sites without a database.
func plan(hits int, seed uint64) demo.Plan {
	p := demo.Plan{AccountID: 1, Currency: "RUB", Hits: hits, Days: 30, Until: until, Seed: seed}
	for i, profile := range demo.Profiles() {
		s := demo.Site{Site: sites.Site{ID: core.SiteID(i + 1), Domain: profile.Domain}, Profile: profile}
		for _, event := range []goals.SystemEvent{goals.SystemOfflineRequest, goals.SystemVisitorInfo, goals.SystemChat} {
			s.Goals = append(s.Goals, goals.Goal{ID: core.GoalID(len(s.Goals) + 1), Type: goals.TypeSystem, Conditions: goals.Conditions{SystemEvent: event}})
		}
		for j, c := range profile.Campaigns {
			s.Campaigns = append(s.Campaigns, sites.Campaign{ID: core.CampaignID(j + 1), Name: c.Name})
		}
		p.Sites = append(p.Sites, s)
	}
	return p
}

// keeper keeps what it is given.
type keeper struct {
	comms.History
	crm demo.DealBatch
	err error
}

func (k *keeper) LoadHistory(_ context.Context, _ core.AccountID, b *comms.History) error {
	k.Visitors = append(k.Visitors, b.Visitors...)
	k.Sessions = append(k.Sessions, b.Sessions...)
	k.Hits = append(k.Hits, b.Hits...)
	k.Contacts = append(k.Contacts, b.Contacts...)
	k.Reaches = append(k.Reaches, b.Reaches...)
	k.Communications = append(k.Communications, b.Communications...)
	return k.err
}

func (k *keeper) LoadDeals(_ context.Context, _ core.AccountID, b *demo.DealBatch) error {
	k.crm.Contacts = append(k.crm.Contacts, b.Contacts...)
	k.crm.Leads = append(k.crm.Leads, b.Leads...)
	k.crm.Records = append(k.crm.Records, b.Records...)
	return k.err
}

func (k *keeper) target() demo.Target { return demo.Target{History: k, Deals: k} }

func TestGenerate_theSameSeedGivesTheSameHistory(t *testing.T) {
	t.Parallel()
	var a, b, c keeper
	for k, seed := range map[*keeper]uint64{&a: 7, &b: 7, &c: 8} {
		_, err := demo.Generate(t.Context(), plan(2000, seed), k.target(), nil)
		require.NoError(t, err)
	}
	require.Equal(t, a.History, b.History)
	require.Equal(t, a.crm, b.crm)
	require.NotEqual(t, a.Hits, c.Hits)
}

func TestGenerate_isWhatItSays(t *testing.T) {
	t.Parallel()
	var k keeper
	counts, err := demo.Generate(t.Context(), plan(20000, 1), k.target(), nil)
	require.NoError(t, err)
	require.InDelta(t, 20000, counts.Hits, 100)
	counts.Deals, counts.Won = 0, 0 // TestGenerate_dealsAreWhatACRMWouldSend counts them
	require.Equal(t, demo.Counts{
		Visitors: len(k.Visitors), Sessions: len(k.Sessions), Hits: len(k.Hits), Communications: len(k.Communications), Contacts: len(k.crm.Contacts),
	}, counts)
	sessions := map[core.SessionID]visits.Session{}
	for _, s := range k.Sessions {
		require.False(t, s.StartedAt.Before(until.AddDate(0, 0, -31)) || s.StartedAt.After(until))
		require.Equal(t, s.StartedAt.Truncate(24*time.Hour), visits.SessionDay(s.ID))
		require.LessOrEqual(t, int64(s.ID), int64(core.MaxID))
		sessions[s.ID] = s
	}
	require.Len(t, sessions, len(k.Sessions), "ids are unique")
	hits := map[core.SessionID]int{}
	for _, h := range k.Hits {
		hits[h.SessionID]++
	}
	for id, s := range sessions {
		require.Equal(t, s.HitCount, hits[id])
	}
	kinds := map[comms.Kind]int{}
	for _, c := range k.Communications {
		kinds[c.Kind]++
		require.Contains(t, sessions, c.SessionID)
	}
	require.NotZero(t, kinds[comms.KindChat])
	require.NotZero(t, kinds[comms.KindOfflineRequest])
}

func TestGenerate_stopsAtTheFirstError(t *testing.T) {
	t.Parallel()
	k := keeper{err: errors.New("full")}
	_, err := demo.Generate(t.Context(), plan(2000, 1), k.target(), nil)
	require.ErrorContains(t, err, "full")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = demo.Generate(ctx, plan(2000, 1), (&keeper{}).target(), nil)
	require.ErrorIs(t, err, context.Canceled)
}

func TestTR_5_theDemoSitesBackEndPassesContactsAndRequest(t *testing.T) {
	t.Parallel()
	got := make(chan url.Values, 2)
	answer := `{"success":true}`
	tracker := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		got <- r.Form
		_, _ = io.WriteString(w, answer)
	}))
	defer tracker.Close()
	site := &demo.PageSite{SiteKey: "KEY", Server: tracker.URL, Client: tracker.Client(), Log: observe.Discard()}
	handler, err := site.Handler()
	require.NoError(t, err)
	order := func() *httptest.ResponseRecorder {
		form := url.Values{"comagic_id": {"1.2.3"}, "visitor_id": {"1"}, "session_id": {"2"}, "hit_id": {"4"}, "name": {"Анна"}, "phone": {"+7 926 244-43-93"}, "text": {"Окно"}}
		r := httptest.NewRequest(http.MethodPost, "/order/", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		return w
	}
	require.Equal(t, http.StatusSeeOther, order().Code)
	contacts, request := <-got, <-got
	require.Equal(t, url.Values{"sk": {"KEY"}, "ci": {"1.2.3"}, "hi": {"4"}, "s": {"1"}, "vn": {"Анна"}, "vp": {"+7 926 244-43-93"}}, contacts)
	require.Equal(t, "Окно", request.Get("text"))
	require.Equal(t, "KEY", request.Get("site_key"))

	answer = `{"success":false}`
	w := order()
	require.Equal(t, http.StatusOK, w.Code)
	require.Contains(t, w.Body.String(), "Не получилось передать заказ", "the person is told, and the form is there to try again")
}
