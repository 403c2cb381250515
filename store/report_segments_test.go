package store_test

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/reports"
	"github.com/skvoz/skvoz/core/visits"
	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

var allColumns = reports.SessionColumns{ID: true, Visitor: true, Number: true, Hits: true, Seconds: true, Place: true, Client: true, Page: true}

// segmented is a linking account with its segments.
type segmented struct {
	*linking
	segments *store.Segments
}

func inSegments(t *testing.T, fn func(t *testing.T, s *segmented)) {
	inWorlds(t, func(t *testing.T, w *storetest.World, clock *testkit.Clock) {
		fn(t, &segmented{newLinking(t, w, clock), newSegments(t, w.DB)})
	})
}

func newSegments(t *testing.T, db *store.DB) *store.Segments {
	t.Helper()
	s := store.NewSegments(db, store.SegmentOptions{Log: slog.New(slog.DiscardHandler)})
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// restart gives the account segments that remember nothing.
func (s *segmented) restart() {
	s.t.Helper()
	s.check(s.segments.Settle(s.t.Context()))
	s.check(s.segments.Close())
	s.segments = store.NewSegments(s.DB, store.SegmentOptions{Log: slog.New(slog.DiscardHandler)})
	s.t.Cleanup(func() { _ = s.segments.Close() })
}

// day is the UTC day of so many hours ago.
func (s *segmented) day(hours float64) int { return int(s.ago(hours).Unix() / 86400) }

const testedHours = 400 * 24

func (s *segmented) sessionDays() []*reports.SessionDay {
	s.t.Helper()
	days, _, err := s.segments.SessionDays(s.t.Context(), s.account, s.day(testedHours), s.day(0), allColumns)
	s.check(err)
	return days
}

func (s *segmented) communicationDays() []*reports.CommunicationDay {
	s.t.Helper()
	days, err := s.segments.CommunicationDays(s.t.Context(), s.account, s.day(testedHours), s.day(0))
	s.check(err)
	return days
}

func (s *segmented) dealDays() []*reports.DealDay {
	s.t.Helper()
	days, err := s.segments.DealDays(s.t.Context(), s.account, s.day(testedHours), s.day(0))
	s.check(err)
	return days
}

// fresh is what the facts themselves give.
func fresh[T any](s *segmented, fact reports.Fact) []T {
	s.t.Helper()
	built, err := s.segments.FreshSegments(s.t.Context(), s.account, fact, s.day(testedHours), s.day(0))
	s.check(err)
	out := []T{}
	for day := s.day(testedHours); day <= s.day(0); day++ {
		if d, ok := built[day].(T); ok {
			out = append(out, d)
		}
	}
	return out
}

func (s *segmented) requireFresh(after string) {
	s.t.Helper()
	require.Equal(s.t, fresh[*reports.SessionDay](s, reports.FactSessions), s.sessionDays(), "sessions after %s", after)
	require.Equal(s.t, fresh[*reports.CommunicationDay](s, reports.FactCommunications), s.communicationDays(), "communications after %s", after)
	require.Equal(s.t, fresh[*reports.DealDay](s, reports.FactDeals), s.dealDays(), "deals after %s", after)
}

// TestAN_2_SegmentsEqualTheFacts lets facts come in any order, late ones among them, and asks for the segments after each.
func TestAN_2_SegmentsEqualTheFacts(t *testing.T) {
	inWorlds(t, func(t *testing.T, w *storetest.World, clock *testkit.Clock) {
		for seed := range uint64(3) {
			r := rand.New(rand.NewPCG(seed, 5))
			s := &segmented{newLinking(t, w, clock), newSegments(t, w.DB)}
			list := append(randomFacts(r), randomChanges(r)...)
			for _, i := range shuffled(r, list) {
				list[i].do(s.linking)
				if r.IntN(2) == 0 {
					s.linkAll()
				}
				clock.Advance(15 * time.Second)
				s.requireFresh(fmt.Sprint("seed ", seed, ": ", list[i].name))
				if r.IntN(6) == 0 {
					s.restart()
					s.requireFresh(fmt.Sprint("seed ", seed, ": a restart after ", list[i].name))
				}
			}
			checked, err := reports.NewChecker(s.segments).Check(t.Context(), s.account, s.day(testedHours), s.day(0))
			require.NoError(t, err)
			require.Empty(t, checked.Differences)
			require.Positive(t, checked.Rows)
		}
	})
}

// randomChanges are facts that change what is over, and such as are going on.
func randomChanges(r *rand.Rand) []fact {
	var list []fact
	add := func(name string, do func(l *linking)) { list = append(list, fact{name: name, do: do}) }
	for i := range 4 {
		v, at := fmt.Sprint("v", i), float64(60+r.IntN(900))
		add(v+" sees another page in an old session", func(l *linking) {
			if s, ok := l.last[v]; ok {
				l.See(storetest.Visit{Site: l.site, Last: s, At: s.StartedAt.Add(10 * time.Minute), URL: "https://site.example/more"})
			}
		})
		add(v+" was there once more", func(l *linking) {
			if _, ok := l.last[v]; ok {
				l.see(v, at)
			}
		})
		add(v+" is there now", func(l *linking) { l.see(v, float64(r.IntN(30))) })
		add(v+" goes on", func(l *linking) {
			if s, ok := l.last[v]; ok {
				l.last[v] = l.See(storetest.Visit{Site: l.site, Last: s, URL: "https://site.example/on"})
			}
		})
	}
	for i := range 3 {
		name := fmt.Sprint("d", i)
		add(name+" is deleted", func(l *linking) {
			if _, err := l.deals.DealByExternalID(l.t.Context(), l.account, l.crm, name); err == nil {
				l.check(l.deals.DeleteDeal(l.t.Context(), l.account, l.crm, name))
			}
		})
	}
	for i := range 2 {
		name, at := fmt.Sprint("c", i), float64(100+r.IntN(500))
		add(name+" has been there since", func(l *linking) {
			err := l.deals.UpdateContact(l.t.Context(), l.account, l.crm, name, deals.ContactPatch{CreatedAt: core.Some(l.ago(at))})
			if core.KindOf(err) != core.KindNotFound {
				l.check(err)
			}
		})
	}
	add("joining again", func(l *linking) {
		_, err := l.DB.SetContactJoining(l.t.Context(), l.account, 1, visits.ContactValue{Kind: visits.ContactPhone, Value: "79260000001"}, true)
		l.check(err)
	})
	return list
}

func TestAN_2_ADayOfSessionsHasItsColumns(t *testing.T) {
	inSegments(t, func(t *testing.T, s *segmented) {
		a := s.see("a", 50)
		b := s.see("b", 49)
		again := s.see("a", 48.5)
		s.See(storetest.Visit{Site: s.site, Last: again, At: again.StartedAt.Add(90 * time.Second)})
		days := s.sessionDays()
		require.Len(t, days, 1)
		d := days[0]
		midnight := time.Unix(int64(d.Day)*86400, 0)
		require.Equal(t, s.day(50), d.Day)
		require.Equal(t, []core.SessionID{a.SessionID, b.SessionID, again.SessionID}, d.ID)
		require.Equal(t, []core.VisitorID{a.VisitorID, b.VisitorID, a.VisitorID}, d.Visitor)
		require.Equal(t, uint32(s.ago(49).Sub(midnight).Milliseconds()), d.At[1])
		require.Equal(t, []uint32{1, 1, 2}, d.Number)
		require.Equal(t, []uint32{1, 1, 2}, d.Hits)
		require.Equal(t, []uint32{0, 0, 90}, d.Seconds)
		require.Equal(t, s.site.ID, d.Origins[d.OriginOf[2]].Site)
		require.Len(t, d.Origins, 4, "the zero value and three sources")
		require.Equal(t, reports.Place{Country: "RU", City: "Москва"}, d.Places[d.PlaceOf[1]])
		require.Equal(t, reports.Client{Device: visits.DeviceDesktop, Browser: "Chrome 143", OS: "Windows 10", Language: "ru-RU", Screen: "1920x1080"}, d.Clients[d.ClientOf[0]])
		require.Equal(t, []uint32{1, 1, 1}, d.PageOf)
	})
}

func TestAN_2_ACommunicationHasTheVisitsOfItsPersonBeforeIt(t *testing.T) {
	inSegments(t, func(t *testing.T, s *segmented) {
		s.see("a", 368*24) // too long ago
		old, others, own := s.see("a", 364*24), s.see("b", 100), s.see("a", 51)
		s.talk("chat", comms.KindChat, "a", 50, phoneA, "")
		s.talk("call", comms.KindCall, "", 49, phoneB, "")
		s.see("a", 40)
		s.leave("a", phoneA, "")
		s.leave("b", phoneA, "")
		d := s.communicationDays()[0]
		require.Equal(t, []core.CommunicationID{s.comms["chat"], s.comms["call"]}, d.ID)
		require.Equal(t, []comms.Kind{comms.KindChat, comms.KindCall}, []comms.Kind{reports.Kinds()[d.Kind[0]], reports.Kinds()[d.Kind[1]]})
		require.Equal(t, []uint32{0, 3, 3}, d.Touches.Start)
		require.Equal(t, []core.SessionID{old.SessionID, others.SessionID, own.SessionID}, d.Touches.Session)
		require.Equal(t, deals.MatchedByVisitor, reports.MatchReasons()[d.Touches.MatchedBy[1]])
		require.Equal(t, []uint8{0, 0}, []uint8{d.Touches.MatchedBy[0], d.Touches.MatchedBy[2]})
		require.Equal(t, s.ago(51).UnixMilli(), d.Touches.At[2])
		require.Equal(t, d.Origins[d.OriginOf[0]], d.Touches.Origins[d.Touches.OriginOf[2]])
		require.Zero(t, d.OriginOf[1], "the call has no session")
		card := s.Card(s.last["a"])
		require.Equal(t, uint64(card.PersonID), d.Contact[0])
		require.NotZero(t, d.Contact[1]>>63)
	})
}

func TestAN_2_ADealHasItsStagesAndWhatItIsCountedTo(t *testing.T) {
	inSegments(t, func(t *testing.T, s *segmented) {
		seen := s.see("a", 900)
		s.leave("a", phoneA, "")
		s.talk("chat", comms.KindChat, "a", 800, phoneA, "")
		s.talk("call", comms.KindCall, "", 70, phoneA, "")
		s.contact("c", 750, []string{string(phoneA)}, nil)
		rec := s.record("d", 60, "c")
		revenue := int64(-500)
		rec.RevenueMinor, rec.Source = &revenue, "выставка"
		s.upload(rec)
		won := s.record("d", 60, "c")
		won.StageExternalID, won.StageAt, won.ModifiedAt = "won", s.ago(2), s.ago(2)
		s.upload(won)
		s.linkAll()
		days := s.dealDays()
		require.Len(t, days, 1)
		d := days[0]
		require.Equal(t, s.day(60), d.Day)
		require.Equal(t, deals.StageSuccess, reports.Statuses()[d.Status[0]])
		require.Equal(t, []int64{-500}, d.Revenue)
		require.Equal(t, "выставка", d.Sources[d.SourceOf[0]])
		require.Equal(t, d.Stages[len(d.Stages)-1], d.Stage[0])
		require.Equal(t, []uint32{0, uint32(len(d.Stages))}, d.StageFrom)
		require.Len(t, d.StageAt, len(d.Stages))
		require.NotZero(t, d.ClosedAt[0])
		require.Equal(t, s.comms["call"], d.Deciding[reports.ByDeal][0])
		require.Equal(t, s.comms["chat"], d.Deciding[reports.ByContact][0])
		require.Equal(t, s.comms["call"], d.Deciding[reports.ByLead][0], "no lead: by the deal")
		require.Equal(t, s.ago(750).UnixMilli(), d.EntityAt[reports.ByContact][0]/1000*1000)
		require.Zero(t, d.EntityAt[reports.ByLead][0])
		require.Equal(t, comms.KindChat, reports.Kinds()[d.DecidingKind[reports.ByContact][0]])
		require.Equal(t, []core.SessionID{seen.SessionID}, d.Touches.Session)
		require.Equal(t, deals.MatchedByPhone, reports.MatchReasons()[d.Touches.MatchedBy[0]])
	})
}

func TestAN_2_SegmentsAreReadOnceAndKeptForTheNextStart(t *testing.T) {
	inSegments(t, func(t *testing.T, s *segmented) {
		for i := range 20 {
			s.see(fmt.Sprint("v", i), 60+float64(i)*30)
			s.talk(fmt.Sprint("call", i), comms.KindCall, fmt.Sprint("v", i), 60+float64(i)*30, "", "")
		}
		statements := func() int64 {
			ctx, n := store.CountStatements(t.Context())
			_, asOf, err := s.segments.SessionDays(ctx, s.account, s.day(1000), s.day(50), reports.SessionColumns{Visitor: true})
			require.NoError(t, err)
			require.Equal(t, s.clock.Now(), asOf)
			_, err = s.segments.CommunicationDays(ctx, s.account, s.day(1000), s.day(50))
			require.NoError(t, err)
			return n.Load()
		}
		require.Positive(t, statements())
		require.Equal(t, int64(2), statements(), "warm: the versions alone, one statement each")
		s.restart()
		require.Equal(t, int64(6), statements(), "after a start: versions, once more under the lock, and what is kept")
		require.Equal(t, int64(2), statements())
		s.requireFresh("a restart")
	})
}

func TestAN_2_WhatIsKeptButSpoiltIsBuiltAnew(t *testing.T) {
	inSegments(t, func(t *testing.T, s *segmented) {
		s.see("a", 60)
		s.talk("call", comms.KindCall, "a", 59, phoneA, "")
		s.requireFresh("building")
		s.check(s.segments.Settle(t.Context()))
		bad := []any{[]byte{}, []byte("SKVS"), []byte("SKVS\x02\x00\x01\x00and more than a header of bytes, but no segment")}
		for _, data := range bad {
			s.check(s.DB.Gorm().Exec("UPDATE report_segments SET data = ?", data).Error)
			s.restart()
			s.requireFresh("spoiling")
			s.check(s.segments.Settle(t.Context()))
		}
		s.check(s.DB.Gorm().Exec("UPDATE report_segments SET format = 999").Error)
		s.restart()
		s.requireFresh("another format")
	})
}

func TestAN_2_TheCheckerFindsWhatIsNotWhatTheFactsSay(t *testing.T) {
	inSegments(t, func(t *testing.T, s *segmented) {
		s.see("a", 60)
		s.see("b", 59)
		s.talk("call", comms.KindCall, "a", 58, phoneA, "")
		s.requireFresh("building")
		s.check(s.segments.Settle(t.Context()))
		checker := reports.NewChecker(s.segments)
		first, last, err := checker.Days(t.Context(), s.account)
		s.check(err)
		require.LessOrEqual(t, first, s.day(60))
		require.GreaterOrEqual(t, last, s.day(60))
		got, err := checker.Check(t.Context(), s.account, first, last)
		s.check(err)
		require.Empty(t, got.Differences)
		require.Equal(t, 6, got.Rows, "two sessions and a call, in memory and stored")

		s.check(s.DB.Gorm().Exec("UPDATE sessions SET hit_count = 7 WHERE id = ?", int64(s.last["b"].SessionID)).Error) // without a word to anybody
		got, err = checker.Check(t.Context(), s.account, first, last)
		s.check(err)
		places := []string{got.Differences[0].Place, got.Differences[1].Place}
		slices.Sort(places)
		require.Equal(t, []string{"memory", "stored"}, places)
		d := got.Differences[0]
		require.Equal(t, reports.Difference{Fact: reports.FactSessions, Day: s.day(60), Place: d.Place, Column: "Hits", Row: 1, Kept: "1", Fresh: "7"}, d)

		n, err := checker.Rebuild(t.Context(), s.account, first, last)
		s.check(err)
		require.Positive(t, n)
		got, err = checker.Check(t.Context(), s.account, first, last)
		s.check(err)
		require.Empty(t, got.Differences)
		s.requireFresh("rebuilding")
	})
}

func TestAN_2_VisitsThatAreGoingOnLagALittle(t *testing.T) {
	inSegments(t, func(t *testing.T, s *segmented) {
		s.see("a", 20) // yesterday and today are not kept
		now := s.see("b", 0)
		read := func() (int, time.Time) {
			days, asOf, err := s.segments.SessionDays(t.Context(), s.account, s.day(20), s.day(0), reports.SessionColumns{Hits: true})
			require.NoError(t, err)
			hits := 0
			for _, d := range days {
				for _, n := range d.Hits {
					hits += int(n)
				}
			}
			return hits, asOf
		}
		began := s.clock.Now()
		hits, asOf := read()
		require.Equal(t, 2, hits)
		require.Equal(t, began, asOf)
		s.clock.Advance(500 * time.Millisecond)
		s.See(storetest.Visit{Site: s.site, Last: now})
		hits, asOf = read()
		require.Equal(t, 2, hits, "read less than a second ago")
		require.Equal(t, began, asOf)
		s.clock.Advance(600 * time.Millisecond)
		hits, asOf = read()
		require.Equal(t, 3, hits)
		require.Equal(t, s.clock.Now(), asOf)
		s.check(s.segments.Settle(t.Context()))
		var stored int64
		s.check(s.DB.Gorm().Raw("SELECT COUNT(*) FROM report_segments").Scan(&stored).Error)
		require.Zero(t, stored)
	})
}

func TestAN_2_MemoryIsBounded(t *testing.T) {
	inSegments(t, func(t *testing.T, s *segmented) {
		for i := range 10 {
			s.see(fmt.Sprint("v", i), 60+float64(i)*24)
		}
		tight := store.NewSegments(s.DB, store.SegmentOptions{CacheBytes: 4000, Log: slog.New(slog.DiscardHandler)})
		t.Cleanup(func() { require.NoError(t, tight.Close()) })
		for range 3 {
			days, _, err := tight.SessionDays(t.Context(), s.account, s.day(400), s.day(0), allColumns)
			s.check(err)
			require.Equal(t, fresh[*reports.SessionDay](s, reports.FactSessions), days)
			s.check(tight.Settle(t.Context()))
		}
		require.LessOrEqual(t, tight.CachedBytes(), int64(4000))
	})
}

func TestAN_2_AnOldSessionThatIsToldLaterRaisesItsDayThen(t *testing.T) {
	t.Parallel()
	clock := testkit.NewClock(time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC))
	db := storetest.Open(t, store.SQLite, clock)
	require.NoError(t, db.DeferSessions(t.Context()))
	s := &segmented{newLinking(t, storetest.NewWorld(t, db), clock), newSegments(t, db)}
	seen := s.see("a", 0)
	for range 5 {
		clock.Advance(20 * time.Hour)
		s.check(s.Ingest.Heartbeat(&visits.HeartbeatInput{
			Triple: visits.Triple{AccountID: s.account, SiteID: s.site.ID, VisitorID: seen.VisitorID, SessionID: seen.SessionID, HitID: seen.HitID}, At: clock.Now(), Visible: time.Second,
		}))
		before := s.sessionDays()
		require.Len(t, before, 1)
		s.check(s.Written.Settle(t.Context(), true))
		clock.Advance(2 * time.Second)
		s.requireFresh("telling")
		require.Equal(t, uint32(clock.Now().Sub(seen.StartedAt).Seconds())-2, s.sessionDays()[0].Seconds[0])
	}
}

func TestAN_2_LoadedHistoryRaisesItsDays(t *testing.T) {
	inSegments(t, func(t *testing.T, s *segmented) {
		s.see("a", 100)
		s.leave("a", phoneA, "")
		s.talk("call", comms.KindCall, "a", 60, phoneA, "")
		s.requireFresh("seeing")
		person := s.Card(s.last["a"]).PersonID
		visitor := core.VisitorID(4711)
		session := s.IDs.Session(visitor, "history", s.ago(200), 0)
		s.check(s.DB.LoadHistory(t.Context(), s.account, &comms.History{
			Visitors: []visits.Visitor{{ID: visitor, AccountID: s.account, SiteID: s.site.ID, FirstSeenAt: s.ago(200), SessionCount: 1, HitCount: 1, PersonID: person}},
			Sessions: []visits.Session{{
				ID: session, AccountID: s.account, VisitorID: visitor, SiteID: s.site.ID, Number: 1, StartedAt: s.ago(200), LastActivityAt: s.ago(200), HitCount: 1,
			}},
		}))
		s.requireFresh("loading")
		d := s.communicationDays()[0]
		require.Equal(t, session, d.Touches.Session[0], "a visit of the same person")
	})
}
