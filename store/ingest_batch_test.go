package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/visits"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

// writing makes batches of one account by hand: what planners of two replicas would make of the same visitors.
type writing struct {
	t      *testing.T
	db     *store.DB
	ingest *store.Ingest
	at     time.Time
}

const writingAccount = core.AccountID(7)

func newWriting(t *testing.T, db *store.DB) *writing {
	return &writing{t, db, db.Ingest(), time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
}

// session names the n-th session of the day of the test.
func (w *writing) session(n int) core.SessionID { return visits.FirstSession(w.at) + core.SessionID(n) }

func (w *writing) page(n int) visits.Dimension {
	return visits.NewDimension(writingAccount, visits.DimensionPage, "https://a.example/"+string(rune('a'+n)))
}

// batch is one of a session, opened or not, with hits, each of which is of the page of its number.
func (w *writing) batch(visitor core.VisitorID, session int, opened bool, hits ...int) *visits.Batch {
	s := visits.SessionWrite{AccountID: writingAccount, ID: w.session(session), VisitorID: visitor, LastActivityAt: w.at}
	b := &visits.Batch{Now: w.at}
	for _, n := range hits {
		page := w.page(n)
		s.ExitPageID = page.ID
		b.Dimensions = append(b.Dimensions, page)
		b.Hits = append(b.Hits, visits.HitWrite{ID: core.HitID(n), At: w.at, PageID: page.ID})
	}
	if opened {
		s.Opened = &visits.OpenedSession{SiteID: 1, Number: 1, StartedAt: w.at}
	}
	b.Sessions = []visits.SessionWrite{s}
	return b
}

func (w *writing) first(visitor core.VisitorID, session int, hits ...int) *visits.Batch {
	b := w.batch(visitor, session, true, hits...)
	b.Visitors = []visits.NewVisitor{{AccountID: writingAccount, ID: visitor, SiteID: 1, At: w.at, SessionID: w.session(session)}}
	return b
}

func (w *writing) again(visitor core.VisitorID, previous, session int, hits ...int) *visits.Batch {
	b := w.batch(visitor, session, true, hits...)
	b.Returns = []visits.Return{{AccountID: writingAccount, ID: visitor, Previous: w.session(previous), SessionID: w.session(session), At: w.at}}
	return b
}

func (w *writing) write(b *visits.Batch) { require.NoError(w.t, w.ingest.WriteBatch(w.t.Context(), b)) }

// stored is the visitor's n-th newest session.
func (w *writing) stored(visitor core.VisitorID, n int) visits.Session {
	page, err := w.db.Sessions(w.t.Context(), writingAccount, visitor, core.PageRequest{First: 10})
	require.NoError(w.t, err)
	require.Greater(w.t, len(page.Nodes), n)
	return page.Nodes[n]
}

func TestWriteBatch_aRepeatedHitIsCountedNowhere(t *testing.T) {
	t.Parallel()
	storetest.Each(t, nil, func(t *testing.T, db *store.DB) {
		w := newWriting(t, db)
		w.write(w.first(1, 1, 1, 1, 2))
		require.Equal(t, 2, w.stored(1, 0).HitCount, "twice in one batch")
		w.write(w.batch(1, 1, false, 2, 3))
		require.Equal(t, 3, w.stored(1, 0).HitCount, "beside a new one")
		w.write(w.batch(1, 1, false, 1))
		s := w.stored(1, 0)
		require.Equal(t, 3, s.HitCount, "alone")
		require.Equal(t, "https://a.example/d", s.ExitPage, "an older page does not become the last one")
	})
}

func TestWriteBatch_hitsOfAnEarlierSessionAddToTheVisitorsEarlierOnes(t *testing.T) {
	t.Parallel()
	storetest.Each(t, nil, func(t *testing.T, db *store.DB) {
		w := newWriting(t, db)
		w.write(w.first(1, 1, 1))
		b := w.again(1, 1, 2, 2)
		touched := w.batch(1, 1, false, 3) // the session that ends gets a hit in the same batch
		b.Sessions, b.Dimensions = append(b.Sessions, touched.Sessions...), append(b.Dimensions, touched.Dimensions...)
		touched.Hits[0].Session = 1
		b.Hits = append(b.Hits, touched.Hits...)
		w.write(b)
		late := w.batch(1, 1, false, 3, 4)
		late.Sessions[0].IsEarlier = true
		w.write(late)
		w.write(late) // repeated: adds nothing
		require.Equal(t, 1, w.stored(1, 0).HitCount)
		require.Equal(t, 3, w.stored(1, 1).HitCount)
		cards, err := db.VisitorCards(t.Context(), writingAccount, []core.VisitorID{1}, comms.VisitorParts{})
		require.NoError(t, err)
		require.Len(t, cards, 1)
		require.Equal(t, 4, cards[0].HitCount)
	})
}

func TestWriteBatch_whatAnotherReplicaDidFirstIsStaleAndWritesNothing(t *testing.T) {
	t.Parallel()
	tests := map[string]func(w *writing) *visits.Batch{
		"a new visitor is there":                     func(w *writing) *visits.Batch { return w.first(1, 9, 9) },
		"a new session is there":                     func(w *writing) *visits.Batch { return w.first(2, 1, 9) },
		"a returning visitor has another newest one": func(w *writing) *visits.Batch { return w.again(1, 5, 9, 9) },
		"a returning visitor is gone":                func(w *writing) *visits.Batch { return w.again(3, 1, 9, 9) },
	}
	for name, stale := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, nil, func(t *testing.T, db *store.DB) {
				w := newWriting(t, db)
				w.write(w.first(1, 1, 1))
				b := stale(w)
				require.ErrorIs(t, w.ingest.WriteBatch(t.Context(), b), visits.ErrStale)
				var keys []visits.HitKey
				for _, session := range []int{1, 9} {
					keys = append(keys, visits.HitKey{SessionKey: visits.SessionKey{AccountID: writingAccount, SessionID: w.session(session)}, HitID: 9})
				}
				found, err := w.ingest.StoredHits(t.Context(), keys)
				require.NoError(t, err)
				require.Empty(t, found)
				w.write(w.again(1, 1, 9, 9)) // decided anew, with the same texts
				require.Equal(t, "https://a.example/j", w.stored(1, 0).ExitPage)
				require.Equal(t, 1, w.stored(1, 1).HitCount)
			})
		})
	}
}

func TestWriteBatch_aReturnOfThePastIsWrittenAndRefusedAsAnyOther(t *testing.T) {
	t.Parallel()
	storetest.Each(t, nil, func(t *testing.T, db *store.DB) {
		w := newWriting(t, db)
		w.write(w.first(1, 1, 1))
		late := w.again(1, 1, 2, 2)
		late.Returns[0].At = w.at.Add(-time.Hour)
		w.write(late)
		require.Equal(t, w.session(2), w.stored(1, 0).ID)
		require.ErrorIs(t, w.ingest.WriteBatch(t.Context(), late), visits.ErrStale)
		w.write(w.batch(1, 2, false, 3))
		require.Equal(t, 2, w.stored(1, 0).HitCount)
	})
}
