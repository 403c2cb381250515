package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/visits"
	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

// sessionOf reads a visitor's only session.
func sessionOf(t *testing.T, db *store.DB, account core.AccountID, visitor core.VisitorID) visits.Session {
	t.Helper()
	page, err := db.Sessions(t.Context(), account, visitor, core.PageRequest{First: 10})
	require.NoError(t, err)
	require.Len(t, page.Nodes, 1)
	return page.Nodes[0]
}

func TestDeferSessions_countersFollowTheHits(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, store.SQLite, nil)
	require.NoError(t, db.DeferSessions(t.Context()))
	w := storetest.NewWorld(t, db)
	site := w.Site(w.Account())
	seen := w.See(storetest.Visit{Site: site, URL: "https://a.example/1"})
	for _, url := range []string{"https://a.example/2", "https://a.example/3"} {
		seen = w.See(storetest.Visit{Site: site, Last: seen, URL: url})
	}
	testkit.Eventually(t, 5*time.Second, func() bool {
		s := sessionOf(t, db, site.AccountID, seen.VisitorID)
		return s.HitCount == 3 && s.ExitPage == "https://a.example/3"
	}, "the session to know of its hits")
}

func TestDeferSessions_aReturningVisitorTakesAllEarlierHitsAlong(t *testing.T) {
	t.Parallel()
	clock := testkit.NewClock(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	db := storetest.Open(t, store.SQLite, clock) // a standing clock: nothing is ever due
	require.NoError(t, db.DeferSessions(t.Context()))
	w := storetest.NewWorld(t, db)
	site := w.Site(w.Account())
	seen := w.See(storetest.Visit{Site: site, URL: "https://a.example/1"})
	seen = w.See(storetest.Visit{Site: site, Last: seen, URL: "https://a.example/2"})
	clock.Advance(2 * time.Hour)
	again := w.See(storetest.Visit{Site: site, Last: seen, URL: "https://a.example/3"})
	require.NotEqual(t, seen.SessionID, again.SessionID)
	require.Equal(t, 3, w.Card(again).HitCount)
}

func TestDeferSessions_aCrashIsCountedAgain(t *testing.T) {
	t.Parallel()
	clock := testkit.NewClock(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	dsn := storetest.DSN(t, store.SQLite)
	crashed := storetest.OpenDSN(t, dsn, clock)
	require.NoError(t, crashed.DeferSessions(t.Context()))
	w := storetest.NewWorld(t, crashed)
	site := w.Site(w.Account())
	seen := w.See(storetest.Visit{Site: site, URL: "https://a.example/1"})
	clock.Advance(time.Minute)
	seen = w.See(storetest.Visit{Site: site, Last: seen, URL: "https://a.example/2"})

	db := storetest.OpenDSN(t, dsn, clock)
	require.Equal(t, core.KindConflict, core.KindOf(db.DeferSessions(t.Context())), "one server at a time")
	require.NoError(t, crashed.Close()) // it has not told the session, and never will
	require.Equal(t, 1, sessionOf(t, db, site.AccountID, seen.VisitorID).HitCount)
	require.NoError(t, db.DeferSessions(t.Context()))
	s := sessionOf(t, db, site.AccountID, seen.VisitorID)
	require.Equal(t, 2, s.HitCount)
	require.Equal(t, "https://a.example/2", s.ExitPage)
	require.Equal(t, clock.Now(), s.LastActivityAt)
}

func TestDeferSessions_finishTellsAllAndTheNextStartCountsNothing(t *testing.T) {
	t.Parallel()
	clock := testkit.NewClock(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	db := storetest.Open(t, store.SQLite, clock)
	require.NoError(t, db.DeferSessions(t.Context()))
	ingest := db.Ingest()
	require.NoError(t, ingest.Finish(t.Context()))
	ctx, statements := store.CountStatements(t.Context())
	require.NoError(t, db.DeferSessions(ctx))
	require.LessOrEqual(t, statements.Load(), int64(3), "looking for the mark and setting it")
}
