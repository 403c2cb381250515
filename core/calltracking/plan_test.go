package calltracking_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/calltracking"
	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/core/visits"
	"github.com/skvoz/skvoz/internal/testkit"
)

func TestRC16_Segment_everyListMustFit(t *testing.T) {
	t.Parallel()
	v := calltracking.Visit{CampaignID: 3, Channel: visits.ChannelPaid, Source: "yandex", Medium: "cpc", Country: "RU", City: "Москва", PageURL: "https://shop.example/price?a=1"}
	type s = calltracking.Segment
	for _, tc := range []struct {
		rule    string
		segment s
		want    bool
	}{
		{"the empty one is all visits", s{}, true},
		{"a campaign", s{Campaigns: []core.CampaignID{1, 3}}, true},
		{"another campaign", s{Campaigns: []core.CampaignID{1}}, false},
		{"channel and source", s{Channels: []visits.Channel{visits.ChannelPaid}, Sources: []string{"YANDEX"}}, true},
		{"channel but not source", s{Channels: []visits.Channel{visits.ChannelPaid}, Sources: []string{"google"}}, false},
		{"a tag", s{UTM: []calltracking.UTMCondition{{Tag: calltracking.UTMMedium, Values: []string{"CPC", "cpm"}}}}, true},
		{"a tag that is not there", s{UTM: []calltracking.UTMCondition{{Tag: calltracking.UTMTerm, Values: []string{""}}}}, false},
		{"a place, in any case of letters", s{Countries: []string{"ru"}, Cities: []string{"москва"}}, true},
		{"an unknown place", s{Regions: []string{"Тверская область"}}, false},
		{"a page", s{URL: "/price", Match: goals.URLStarts}, true},
		{"another page", s{URL: "/contacts"}, false},
	} {
		t.Run(tc.rule, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tc.want, tc.segment.Matches(v))
		})
	}
}

func TestRC16_Plan_thePoolByOrderAndTheStaticNumberByRank(t *testing.T) {
	t.Parallel()
	plan := calltracking.Plan{
		Blocks: []calltracking.Block{{ID: 1}, {ID: 2}},
		Pools: []calltracking.Pool{
			{ID: 11, BlockID: 2, Segment: calltracking.Segment{Campaigns: []core.CampaignID{5}}}, {ID: 12, Segment: calltracking.Segment{Campaigns: []core.CampaignID{5}}}, {ID: 13, BlockID: 1},
		},
		Statics: []calltracking.VirtualNumber{{ID: 21}, {ID: 22, IsDefault: true}, {ID: 23, CampaignID: 5}, {ID: 24, BlockID: 2}},
	}
	require.True(t, plan.NeedsVisit())
	chosen := func(v calltracking.Visit) (out [][2]int64) {
		for _, c := range plan.Choose(v) {
			var pair [2]int64
			if c.Pool != nil {
				pair[0] = int64(c.Pool.ID)
			}
			if c.Static != nil {
				pair[1] = int64(c.Static.ID)
			}
			out = append(out, pair)
		}
		return out
	}
	require.Equal(t, [][2]int64{{12, 23}, {11, 23}}, chosen(calltracking.Visit{CampaignID: 5}))
	require.Equal(t, [][2]int64{{13, 22}, {0, 24}}, chosen(calltracking.Visit{CampaignID: 6}))
}

// assigned is a store in memory that counts.
type assigned struct {
	plan         calltracking.Plan
	held         map[core.PoolID]calltracking.Held
	empty        bool
	plans, facts int
	kept         []calltracking.Keep
	taken        []calltracking.LeaseRequest
	version      int64
}

func (s *assigned) Version() int64 { return s.version }

func (s *assigned) NumberPlan(context.Context, core.AccountID, core.SiteID) (*calltracking.Plan, error) {
	s.plans++
	plan := s.plan
	return &plan, nil
}

func (s *assigned) VisitFacts(_ context.Context, who visits.Triple) (calltracking.Visit, error) {
	s.facts++
	if who.VisitorID != 7 {
		return calltracking.Visit{}, core.NotFound("visit")
	}
	return calltracking.Visit{SiteID: who.SiteID, VisitorID: 7, SessionID: who.SessionID, CampaignID: 5}, nil
}

func (s *assigned) KeepLeases(_ context.Context, k calltracking.Keep) (out []calltracking.Held, _ error) {
	s.kept = append(s.kept, k)
	for _, pool := range k.Pools {
		if h, ok := s.held[pool]; ok {
			out = append(out, h)
		}
	}
	return out, nil
}

func (s *assigned) TakeLease(_ context.Context, r calltracking.LeaseRequest) (*calltracking.Held, error) {
	s.taken = append(s.taken, r)
	if s.empty {
		return nil, nil //nolint:nilnil // no number to give
	}
	h := calltracking.Held{PoolID: r.PoolID, Number: "74951112233", Hold: 180 * time.Second}
	s.held[r.PoolID] = h
	return &h, nil
}

func TestRC16_Assigner_oneLoanServesAllBlocksOfThePool(t *testing.T) {
	t.Parallel()
	s := &assigned{held: map[core.PoolID]calltracking.Held{}, plan: calltracking.Plan{
		Blocks:  []calltracking.Block{{ID: 1, Mask: "8 (###) ###-##-##"}, {ID: 2}},
		Pools:   []calltracking.Pool{{ID: 11}},
		Statics: []calltracking.VirtualNumber{{ID: 21, Number: "74950000001"}},
	}}
	clock := testkit.NewClock(noon)
	a := calltracking.NewAssigner(calltracking.AssignerConfig{Store: s, Versions: s, Clock: clock})
	in := calltracking.ShowInput{Who: visits.Triple{AccountID: 1, SiteID: 2, VisitorID: 7, SessionID: 9}, PageURL: "https://shop.example/"}
	ctx := t.Context()

	shown, err := a.Show(ctx, in)
	require.NoError(t, err)
	require.Equal(t, calltracking.Shown{Expires: 180 * time.Second, Again: 30 * time.Second, Numbers: []calltracking.ShownNumber{
		{BlockID: 1, Number: "74951112233", Text: "8 (495) 111-22-33", IsDynamic: true}, {BlockID: 2, Number: "74951112233", Text: "+74951112233", IsDynamic: true},
	}}, shown)
	require.Len(t, s.taken, 1)

	in.Shown, in.Clicked = true, "74951112233"
	_, err = a.Show(ctx, in)
	require.NoError(t, err)
	require.Len(t, s.taken, 1, "it goes on")
	require.Equal(t, core.Phone("74951112233"), s.kept[1].Clicked)
	require.True(t, s.kept[1].Shown)
	require.Equal(t, 1, s.facts, "a visit is looked up once")
	require.Equal(t, 1, s.plans, "a plan too")

	s.held, s.version = map[core.PoolID]calltracking.Held{}, 1
	in.Leaving = true
	shown, err = a.Show(ctx, in)
	require.NoError(t, err)
	require.Empty(t, shown.Numbers)
	require.Len(t, s.taken, 1, "who leaves gets nothing new")
	require.Equal(t, 2, s.plans, "something changed")

	in.Leaving, s.empty = false, true
	shown, err = a.Show(ctx, in)
	require.NoError(t, err)
	require.Zero(t, shown.Expires)
	require.Equal(t, core.Phone("74950000001"), shown.Numbers[0].Number, "the static number instead")
	require.False(t, shown.Numbers[0].IsDynamic)

	in.Who.VisitorID = 8
	_, err = a.Show(ctx, in)
	require.Equal(t, core.KindNotFound, core.KindOf(err), "a stranger with a known session")
}

func TestRC16_Interval_leavesRoomForALostAnswer(t *testing.T) {
	t.Parallel()
	for _, hold := range []time.Duration{calltracking.MinHoldSeconds * time.Second, 180 * time.Second, time.Hour} {
		require.GreaterOrEqual(t, hold, calltracking.Interval(hold)*5/2)
	}
}

func TestRC16_Check_findsWhatIsBroken(t *testing.T) {
	t.Parallel()
	type change = func(*calltracking.Lease)
	loan := func(id, from, to int, changes ...change) calltracking.Lease {
		l := calltracking.Lease{ID: core.LeaseID(id), PoolID: 1, NumberID: 1, SessionID: core.SessionID(id), StartedAt: at(from), LastSeenAt: at(from), HoldUntil: at(to)}
		for _, f := range changes {
			f(&l)
		}
		return l
	}
	shared := func(l *calltracking.Lease) { l.IsShared = true }
	marked := func(l *calltracking.Lease) { l.AmbiguousFrom = ptr(l.StartedAt) }
	over := func(l *calltracking.Lease) { l.ReleasedAt = ptr(l.HoldUntil) }
	pool := calltracking.CheckedNumber{Usage: calltracking.UsagePool, PoolID: 1, Overflow: calltracking.OverflowShare}
	dedicated := pool
	dedicated.Overflow = calltracking.OverflowDedicated
	for _, tc := range []struct {
		rule   string
		number calltracking.CheckedNumber
		leases []calltracking.Lease
		want   string
	}{
		{"one after the other is well", pool, []calltracking.Lease{loan(1, 0, 10, over), loan(2, 10, 20)}, ""},
		{"two alone at once", pool, []calltracking.Lease{loan(1, 0, 10, over, marked), loan(2, 9, 20, marked)}, "I1"},
		{"alone while somebody has it", pool, []calltracking.Lease{loan(1, 0, 10, shared, over), loan(2, 9, 20)}, "I2 I3 I3"},
		{"shared without a mark", pool, []calltracking.Lease{loan(1, 0, 10, shared, over), loan(2, 9, 20, shared, marked)}, "I3"},
		{"shared and marked", pool, []calltracking.Lease{loan(1, 0, 10, shared, marked, over), loan(2, 9, 20, shared, marked)}, ""},
		{"a number shared that is not for it", dedicated, []calltracking.Lease{loan(1, 0, 10, shared)}, "I4"},
		{"two for one session", pool, []calltracking.Lease{loan(1, 0, 10), loan(2, 10, 20, func(l *calltracking.Lease) { l.SessionID = 1 })}, "I5"},
		{"prolonged when it was over", pool, []calltracking.Lease{loan(1, 0, 10, over, func(l *calltracking.Lease) { l.LastSeenAt = at(11) })}, "I6"},
		{"a static number is lent", calltracking.CheckedNumber{Usage: calltracking.UsageStatic}, []calltracking.Lease{loan(1, 0, 10)}, "I7"},
		{"a static number is in a pool", calltracking.CheckedNumber{Usage: calltracking.UsageStatic, PoolID: 1}, nil, "I7"},
	} {
		t.Run(tc.rule, func(t *testing.T) {
			t.Parallel()
			var found []string
			for _, v := range calltracking.Check(tc.leases, map[core.VirtualNumberID]calltracking.CheckedNumber{1: tc.number}) {
				found = append(found, string(v.Invariant))
			}
			require.Equal(t, tc.want, strings.Join(found, " "))
		})
	}
}
