package connectortest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/integrations"
)

// maxPages bounds readings, so that one without an end is seen.
const maxPages = 100

// testPaging reads lists of none, one, a page, a page and one, and many.
func testPaging(t *testing.T, way *Way) {
	for _, n := range []int{0, 1, way.DealPage, way.DealPage + 1, 3*way.DealPage + 7} {
		t.Run(fmt.Sprintf("%d deals", n), func(t *testing.T) {
			t.Parallel()
			w := way.start(t, patience)
			w.need(integrations.CanReadDeals)
			since := w.later()
			ids := w.vendor.AddDeals(t, n)
			for _, byCreation := range []bool{true, false} {
				got := w.read(integrations.ChangesQuery{Since: since, ByCreation: byCreation}, nil)
				require.Equal(t, once(ids), got.deals, "by creation %v: none missing, none twice", byCreation)
				require.Len(t, got.contacts, n, "each has a contact of its own")
			}
			page, err := w.source().DealsByID(t.Context(), ids)
			w.ok(err)
			require.Len(t, page.Deals, n)
			require.Empty(t, page.Gone)
		})
	}
	t.Run("deals that change during the reading", func(t *testing.T) {
		t.Parallel()
		w := way.start(t, patience)
		w.need(integrations.CanReadDeals)
		testMoving(w)
	})
	for _, n := range []int{1, way.UserPage, way.UserPage + 1} {
		t.Run(fmt.Sprintf("%d users more", n), func(t *testing.T) {
			t.Parallel()
			w := way.start(t, patience)
			w.need(integrations.CanListEmployees)
			before := w.employees()
			w.vendor.AddUsers(t, n)
			require.Len(t, w.employees(), len(before)+n)
		})
	}
	t.Run("contacts with one phone", func(t *testing.T) {
		t.Parallel()
		w := way.start(t, patience)
		w.need(integrations.CanCreateContacts)
		for range 7 {
			w.vendor.AddContact(t, known.Name, "+"+string(known.Phone))
		}
		found, err := w.open().(integrations.ContactBook).FindContacts(t.Context(), known)
		w.ok(err)
		require.Len(t, found, 7)
		require.True(t, slices.IsSortedFunc(found, func(a, b integrations.RemoteContact) int { return a.CreatedAt.Compare(b.CreatedAt) }), "oldest first")
	})
}

// later moves the clock on, so that what there was at the beginning is old, and returns the time.
func (w *world) later() time.Time {
	w.kit.Clock.Advance(3 * time.Hour)
	return w.kit.Clock.Now().Truncate(time.Second)
}

// testMoving changes deals between the pages: those that were read, and those that were not.
func testMoving(w *world) {
	t := w.t
	since := w.later()
	ids := w.vendor.AddDeals(t, 3*w.way.DealPage)
	for _, byCreation := range []bool{true, false} {
		var moved []string
		got := w.read(integrations.ChangesQuery{Since: since, ByCreation: byCreation}, func(page int) {
			w.kit.Clock.Advance(2 * time.Second)
			for _, i := range []int{page, len(ids) - 2 - page} {
				w.vendor.Move(t, ids[i], deals.StageInProcess)
				moved = append(moved, ids[i])
			}
		})
		for _, id := range ids {
			require.NotZero(t, got.deals[id], "by creation %v: deal %s is missing", byCreation, id)
			if byCreation || !slices.Contains(moved, id) {
				require.Equal(t, 1, got.deals[id], "by creation %v: deal %s comes again", byCreation, id)
			}
		}
		require.NotEmpty(t, moved, "there was more than a page")
	}
}

// reading is what a whole reading brought, and how often.
type reading struct {
	deals, contacts map[string]int
}

// read reads to the end, with a connection for each page as jobs have it, and does something between the pages.
func (w *world) read(q integrations.ChangesQuery, between func(page int)) reading {
	w.t.Helper()
	out := reading{map[string]int{}, map[string]int{}}
	for page := range maxPages {
		got, err := w.source().ChangedDeals(w.t.Context(), q)
		w.ok(err)
		there := map[string]bool{}
		for _, c := range got.Contacts {
			require.False(w.t, there[c.ID], "contact %s is twice on a page", c.ID)
			there[c.ID] = true
			out.contacts[c.ID] = 1
		}
		for _, d := range got.Deals {
			out.deals[d.ID]++
			for _, id := range d.ContactIDs {
				require.True(w.t, there[id], "contact %s of deal %s does not come with it", id, d.ID)
			}
		}
		if q.Cursor = got.Next; q.Cursor == "" {
			return out
		}
		if between != nil {
			between(page)
		}
	}
	require.Fail(w.t, "the reading has no end")
	return out
}

func once(ids []string) map[string]int {
	out := map[string]int{}
	for _, id := range ids {
		out[id] = 1
	}
	return out
}

// employees reads the users, who are whole: each with an id of its own and a name.
func (w *world) employees() map[string]integrations.RemoteEmployee {
	w.t.Helper()
	list, err := w.open().(integrations.Employees).Employees(w.t.Context())
	w.ok(err)
	out := map[string]integrations.RemoteEmployee{}
	for _, e := range list {
		require.NotEmpty(w.t, e.ID)
		require.NotEmpty(w.t, e.Name)
		require.NotContains(w.t, out, e.ID, "an employee comes twice")
		out[e.ID] = e
	}
	return out
}

// stageOf is the status of a deal's stage by the catalogue.
func stageOf(c integrations.Catalogue, funnel, stage string) deals.StageStatus {
	for _, f := range c.Funnels {
		for _, s := range f.Stages {
			if f.ID == funnel && s.ID == stage {
				return s.Status
			}
		}
	}
	return ""
}

func testDealsIn(t *testing.T, way *Way) {
	for name, test := range map[string]func(w *world){
		"the catalogue": testCatalogue, "history and what is won and lost": testHistory, "what changed since": testSince, "deals that are gone": testGone,
		"counts": testCounts,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := way.start(t, patience)
			w.need(integrations.CanReadDeals)
			test(w)
		})
	}
}

func testCatalogue(w *world) {
	got, err := w.source().Catalogue(w.t.Context())
	w.ok(err)
	main, seen := 0, map[string]bool{}
	for _, f := range got.Funnels {
		require.NotEmpty(w.t, f.Name)
		require.False(w.t, seen[f.ID], "funnel %s comes twice", f.ID)
		seen[f.ID] = true
		if f.IsMain {
			main++
		}
		statuses, stages := map[deals.StageStatus]int{}, map[string]bool{}
		for _, s := range f.Stages {
			require.NotEmpty(w.t, s.Name)
			require.False(w.t, stages[s.ID], "stage %s comes twice", s.ID)
			stages[s.ID] = true
			statuses[s.Status]++
		}
		require.Equal(w.t, 1, statuses[deals.StageSuccess], "funnel %s: one stage is won", f.Name)
		require.Positive(w.t, statuses[deals.StageFailed], "funnel %s: a stage is lost", f.Name)
		require.Positive(w.t, statuses[deals.StageInProcess], "funnel %s", f.Name)
		require.Len(w.t, statuses, 3, "a stage has no known status")
	}
	require.Equal(w.t, 1, main, "one funnel is the vendor's own choice")
	require.Len(w.t, w.employees(), len(got.Employees))
	require.NotEmpty(w.t, stageOf(got, w.vendor.FunnelID, w.vendor.StageID))
}

// testHistory brings a deal to won and another to lost.
func testHistory(w *world) {
	w.later()
	ids := w.vendor.AddDeals(w.t, 2)
	ends := map[string]deals.StageStatus{ids[0]: deals.StageSuccess, ids[1]: deals.StageFailed}
	for _, id := range ids {
		for _, to := range []deals.StageStatus{deals.StageInProcess, ends[id]} {
			w.kit.Clock.Advance(time.Minute)
			w.vendor.Move(w.t, id, to)
		}
	}
	source := w.source()
	catalogue, err := source.Catalogue(w.t.Context())
	w.ok(err)
	page, err := source.DealsByID(w.t.Context(), ids)
	w.ok(err)
	require.Len(w.t, page.Deals, 2)
	for _, d := range page.Deals {
		require.Equal(w.t, ends[d.ID], stageOf(catalogue, d.FunnelID, d.StageID), "what is won is won, and what is lost is lost")
		require.NotNil(w.t, d.ClosedAt)
		require.NotEmpty(w.t, d.Name)
		require.Contains(w.t, d.ContactIDs, d.MainContactID)
		require.NotEmpty(w.t, d.URL)
		checkMoments(w.t, &d)
		if d.History == nil {
			continue // the vendor does not tell
		}
		require.Len(w.t, d.History, 3, "made, moved, closed")
	}
}

// checkMoments: histories are in order of time and end with the present stage.
func checkMoments(t testing.TB, d *integrations.RemoteDeal) {
	t.Helper()
	require.False(t, d.CreatedAt.IsZero())
	require.False(t, d.ModifiedAt.Before(d.CreatedAt))
	for _, at := range []time.Time{d.CreatedAt, d.ModifiedAt, d.StageAt} {
		require.Equal(t, time.UTC, at.Location(), "times are UTC")
	}
	for i, h := range d.History {
		require.True(t, i == 0 || !h.At.Before(d.History[i-1].At), "in order of time")
		require.NotEmpty(t, h.FunnelID+h.StageID)
	}
	if last := len(d.History) - 1; last >= 0 {
		require.Equal(t, d.StageID, d.History[last].StageID)
		require.Equal(t, d.FunnelID, d.History[last].FunnelID)
		require.Equal(t, d.StageAt, d.History[last].At)
	}
}

func testSince(w *world) {
	first := w.vendor.AddDeals(w.t, 3)
	since := w.later()
	require.Empty(w.t, w.read(integrations.ChangesQuery{Since: since}, nil).deals, "nothing has changed since")
	w.vendor.Move(w.t, first[1], deals.StageInProcess)
	second := w.vendor.AddDeals(w.t, 1)
	require.Equal(w.t, once([]string{first[1], second[0]}), w.read(integrations.ChangesQuery{Since: since}, nil).deals)
	require.Equal(w.t, once(second), w.read(integrations.ChangesQuery{Since: since, ByCreation: true}, nil).deals, "a change is no creation")
}

func testGone(w *world) {
	ids := w.vendor.AddDeals(w.t, 3)
	asked, gone := append(slices.Clone(ids), "987654321", "nonsense", ids[0]), []string{"987654321", "nonsense"}
	if w.vendor.Delete != nil {
		w.vendor.Delete(w.t, ids[1])
		gone = append(gone, ids[1])
	}
	page, err := w.source().DealsByID(w.t.Context(), asked)
	w.ok(err)
	require.ElementsMatch(w.t, gone, page.Gone)
	require.Len(w.t, page.Deals, len(asked)-len(gone)-1, "each once")
	empty, err := w.source().DealsByID(w.t.Context(), nil)
	w.ok(err)
	require.Empty(w.t, empty.Deals)
}

func testCounts(w *world) {
	since := w.later()
	ids := w.vendor.AddDeals(w.t, w.way.DealPage+3)
	w.vendor.Move(w.t, ids[0], deals.StageSuccess)
	w.vendor.Move(w.t, ids[1], deals.StageFailed)
	until := w.later()
	w.vendor.AddDeals(w.t, 1) // after the end of the period
	got, err := w.source().CountDeals(w.t.Context(), since, until)
	w.ok(err)
	page, err := w.source().DealsByID(w.t.Context(), ids)
	w.ok(err)
	want := map[integrations.StageCount]int{}
	for _, d := range page.Deals {
		want[integrations.StageCount{FunnelID: d.FunnelID, StageID: d.StageID}]++
	}
	counted := map[integrations.StageCount]int{}
	for _, n := range got {
		counted[integrations.StageCount{FunnelID: n.FunnelID, StageID: n.StageID}] += n.Count
	}
	require.Equal(w.t, want, counted)
}
