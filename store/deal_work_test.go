package store_test

import (
	"sync"
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

// version is how often a day of a kind of fact was raised.
func (l *linking) version(fact reports.Fact, hours float64) int {
	l.t.Helper()
	var n int
	day := l.ago(hours).UnixMilli() / reports.DayMS
	require.NoError(l.t, l.DB.Gorm().Raw("SELECT COALESCE(MAX(version), 0) FROM report_days WHERE account_id = ? AND kind = ? AND day = ?", l.account, fact, day).Scan(&n).Error)
	return n
}

func (l *linking) waiting() int {
	l.t.Helper()
	var n int
	require.NoError(l.t, l.DB.Gorm().Raw("SELECT COUNT(*) FROM deal_work WHERE account_id = ?", l.account).Scan(&n).Error)
	return n
}

func TestAN_7_DaysOfReportsAreRaisedWhereFactsShow(t *testing.T) {
	inWorlds(t, func(t *testing.T, w *storetest.World, clock *testkit.Clock) {
		l := newLinking(t, w, clock)
		l.see("a", 200)
		l.see("b", 150)
		l.contact("c", 100, []string{string(phoneA)}, nil)
		l.upload(l.record("d", 72, "c"))
		l.linkAll()
		deal := func() int { return l.version(reports.FactDeals, 72) }
		before := deal()

		l.talk("call", comms.KindCall, "", 96, phoneB, "")
		require.Equal(t, 1, l.version(reports.FactCommunications, 96), "a communication counts on its day")
		require.Zero(t, l.waiting(), "a stranger's call concerns no deal")

		l.talk("chat", comms.KindChat, "a", 120, phoneA, "")
		require.Equal(t, 1, l.waiting())
		l.linkAll()
		require.Greater(t, deal(), before, "a deal linked otherwise counts anew")
		before = deal()
		require.NoError(t, l.linker.Rebuild(t.Context(), l.account))
		require.Equal(t, before, deal(), "one that stays as it is does not")

		chat := l.version(reports.FactCommunications, 120)
		l.leave("a", phoneA, "")
		require.Greater(t, l.version(reports.FactCommunications, 120), chat, "who wrote is known now")
		chat = l.version(reports.FactCommunications, 120)
		l.leave("b", phoneA, "")
		require.Greater(t, l.version(reports.FactCommunications, 120), chat, "the other's visits came before it")
		l.linkAll()
		chat, before = l.version(reports.FactCommunications, 120), deal()
		l.leave("b", phoneA, "")
		require.Equal(t, []int{chat, before, 0}, []int{l.version(reports.FactCommunications, 120), deal(), l.waiting()}, "nothing new was left")
		l.leave("b", "", mailA)
		require.Equal(t, chat, l.version(reports.FactCommunications, 120), "an e-mail more changes no person")
		require.Equal(t, 1, l.waiting())
	})
}

func TestAN_7_AMarkMadeMeanwhileIsNotLost(t *testing.T) {
	inWorlds(t, func(t *testing.T, w *storetest.World, clock *testkit.Clock) {
		l := newLinking(t, w, clock)
		l.contact("c", 100, []string{string(phoneA)}, nil)
		l.upload(l.record("d", 72, "c"))
		marks, err := w.DB.ClaimMarks(t.Context(), clock.Now(), time.Minute, 10)
		require.NoError(t, err)
		require.Len(t, marks, 1)
		again, err := w.DB.ClaimMarks(t.Context(), clock.Now(), time.Minute, 10)
		require.NoError(t, err)
		require.Empty(t, again, "it is taken")

		l.talk("call", comms.KindCall, "", 80, phoneA, "")
		left, err := w.DB.SaveLinked(t.Context(), l.account, clock.Now(), []deals.LinkedDeal{{LinkMark: marks[0], CreatedAt: l.ago(72)}})
		require.NoError(t, err)
		require.Equal(t, []core.DealID{marks[0].DealID}, left)
		again, err = w.DB.ClaimMarks(t.Context(), clock.Now(), time.Minute, 10)
		require.NoError(t, err)
		require.Len(t, again, 1)
		require.NotEqual(t, marks[0].Version, again[0].Version)

		clock.Advance(2 * time.Minute)
		again, err = w.DB.ClaimMarks(t.Context(), clock.Now(), time.Minute, 10)
		require.NoError(t, err)
		require.Len(t, again, 1, "whoever took it has died")
		l.linkAll()
		links, _ := l.of("d")
		require.Equal(t, []string{"call call phone " + string(phoneA)}, links)
	})
}

func TestAN_7_ReplicasAndWritersAtOnceLoseNothing(t *testing.T) {
	inWorlds(t, func(t *testing.T, w *storetest.World, clock *testkit.Clock) {
		l := newLinking(t, w, clock)
		other := deals.NewLinker(deals.LinkerConfig{Store: w.DB, Clock: clock})
		tick := make(chan time.Time)
		running := deals.NewLinker(deals.LinkerConfig{Store: w.DB, Clock: clock, Tick: tick})
		stop := make(chan struct{})
		var workers sync.WaitGroup
		for _, work := range []func() error{
			func() error { return l.linker.LinkAll(t.Context(), l.account) },
			func() error { return other.Rebuild(t.Context(), l.account) },
		} {
			workers.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
						if err := work(); err != nil {
							t.Error(err)
							return
						}
					}
				}
			})
		}
		var background sync.WaitGroup
		background.Go(func() { running.Run(t.Context()) })
		t.Cleanup(background.Wait)
		for i := range 12 {
			name := string(rune('a' + i))
			phone := core.Phone("7926000000" + string(rune('0'+i%10)))
			l.see(name, float64(200+i))
			l.contact(name, 100, nil, nil)
			l.upload(l.record(name, float64(72+i), name))
			l.talk("call "+name, comms.KindCall, "", float64(90+i), phone, "")
			l.leave(name, phone, "")
			running.Wake()
			l.check(l.deals.UpdateContact(t.Context(), l.account, l.crm, name, deals.ContactPatch{Phones: core.Some([]string{string(phone)})}))
		}
		close(stop)
		workers.Wait() // what they began must end before the test does: its context ends with it
		l.linkAll()
		got := map[string][2][]string{}
		for i := range 12 {
			name := string(rune('a' + i))
			links, steps := l.of(name)
			got[name] = [2][]string{links, steps}
			require.NotEmpty(t, links, name)
		}
		require.NoError(t, other.Rebuild(t.Context(), l.account))
		for name, want := range got {
			links, steps := l.of(name)
			require.Equal(t, want, [2][]string{links, steps}, name)
		}
	})
}

func TestLinking_ReadsWithAConstantNumberOfStatements(t *testing.T) {
	inWorlds(t, func(t *testing.T, w *storetest.World, clock *testkit.Clock) {
		l := newLinking(t, w, clock)
		var ids []core.DealID
		counts := map[int]int{}
		for _, size := range []int{1, 5} {
			for i := range size {
				name := string(rune('a'+size)) + string(rune('a'+i))
				l.see(name, float64(200+i))
				l.leave(name, phoneA, "")
				l.contact(name, 100, []string{string(phoneA)}, nil)
				l.upload(l.record(name, float64(72+i), name))
				d, err := l.deals.DealByExternalID(t.Context(), l.account, l.crm, name)
				require.NoError(t, err)
				ids = append(ids, d.ID)
			}
			ctx, n := store.CountStatements(t.Context())
			in, err := w.DB.LinkInputs(ctx, l.account, ids)
			require.NoError(t, err)
			require.Len(t, in, len(ids))
			counts[size] = int(n.Load())
		}
		require.Equal(t, counts[1], counts[5])
	})
}

func TestHits_CostNothingForDealsThatDoNotComeOfThem(t *testing.T) {
	inWorlds(t, func(t *testing.T, w *storetest.World, clock *testkit.Clock) {
		l := newLinking(t, w, clock)
		l.contact("c", 100, []string{string(phoneA)}, nil)
		l.upload(l.record("d", 72, "c"))
		l.linkAll()
		l.see("a", 0)
		l.leave("a", phoneA, "")
		l.linkAll()
		clock.Advance(time.Hour)
		l.see("a", 0)
		require.Zero(t, l.waiting(), "a new session of a known visitor comes after the deal")
		require.Equal(t, visits.ChannelEmail, l.Card(l.last["a"]).LastSource.Channel)
	})
}
