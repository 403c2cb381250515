package store_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/calltracking"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

const (
	did    = "84950000001"
	caller = "+79160000001"
)

func TestCA3_anAnsweredCallIsKeptWithItsCommunication(t *testing.T) {
	t.Parallel()
	storetest.Each(t, nil, func(t *testing.T, db *store.DB) {
		w := newCallWorld(t, db)
		at := db.Clock.Now().Add(-time.Minute).Truncate(time.Millisecond)
		events := answered("c1", at, did, caller)
		require.Equal(t, telephony.Received{Accepted: len(events)}, w.send(events...))
		require.Equal(t, telephony.Received{Duplicate: len(events)}, w.send(events...), "sent again")
		w.fold()
		c := w.call("c1")
		require.Equal(t, telephony.StateFinished, c.State)
		require.Equal(t, w.number.ID, c.NumberID, "found however the PBX writes it")
		require.Equal(t, core.Phone("79160000001"), c.ContactPhone)
		require.Equal(t, core.EmployeeID(1), c.EmployeeID)
		require.Equal(t, w.site.ID, c.SiteID)
		require.True(t, c.IsFirst)
		require.False(t, c.IsLost)
		require.Equal(t, 5*time.Second, c.Wait)
		require.Equal(t, calltracking.MethodStatic, c.Method)
		require.EqualValues(t, 1, c.Version)
		got, err := db.Communication(t.Context(), w.account, core.CommunicationID(c.ID))
		require.NoError(t, err)
		require.Equal(t, c.ContactPhone, got.Phone)
		require.True(t, got.At.Equal(at))
	})
}

func TestCA3_aCallHasItsCommunicationAsSoonAsItBegins(t *testing.T) {
	t.Parallel()
	storetest.Each(t, nil, func(t *testing.T, db *store.DB) {
		w := newCallWorld(t, db)
		events := answered("c1", db.Clock.Now(), did, caller)
		for n, e := range events {
			w.send(e)
			w.fold()
			c := w.call("c1")
			require.EqualValues(t, n+1, c.Version, "every event changes something")
			_, err := db.Communication(t.Context(), w.account, core.CommunicationID(c.ID))
			require.NoError(t, err)
			require.Equal(t, n < len(events)-1, c.IsActive())
		}
		w.send(telephony.Event{ID: "late", Type: telephony.LegRinging, CallID: "c1", Seq: 99, OccurredAt: db.Clock.Now().Add(time.Hour), Data: telephony.Data{LegID: "z"}})
		w.fold()
		require.EqualValues(t, len(events), w.call("c1").Version, "what comes too late changes nothing")
	})
}

func TestCA3_firstAndRepeatedCommunicationsOfAContact(t *testing.T) {
	t.Parallel()
	storetest.Each(t, nil, func(t *testing.T, db *store.DB) {
		w := newCallWorld(t, db)
		at := db.Clock.Now().Add(-time.Hour)
		w.send(answered("second", at.Add(10*time.Minute), did, caller)...)
		w.send(answered("third", at.Add(20*time.Minute), did, caller)...)
		w.send(answered("other", at.Add(20*time.Minute), did, "+79160000009")...)
		w.fold()
		require.True(t, w.call("second").IsFirst)
		require.False(t, w.call("third").IsFirst)
		require.True(t, w.call("other").IsFirst)
		w.send(answered("first", at, did, caller)...) // told of late
		w.fold()
		require.True(t, w.call("first").IsFirst)
		require.False(t, w.call("second").IsFirst)
	})
}

func TestCA3_aCallToAnUnknownNumberIsShownWithoutCommunicationUntilTheNumberIsAdded(t *testing.T) {
	t.Parallel()
	storetest.Each(t, nil, func(t *testing.T, db *store.DB) {
		w := newCallWorld(t, db)
		w.send(answered("c1", db.Clock.Now().Add(-time.Minute), "84950000002", caller)...)
		w.fold()
		c := w.call("c1")
		require.Zero(t, c.NumberID)
		require.Equal(t, "74950000002", c.VirtualNumber)
		_, err := db.Communication(t.Context(), w.account, core.CommunicationID(c.ID))
		require.Equal(t, core.KindNotFound, core.KindOf(err))
		number := w.addNumber("74950000002")
		w.fold()
		c = w.call("c1")
		require.Equal(t, number.ID, c.NumberID)
		require.True(t, c.IsFirst)
		_, err = db.Communication(t.Context(), w.account, core.CommunicationID(c.ID))
		require.NoError(t, err)
	})
}

func TestRC3_aLostCallIsCalledBackByALaterTalkWithTheContact(t *testing.T) {
	t.Parallel()
	storetest.Each(t, nil, func(t *testing.T, db *store.DB) {
		w := newCallWorld(t, db)
		at := db.Clock.Now().Add(-time.Hour)
		w.send(unanswered("lost", at, did, caller)...)
		w.fold()
		lost := w.call("lost")
		require.True(t, lost.IsLost)
		require.Equal(t, telephony.LostNoAnswer, lost.LostReason)
		require.Nil(t, lost.CalledBackAt)
		w.send(unanswered("lost again", at.Add(time.Minute), did, caller)...)
		back := newScript("back", at.Add(2*time.Minute)).
			add(telephony.CallStarted, telephony.Data{Direction: telephony.Outbound, DID: did, Callee: caller, Initiator: "api"}).ring("b", "101").
			add(telephony.LegAnswered, telephony.Data{LegID: "b"}).
			add(telephony.LegStarted, telephony.Data{LegID: "a", Role: telephony.RoleContact, Number: caller}).talk("b", "t")
		w.send(back.list...)
		w.fold()
		answered := w.call("back")
		for _, id := range []string{"lost", "lost again"} {
			c := w.call(id)
			require.NotNil(t, c.CalledBackAt)
			require.Equal(t, answered.ID, c.CalledBackID)
			require.Equal(t, answered.AnsweredAt, c.CalledBackAt)
		}
		require.Greater(t, w.call("lost").Version, lost.Version)
		require.Equal(t, telephony.Outbound, answered.Direction)
		require.Equal(t, w.number.ID, answered.NumberID)
		w.send(unanswered("told of late", at.Add(-time.Minute), did, caller)...)
		w.fold()
		require.Equal(t, answered.ID, w.call("told of late").CalledBackID)
	})
}

func TestMP2_lateRecordingsAreNotedAndChangeNothingElse(t *testing.T) {
	t.Parallel()
	storetest.Each(t, nil, func(t *testing.T, db *store.DB) {
		w := newCallWorld(t, db)
		w.send(answered("c1", db.Clock.Now().Add(-time.Minute), did, caller)...)
		w.fold()
		before := w.call("c1")
		ready := func(id string, n int, expires time.Time) telephony.Event {
			return telephony.Event{
				ID: id, Type: telephony.RecordingReady, CallID: "c1", OccurredAt: db.Clock.Now(),
				Data: telephony.Data{RecordingID: fmt.Sprintf("r%d", n), TalkID: fmt.Sprintf("t%d", n), URL: "https://pbx.example/secret", Format: "wav", Channels: 2, DurationMS: 1500, URLExpiresAt: &expires},
			}
		}
		w.send(ready("x1", 1, db.Clock.Now()), ready("x2", 2, db.Clock.Now()))
		w.fold()
		after := w.call("c1")
		require.Equal(t, before.Version, after.Version)
		var rows []struct {
			RemoteID, State, SourceURL string
			DurationMS                 int64
		}
		read := func() {
			rows = nil
			require.NoError(t, db.Gorm().Raw(`SELECT remote_id, state, source_url, duration_ms FROM recordings WHERE call_id = ? ORDER BY remote_id`, after.ID).Scan(&rows).Error)
		}
		read()
		require.Len(t, rows, 2)
		require.Equal(t, "waiting", rows[0].State)
		require.EqualValues(t, 1500, rows[0].DurationMS)
		require.NotContains(t, rows[0].SourceURL, "secret", "links may carry tokens")
		old := rows[0].SourceURL
		w.send(ready("x3", 1, db.Clock.Now().Add(time.Hour)))
		w.fold()
		read()
		require.NotEqual(t, old, rows[0].SourceURL, "a new link takes the place of the old one")
		require.NoError(t, db.Gorm().Exec(`UPDATE recordings SET state = 'stored'`).Error)
		w.send(ready("x4", 1, db.Clock.Now().Add(2*time.Hour)))
		w.fold()
		read()
		require.Equal(t, "stored", rows[0].State)
	})
}

func TestCA3_missingEventsAreAskedForAfterTenSeconds(t *testing.T) {
	t.Parallel()
	clock := testkit.NewClock(time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC))
	for _, c := range []struct {
		name         string
		answer       func(whole []telephony.Event) (telephony.Snapshot, error)
		isIncomplete bool
	}{
		{"the PBX knows", func(whole []telephony.Event) (telephony.Snapshot, error) {
			f := telephony.Fold(whole)
			d := telephony.Data{LastSeq: int64(len(whole)), EndedAt: f.EndedAt, State: "finished"}
			for _, k := range f.Talks {
				d.Talks = append(d.Talks, telephony.TalkFact{TalkID: k.ID, LegIDs: k.LegIDs, StartedAt: k.StartedAt, EndedAt: k.EndedAt})
			}
			return telephony.Snapshot{Data: d}, nil
		}, false},
		{"the PBX does not answer", func([]telephony.Event) (telephony.Snapshot, error) { return telephony.Snapshot{}, errors.New("gone") }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, clock, func(t *testing.T, db *store.DB) {
				w := newCallWorld(t, db)
				whole := answered("c1", clock.Now(), did, caller)
				asked := make(chan string, 10)
				w.driver.call = func(id string) (telephony.Snapshot, error) {
					defer func() { asked <- id }()
					return c.answer(whole)
				}
				var kept []telephony.Event
				for _, e := range whole {
					if e.Type != telephony.TalkStarted {
						kept = append(kept, e)
					}
				}
				w.send(kept...)
				w.foldAt(clock.Now())
				require.False(t, w.call("c1").IsIncomplete, "they may still come")
				require.Empty(t, asked)
				w.foldAt(clock.Now().Add(9 * time.Second))
				require.Empty(t, asked)
				w.foldAt(clock.Now().Add(11 * time.Second))
				require.Equal(t, "c1", <-asked)
				w.folder.Settle()
				w.foldAt(clock.Now().Add(11 * time.Second))
				got := w.call("c1")
				require.Equal(t, c.isIncomplete, got.IsIncomplete)
				require.Equal(t, c.isIncomplete, got.IsLost)
				if !c.isIncomplete {
					w.foldAt(clock.Now().Add(time.Hour))
					require.Empty(t, asked, "nothing is missing any more")
				}
			})
		})
	}
}

func TestCA3_aCallNobodyToldTheBeginningOfWaits(t *testing.T) {
	t.Parallel()
	clock := testkit.NewClock(time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC))
	storetest.Each(t, clock, func(t *testing.T, db *store.DB) {
		w := newCallWorld(t, db)
		w.driver.call = func(string) (telephony.Snapshot, error) { return telephony.Snapshot{}, core.NotFound("call") }
		events := answered("c1", clock.Now(), did, caller)
		w.send(events[2:4]...)
		w.foldAt(clock.Now())
		_, err := w.calls.CallByPBX(t.Context(), telephony.CallRef{AccountID: w.account, ConnectionID: w.connection.ID, PBXCallID: "c1"})
		require.Equal(t, core.KindNotFound, core.KindOf(err))
		w.send(events[:2]...)
		w.foldAt(clock.Now())
		require.Equal(t, telephony.StateRinging, w.call("c1").State)
		other := answered("c2", clock.Now(), did, caller)
		w.send(other[2:4]...)
		w.foldAt(clock.Now().Add(11 * time.Second))
		require.True(t, w.call("c2").IsIncomplete)
		w.folder.Settle()
	})
}

func TestCA3_twoReplicasFoldTheSameCallsToTheSame(t *testing.T) {
	t.Parallel()
	storetest.Each(t, nil, func(t *testing.T, db *store.DB) {
		w := newCallWorld(t, db)
		folders := []*telephony.Folder{w.folder, w.newFolder(db)}
		if db.Engine == store.Postgres { // a server of its own
			other := storetest.OpenDSN(t, db.DSN(), nil)
			folders[1] = w.newFolder(other)
		}
		versions := w.watch()
		const calls = 30
		at := db.Clock.Now().Add(-time.Hour)
		r := rand.New(rand.NewPCG(7, 7))
		var all []telephony.Event
		want := map[string]telephony.Folded{}
		for n := range calls {
			id := fmt.Sprintf("c%d", n)
			events := answered(id, at.Add(time.Duration(n)*time.Second), did, fmt.Sprintf("+7916000%04d", n%7))
			if n%3 == 0 {
				events = unanswered(id, at.Add(time.Duration(n)*time.Second), did, fmt.Sprintf("+7916000%04d", n%7))
			}
			want[id] = telephony.Fold(events)
			all = append(all, events...)
			all = append(all, events[r.IntN(len(events))], events[r.IntN(len(events))])
		}
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		ctx, stop := context.WithCancel(t.Context())
		var work sync.WaitGroup
		for _, f := range folders {
			work.Go(func() { f.Run(ctx) })
		}
		var senders sync.WaitGroup
		for part := range 6 {
			senders.Go(func() {
				for n := part; n < len(all); n += 6 {
					_, err := folders[n%2].AddEvents(ctx, w.connection, db.Clock.Now(), []telephony.Event{all[n]})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		senders.Wait()
		testkit.Eventually(t, 30*time.Second, func() bool { return w.marks() == 0 }, "all calls are folded")
		stop()
		work.Wait()
		first := map[core.Phone]int{}
		for id, f := range want {
			c := w.call(id)
			require.Equal(t, f.State, c.State, id)
			require.Equal(t, f.IsLost, c.IsLost, id)
			require.Equal(t, f.Talked, c.Talk, id)
			require.Equal(t, f.Wait, c.Wait, id)
			require.Len(t, c.Legs, len(f.Legs), id)
			require.Equal(t, f.Talks, c.Talks, id)
			require.Zero(t, c.MissingSeqs, id)
			require.Equal(t, !f.IsLost, c.EmployeeID == 1, id)
			if c.IsFirst {
				first[c.ContactPhone]++
			}
		}
		require.Len(t, first, 7)
		for phone, n := range first {
			require.Equal(t, 1, n, "%s is first once", phone)
		}
		var communications int64
		require.NoError(t, db.Gorm().Raw(`SELECT COUNT(*) FROM communications WHERE kind = 'call'`).Scan(&communications).Error)
		require.EqualValues(t, calls, communications)
		versions.requireGrowth(t)
	})
}

func TestCA3_aCallThatCannotBeFoldedKeepsNobodyWaitingAndIsNotLost(t *testing.T) {
	t.Parallel()
	clock := testkit.NewClock(time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC))
	storetest.Each(t, clock, func(t *testing.T, db *store.DB) {
		w := newCallWorld(t, db)
		w.send(answered("bad", clock.Now(), did, caller)...)
		w.send(answered("good", clock.Now(), did, caller)...)
		require.NoError(t, db.Gorm().Exec(`UPDATE call_events SET body = 'broken' WHERE call_id = 'bad' AND seq = 1`).Error)
		_, err := w.folder.FoldBatch(t.Context())
		require.ErrorContains(t, err, "bad")
		require.Equal(t, telephony.StateFinished, w.call("good").State)
		require.EqualValues(t, 1, w.marks(), "it is tried again later")
		n, err := w.folder.FoldBatch(t.Context())
		require.NoError(t, err)
		require.Zero(t, n)
	})
}

func TestCA3_eventsOfManyAtOnceAreAllKept(t *testing.T) {
	t.Parallel()
	storetest.Each(t, nil, func(t *testing.T, db *store.DB) {
		w := newCallWorld(t, db)
		var all sync.WaitGroup
		var mu sync.Mutex
		var sum telephony.Received
		for n := range 40 {
			all.Go(func() {
				got, err := w.calls.AddEvents(t.Context(), w.connection, db.Clock.Now(), answered(fmt.Sprintf("c%d", n%20), db.Clock.Now(), did, caller))
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				sum.Accepted, sum.Duplicate = sum.Accepted+got.Accepted, sum.Duplicate+got.Duplicate
			})
		}
		all.Wait()
		require.Equal(t, telephony.Received{Accepted: 200, Duplicate: 200}, sum)
		require.EqualValues(t, 20, w.marks())
		stranger := w.connection
		stranger.ID, stranger.AccountID = 77, 78 // deleted meanwhile
		line := telephony.Event{ID: "l", Type: telephony.LineStateChanged, OccurredAt: db.Clock.Now(), Data: telephony.Data{Line: "101", State: "free"}}
		_, err := w.calls.AddEvents(t.Context(), stranger, db.Clock.Now(), []telephony.Event{line})
		require.Error(t, err)
	})
}
