package store_test

import (
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/calltracking"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/core/visits"
	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

// pooledNumber is a number of a pool.
func (w *callWorld) pooledNumber(digits core.Phone) calltracking.VirtualNumber {
	w.t.Helper()
	pool, err := w.DB.CreatePool(w.t.Context(), calltracking.Pool{
		AccountID: w.account, SiteID: w.site.ID, Name: "Pool", IsEnabled: true, Hold: 3 * time.Minute, Late: 24 * time.Hour, Overflow: calltracking.OverflowDedicated,
	}, 10)
	require.NoError(w.t, err)
	list, err := w.DB.CreateNumbers(w.t.Context(), w.account, []calltracking.VirtualNumber{
		{AccountID: w.account, Number: digits, PoolID: pool.ID, SiteID: w.site.ID, Usage: calltracking.UsagePool, State: calltracking.StateActive},
	}, 100)
	require.NoError(w.t, err)
	return list[0]
}

func (w *callWorld) isActive(id string) bool {
	c := w.call(id)
	return c.IsActive()
}

// lend lends a number to a visit.
func (w *callWorld) lend(n calltracking.VirtualNumber, s storetest.Seen, from, until time.Time, isShared bool) {
	w.t.Helper()
	require.NoError(w.t, w.DB.Gorm().Exec(`INSERT INTO number_leases (account_id, id, pool_id, number_id, visitor_id, session_id, started_at, last_seen_at, hold_until, released_at,
  is_shared, ambiguous_from, shown_at, tel_click_at, page_url) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?, NULL, ?, NULL, '')`,
		w.account, int64(s.SessionID), n.PoolID, n.ID, s.VisitorID, s.SessionID, from.UnixMilli(), until.UnixMilli(), until.UnixMilli(), isShared, from.UnixMilli()).Error)
}

func TestCA4_aCallOnALentNumberBelongsToTheVisitWhichGetsThePhone(t *testing.T) {
	t.Parallel()
	storetest.Each(t, nil, func(t *testing.T, db *store.DB) {
		w := newCallWorld(t, db)
		now := db.Clock.Now()
		number := w.pooledNumber("74950000003")
		goal := w.Goal(w.site, "form")
		seen := w.See(storetest.Visit{Site: w.site, At: now.Add(-10 * time.Minute)})
		w.Reach(seen, goal, now.Add(-9*time.Minute))
		known := w.See(storetest.Visit{Site: w.site, At: now.Add(-time.Hour)})
		w.Leave(known, "Ann", "79160000001", "")
		w.lend(number, seen, now.Add(-10*time.Minute), now.Add(time.Minute), false)
		w.send(answered("c1", now.Add(-time.Minute), string(number.Number), caller)...)
		w.fold()
		c := w.call("c1")
		require.Equal(t, calltracking.MethodExclusive, c.Method)
		require.Equal(t, seen.VisitorID, c.VisitorID)
		require.Equal(t, seen.SessionID, c.SessionID)
		require.Len(t, c.Candidates, 1)
		card := w.Card(seen)
		require.Equal(t, w.Card(known).PersonID, card.PersonID, "the phone joins the visitors")
		require.Len(t, card.Contacts, 1)
		require.Equal(t, visits.OriginCall, card.Contacts[0].Origin)
		kinds := map[comms.Kind]int{}
		for _, k := range card.Communications {
			kinds[k.Kind]++
		}
		require.Equal(t, map[comms.Kind]int{comms.KindCall: 1, comms.KindGoal: 1}, kinds, "the reached goal has contacts now")
		page, err := w.calls.Calls(t.Context(), w.account, telephony.CallQuery{Methods: []calltracking.Method{calltracking.MethodExclusive}}, comms.Search{}, core.PageRequest{First: 10})
		require.NoError(t, err)
		require.Len(t, page.Nodes, 1)

		w.lend(number, w.See(storetest.Visit{Site: w.site, At: now.Add(-2 * time.Minute)}), now.Add(-2*time.Minute), now.Add(time.Minute), true)
		w.send(answered("c2", now.Add(-time.Second), string(number.Number), "+79160000002")...)
		w.fold()
		c = w.call("c2")
		require.Equal(t, calltracking.MethodAmbiguous, c.Method)
		require.Zero(t, c.VisitorID)
		require.Len(t, c.Candidates, 2)
		require.Len(t, w.Card(seen).Contacts, 1, "nobody is given a phone by guess")
	})
}

func TestCA4_aCorrectionMovesTheCallItsCommunicationAndThePhone(t *testing.T) {
	t.Parallel()
	storetest.Each(t, nil, func(t *testing.T, db *store.DB) {
		w := newCallWorld(t, db)
		now := db.Clock.Now()
		number := w.pooledNumber("74950000003")
		wrong := w.See(storetest.Visit{Site: w.site, At: now.Add(-10 * time.Minute)})
		right := w.See(storetest.Visit{Site: w.site, At: now.Add(-10 * time.Minute)})
		w.lend(number, wrong, now.Add(-10*time.Minute), now.Add(time.Minute), false)
		events := answered("c1", now.Add(-time.Minute), string(number.Number), caller)
		w.send(events...)
		w.fold()
		before := w.call("c1")
		require.Equal(t, wrong.VisitorID, before.VisitorID)
		service := telephony.NewCalls(telephony.CallsConfig{Store: w.calls, Events: w.folder, Clock: db.Clock})
		got, err := service.Correct(t.Context(), w.account, before.ID, 5, right.SessionID, 0)
		require.NoError(t, err)
		require.Equal(t, calltracking.MethodManual, got.Method)
		require.Equal(t, right.VisitorID, got.VisitorID)
		require.Greater(t, got.Version, before.Version)
		communication, err := db.Communication(t.Context(), w.account, core.CommunicationID(got.ID))
		require.NoError(t, err)
		require.Equal(t, right.VisitorID, communication.VisitorID)
		require.Empty(t, w.Card(wrong).Contacts)
		require.Zero(t, w.Card(wrong).PersonID)
		require.Len(t, w.Card(right).Contacts, 1)
		w.send(telephony.Event{ID: "r", Type: telephony.RecordingReady, CallID: "c1", OccurredAt: now, Data: telephony.Data{RecordingID: "r"}})
		w.fold()
		require.Equal(t, right.VisitorID, w.call("c1").VisitorID, "folding it again undoes nothing")
		corrections, err := service.CorrectionsOf(t.Context(), w.account, []core.CallID{got.ID})
		require.NoError(t, err)
		require.Len(t, corrections[got.ID], 1)
		require.Equal(t, wrong.VisitorID, corrections[got.ID][0].Before.VisitorID)
		require.Equal(t, core.UserID(5), corrections[got.ID][0].UserID)
		got, err = service.Correct(t.Context(), w.account, before.ID, 5, 0, 0)
		require.NoError(t, err)
		require.Zero(t, got.VisitorID)
		_, err = service.Correct(t.Context(), w.account, before.ID, 5, 77, 0)
		require.Equal(t, core.KindNotFound, core.KindOf(err))
		_, err = service.Correct(t.Context(), w.account+1, before.ID, 5, 0, 0)
		require.Equal(t, core.KindNotFound, core.KindOf(err))
	})
}

func TestCA4_aCallOutBelongsToTheVisitorWhoLeftThePhone(t *testing.T) {
	t.Parallel()
	storetest.Each(t, nil, func(t *testing.T, db *store.DB) {
		w := newCallWorld(t, db)
		now := db.Clock.Now()
		seen := w.See(storetest.Visit{Site: w.site, At: now.Add(-time.Hour)})
		w.Leave(seen, "Ann", "79160000001", "")
		w.send(newScript("out", now).add(telephony.CallStarted, telephony.Data{Direction: telephony.Outbound, DID: did, Callee: caller}).list...)
		w.fold()
		c := w.call("out")
		require.Equal(t, seen.VisitorID, c.VisitorID)
		require.Equal(t, calltracking.MethodKnownPhone, c.Method)
		communication, err := db.Communication(t.Context(), w.account, core.CommunicationID(c.ID))
		require.NoError(t, err)
		require.Equal(t, "Ann", communication.Name)
	})
}

func TestOC1_dealsAndReportsLearnOfCalls(t *testing.T) {
	t.Parallel()
	clock := testkit.NewClock(noon)
	storetest.Each(t, clock, func(t *testing.T, db *store.DB) {
		w := newCallWorld(t, db)
		l := newLinking(t, w.World, clock)
		w.account, w.site = l.account, l.site
		w.connection.AccountID = l.account
		w.number = w.addNumber("74950000001")
		l.contact("c", 100, []string{"79160000001"}, nil)
		l.upload(l.record("d", 72, "c"))
		l.linkAll()
		w.send(answered("c1", l.ago(80), did, caller)...)
		w.fold()
		require.Equal(t, 1, l.waiting())
		l.linkAll()
		links, _ := l.of("d")
		require.Len(t, links, 1, "the deal is linked with the call")
	})
}

func TestCA3_tagsOfScenariosAndPeople(t *testing.T) {
	t.Parallel()
	storetest.Each(t, nil, func(t *testing.T, db *store.DB) {
		w := newCallWorld(t, db)
		service := telephony.NewCalls(telephony.CallsConfig{Store: w.calls, Events: w.folder, Clock: db.Clock})
		auto, err := service.CreateTag(t.Context(), w.account, "Wholesale")
		require.NoError(t, err)
		manual, err := service.CreateTag(t.Context(), w.account, "Angry")
		require.NoError(t, err)
		_, err = service.CreateTag(t.Context(), w.account, "Angry")
		require.Equal(t, core.KindConflict, core.KindOf(err))
		s := newScript("c1", db.Clock.Now().Add(-time.Minute)).start(did, caller)
		w.send(append(s.list, telephony.Event{ID: "tag", Type: telephony.TagSet, CallID: "c1", OccurredAt: s.at, Data: telephony.Data{TagID: auto.ID}})...)
		w.fold()
		c := w.call("c1")
		tags := func() (names []string) {
			found, err := service.TagsOf(t.Context(), w.account, []core.CallID{c.ID})
			require.NoError(t, err)
			for _, tag := range found[c.ID] {
				names = append(names, tag.Name)
			}
			return names
		}
		require.Equal(t, []string{"Wholesale"}, tags())
		_, err = service.Tag(t.Context(), w.account, c.ID, 5, []core.CallTagID{manual.ID}, []core.CallTagID{auto.ID})
		require.NoError(t, err)
		require.Equal(t, []string{"Angry"}, tags())
		w.fold()
		w.send(s.finish().list...)
		w.fold()
		require.Equal(t, []string{"Angry"}, tags(), "folding it again undoes nothing")
		_, err = service.Tag(t.Context(), w.account, c.ID, 5, []core.CallTagID{77}, nil)
		require.Equal(t, core.KindNotFound, core.KindOf(err))
		require.NoError(t, service.DeleteTag(t.Context(), w.account, manual.ID))
		require.Empty(t, tags())
	})
}

func TestCA3_changesAreToldOnceForEachCommit(t *testing.T) {
	t.Parallel()
	storetest.Each(t, nil, func(t *testing.T, db *store.DB) {
		w := newCallWorld(t, db)
		seen := w.watch()
		for _, e := range answered("c1", db.Clock.Now(), did, caller) {
			w.send(e)
			w.fold()
			w.fold()
		}
		beat := telephony.Event{ID: "beat", Type: telephony.Heartbeat, OccurredAt: db.Clock.Now(), Data: telephony.Data{ActiveCalls: 3, Version: "1.2"}}
		line := telephony.Event{ID: "line", Type: telephony.LineStateChanged, OccurredAt: db.Clock.Now(), Data: telephony.Data{Line: "101", Ext: "101", State: "busy"}}
		w.send(beat, line)
		w.send(beat, line)
		testkit.Eventually(t, 10*time.Second, func() bool { return len(seen.all()) >= 12 }, "changes are told")
		var whats []string
		topics := map[telephony.Topic]int{}
		for _, c := range seen.all() {
			topics[c.Topic]++
			if c.Topic == telephony.TopicCall && c.What != "" {
				whats = append(whats, c.What)
			}
		}
		require.Equal(t, map[telephony.Topic]int{telephony.TopicCall: 10, telephony.TopicLine: 1, telephony.TopicConnection: 1}, topics)
		require.Equal(t, []string{telephony.WhatStarted, telephony.WhatRings, telephony.WhatAnswered, telephony.WhatFinished}, whats)
		seen.requireGrowth(t)
		lines, err := w.calls.Lines(t.Context(), w.account, []core.ConnectionID{w.connection.ID})
		require.NoError(t, err)
		require.Len(t, lines, 1)
		require.Equal(t, telephony.LineBusy, lines[0].State)
		db.LiveChanges().Publish(telephony.Change{AccountID: w.account, Topic: telephony.TopicEmployee, EmployeeID: 7})
		testkit.Eventually(t, 10*time.Second, func() bool { return len(seen.all()) >= 13 }, "what others publish is told")
	})
}

func TestCA3_callsWithoutAnEndAreClosed(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			clock := testkit.NewClock(start)
			w := newCallWorld(t, storetest.Open(t, engine, clock))
			sweeper := telephony.NewSweeper(telephony.SweeperConfig{
				Store: w.calls, Drivers: map[telephony.ConnectionKind]telephony.Driver{telephony.KindCTPBX: w.driver}, Clock: clock, Log: slog.New(slog.DiscardHandler),
			})
			sweep := func() { require.NoError(t, sweeper.Sweep(t.Context())); w.fold() }
			_, err := w.calls.UpdateConnection(t.Context(), w.account, w.connection.ID, func(e *telephony.Endpoint) error {
				e.Settings.Address, e.Settings.MaxCallMinutes = "https://pbx.example", 120
				return nil
			})
			require.NoError(t, err)
			running := []telephony.Snapshot{{PBXCallID: "theirs", Data: telephony.Data{Direction: telephony.Inbound, DID: did, Caller: caller, State: "ringing", StartedAt: &start}}}
			w.driver.active = func() ([]telephony.Snapshot, error) { return running, nil }
			w.send(newScript("missing", start.Add(-5*time.Minute)).start(did, caller).ring("b", "101").list...)
			w.fold()
			sweep()
			require.Equal(t, telephony.StateStarted, w.call("theirs").State, "taken in")
			require.True(t, w.isActive("missing"), "one poll is not enough")
			clock.Advance(time.Minute + time.Second)
			sweep()
			missing := w.call("missing")
			require.False(t, missing.IsActive())
			require.Equal(t, telephony.ReasonReconciled, missing.EndReason)
			require.Equal(t, missing.LastEventAt, clock.Now().Truncate(time.Millisecond))
			w.driver.active = func() ([]telephony.Snapshot, error) {
				return nil, core.Unavailable("the PBX does not answer", 0, errors.New("x"))
			}
			for range 3 {
				clock.Advance(time.Minute + time.Second)
				sweep()
			}
			require.True(t, w.isActive("theirs"), "not to be asked is not to be over")
			e, err := w.calls.Endpoint(t.Context(), w.account, w.connection.ID)
			require.NoError(t, err)
			require.Equal(t, "the PBX does not answer", e.Failure)
			clock.Advance(2*time.Hour + 55*time.Minute)
			sweep()
			require.True(t, w.isActive("theirs"))
			clock.Advance(10 * time.Minute)
			sweep()
			require.Equal(t, telephony.ReasonNoEvents, w.call("theirs").EndReason)
			clock.Advance(31 * 24 * time.Hour)
			sweep()
			clock.Advance(2 * time.Hour)
			sweep()
			var left int64
			require.NoError(t, w.DB.Gorm().Raw(`SELECT COUNT(*) FROM call_events`).Scan(&left).Error)
			require.Zero(t, left, "old events are dropped")
			w.send(telephony.Event{ID: "r", Type: telephony.RecordingReady, CallID: "missing", OccurredAt: clock.Now(), Data: telephony.Data{RecordingID: "r"}})
			w.fold()
			require.Len(t, w.call("missing").Legs, 2, "a call whose events are dropped stays as it is")
		})
	}
}

func TestCA3_aSilentConnectionIsDownUntilItSpeaksAgain(t *testing.T) {
	t.Parallel()
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			clock := testkit.NewClock(noon)
			w := newCallWorld(t, storetest.Open(t, engine, clock))
			seen := w.watch()
			beat := func(n int) {
				w.send(telephony.Event{ID: fmt.Sprintf("b%d", n), Type: telephony.Heartbeat, OccurredAt: clock.Now(), Data: telephony.Data{ActiveCalls: n}})
			}
			down := func() int {
				n, err := w.calls.MarkDown(t.Context(), clock.Now().Add(-telephony.Silence))
				require.NoError(t, err)
				return n
			}
			require.Zero(t, down(), "one that never spoke is not down")
			beat(1)
			beat(2)
			require.Zero(t, down())
			clock.Advance(2 * time.Minute)
			require.Equal(t, 1, down())
			require.Zero(t, down(), "told once")
			beat(3)
			testkit.Eventually(t, 10*time.Second, func() bool { return len(seen.all()) >= 3 }, "up, down and up are told")
			require.Len(t, seen.all(), 3)
			list, err := w.calls.Connections(t.Context(), w.account)
			require.NoError(t, err)
			require.Equal(t, 3, list[0].ActiveCalls)
			require.False(t, list[0].IsDown(clock.Now()))
		})
	}
}
