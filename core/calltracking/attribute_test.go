package calltracking_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/calltracking"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func at(seconds int) time.Time { return noon.Add(time.Duration(seconds) * time.Second) }

func ptr[T any](v T) *T { return &v }

// lease runs from one second to another, counted from the call, and was last heard of a hold before its end.
func lease(id, from, to int, change ...func(*calltracking.LeaseFacts)) calltracking.LeaseFacts {
	l := calltracking.LeaseFacts{CampaignID: core.CampaignID(id * 10), Lease: calltracking.Lease{
		ID: core.LeaseID(id), VisitorID: core.VisitorID(id), SessionID: core.SessionID(id), StartedAt: at(from), LastSeenAt: at(max(from, to-180)), HoldUntil: at(to), ShownAt: ptr(at(from)),
	}}
	for _, f := range change {
		f(&l)
	}
	return l
}

func seen(second int) func(*calltracking.LeaseFacts) {
	return func(l *calltracking.LeaseFacts) { l.LastSeenAt = at(second) }
}

func clicked(second int) func(*calltracking.LeaseFacts) {
	return func(l *calltracking.LeaseFacts) { l.TelClickAt = ptr(at(second)) }
}

func known(l *calltracking.LeaseFacts)    { l.KnowsCaller = true }
func unshown(l *calltracking.LeaseFacts)  { l.ShownAt = nil }
func released(l *calltracking.LeaseFacts) { l.ReleasedAt = ptr(l.HoldUntil) }

func TestRC16_Attribute_theRules(t *testing.T) {
	t.Parallel()
	type leases = []calltracking.LeaseFacts
	earlier := func(visitor, daysAgo int) *calltracking.EarlierCall {
		return &calltracking.EarlierCall{CallID: 1, At: noon.AddDate(0, 0, -daysAgo), VisitorID: core.VisitorID(visitor), SessionID: 77, CampaignID: 770}
	}
	for _, tc := range []struct {
		rule        string
		usage       calltracking.Usage
		leases      leases
		earlier     *calltracking.EarlierCall
		method      calltracking.Method
		probability float64
		visitor     core.VisitorID
		campaign    core.CampaignID
	}{
		{"a static number is its campaign's", calltracking.UsageStatic, nil, nil, calltracking.MethodStatic, 1, 0, 5},
		{"nobody ever had it", calltracking.UsagePool, nil, nil, calltracking.MethodUnknown, 0, 0, 0},
		{"one visit has it", calltracking.UsagePool, leases{lease(1, -60, 120)}, nil, calltracking.MethodExclusive, 1, 1, 10},
		{"one visit has it and did not see it", calltracking.UsagePool, leases{lease(1, -60, 120, unshown)}, nil, calltracking.MethodExclusive, 0.99, 1, 10},
		{"who came after the call does not count", calltracking.UsagePool, leases{lease(1, 1, 120)}, nil, calltracking.MethodUnknown, 0, 0, 0},
		{"one of several clicked the number", calltracking.UsagePool, leases{lease(1, -60, 120), lease(2, -60, 120, clicked(-119))}, nil, calltracking.MethodTelClick, 0.98, 2, 20},
		{"a click of long ago says nothing", calltracking.UsagePool, leases{lease(1, -300, 120), lease(2, -300, 120, clicked(-121))}, nil, calltracking.MethodAmbiguous, 0.5, 0, 0},
		{"two clicks say nothing", calltracking.UsagePool, leases{lease(1, -60, 120, clicked(-5)), lease(2, -60, 120, clicked(-5))}, nil, calltracking.MethodAmbiguous, 0.5, 0, 0},
		{"one of several is known by this phone", calltracking.UsagePool, leases{lease(1, -60, 120, known), lease(2, -60, 120)}, nil, calltracking.MethodKnownPhone, 0.98, 1, 10},
		{"a click is more than a phone", calltracking.UsagePool, leases{lease(1, -60, 120, known), lease(2, -60, 120, clicked(-5))}, nil, calltracking.MethodTelClick, 0.98, 2, 20},
		{"one is far more probable", calltracking.UsagePool, leases{lease(1, -170, 120, seen(-1)), lease(2, -170, 120, seen(-150))}, nil, calltracking.MethodWeighted, 0.9229, 1, 10},
		{"none is probable enough", calltracking.UsagePool, leases{lease(1, -60, 120, seen(-1)), lease(2, -60, 120, seen(-31))}, nil, calltracking.MethodAmbiguous, 0.6225, 0, 0},
		{"who saw the number weighs three times as much", calltracking.UsagePool, leases{lease(1, -60, 120, seen(-1)), lease(2, -60, 120, seen(-1), unshown)}, nil, calltracking.MethodAmbiguous, 0.75, 0, 0},
		{"the visit just ended", calltracking.UsagePool, leases{lease(1, -400, -1, released)}, nil, calltracking.MethodLate, 0.95, 1, 10},
		{"it ended half a day ago", calltracking.UsagePool, leases{lease(1, -50000, -43200, released)}, nil, calltracking.MethodLate, 0.725, 1, 10},
		{"it ended a day ago", calltracking.UsagePool, leases{lease(1, -90000, -86400, released)}, nil, calltracking.MethodLate, 0.5, 1, 10},
		{"it ended longer ago", calltracking.UsagePool, leases{lease(1, -90000, -86401, released)}, nil, calltracking.MethodUnknown, 0, 0, 0},
		{"the last of several", calltracking.UsagePool, leases{lease(1, -4000, -3000, released), lease(2, -2000, -1, released)}, nil, calltracking.MethodLate, 0.95, 2, 20},
		{"the last ones had it together", calltracking.UsagePool, leases{lease(1, -4000, -300, released), lease(2, -2000, -200, released)}, nil, calltracking.MethodAmbiguous, 0.7979, 0, 0},
		{"of those one is known by this phone", calltracking.UsagePool, leases{lease(1, -4000, -300, released, known), lease(2, -2000, -200, released)}, nil, calltracking.MethodLate, 0.949, 1, 10},
		{"who called before calls again", calltracking.UsagePool, nil, earlier(7, 29), calltracking.MethodRepeat, 0.95, 7, 770},
		{"a month is too long ago", calltracking.UsagePool, nil, earlier(7, 31), calltracking.MethodUnknown, 0, 0, 0},
		{"who called before has the number with others", calltracking.UsagePool, leases{lease(7, -60, 120), lease(2, -60, 120)}, earlier(7, 1), calltracking.MethodRepeat, 0.95, 7, 70},
		{"who called before has it alone", calltracking.UsagePool, leases{lease(7, -60, 120)}, earlier(7, 1), calltracking.MethodExclusive, 1, 7, 70},
		{"another one clicked just now", calltracking.UsagePool, leases{lease(2, -60, 120, clicked(-3))}, earlier(7, 1), calltracking.MethodExclusive, 1, 2, 20},
		{"another one is known by this phone", calltracking.UsagePool, leases{lease(2, -60, 120, known), lease(3, -60, 120)}, earlier(7, 1), calltracking.MethodKnownPhone, 0.98, 2, 20},
	} {
		t.Run(tc.rule, func(t *testing.T) {
			t.Parallel()
			a := calltracking.Attribute(calltracking.Facts{
				At: noon, Number: calltracking.VirtualNumber{Usage: tc.usage, CampaignID: 5}, Late: 24 * time.Hour, Leases: tc.leases, Earlier: tc.earlier,
			}, calltracking.DefaultSettings())
			require.Equal(t, tc.method, a.Method)
			require.InDelta(t, tc.probability, a.Probability, 0.0005)
			require.Equal(t, tc.visitor, a.VisitorID)
			require.Equal(t, tc.campaign, a.CampaignID)
		})
	}
}

func TestRC16_Attribute_anAmbiguousCallKnowsACampaignThatIsEverybodys(t *testing.T) {
	t.Parallel()
	same := func(l *calltracking.LeaseFacts) { l.CampaignID = 9 }
	a := calltracking.Attribute(calltracking.Facts{At: noon, Number: calltracking.VirtualNumber{Usage: calltracking.UsagePool}, Leases: []calltracking.LeaseFacts{
		lease(1, -60, 120, same), lease(2, -60, 120, same),
	}}, calltracking.DefaultSettings())
	require.Equal(t, calltracking.MethodAmbiguous, a.Method)
	require.EqualValues(t, 9, a.CampaignID)
	require.Zero(t, a.VisitorID)
	require.Len(t, a.Candidates, 2)
}

// anyFacts makes facts as they may come.
func anyFacts(r *rand.Rand) calltracking.Facts {
	f := calltracking.Facts{At: noon, Number: calltracking.VirtualNumber{Usage: calltracking.UsagePool}, Late: time.Duration(r.IntN(48)) * time.Hour}
	if r.IntN(8) == 0 {
		f.Number = calltracking.VirtualNumber{Usage: calltracking.UsageStatic, CampaignID: core.CampaignID(r.IntN(3))}
	}
	for i := range r.IntN(6) {
		from := r.IntN(1000) - 900
		l := lease(i+1, from, from+r.IntN(900))
		l.LastSeenAt = at(from + r.IntN(300))
		l.KnowsCaller = r.IntN(6) == 0
		l.CampaignID = core.CampaignID(r.IntN(3))
		l.VisitorID = core.VisitorID(r.IntN(4) + 1)
		if r.IntN(4) == 0 {
			l.ShownAt = nil
		}
		if r.IntN(5) == 0 {
			l.TelClickAt = ptr(at(-r.IntN(200)))
		}
		if r.IntN(3) == 0 {
			l.ReleasedAt = ptr(l.HoldUntil)
		}
		f.Leases = append(f.Leases, l)
	}
	if r.IntN(4) == 0 {
		f.Earlier = &calltracking.EarlierCall{At: noon.AddDate(0, 0, -r.IntN(40)), VisitorID: core.VisitorID(r.IntN(5))}
	}
	return f
}

func TestRC16_Attribute_whatHoldsForAllFacts(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	methods := map[calltracking.Method]int{}
	for range 20_000 {
		f, s := anyFacts(r), calltracking.DefaultSettings()
		s.Threshold = 0.5 + r.Float64()/2
		a := calltracking.Attribute(f, s)
		methods[a.Method]++

		sum := 0.0
		for i, c := range a.Candidates {
			require.True(t, c.Probability >= 0 && c.Probability <= 1, "%+v", c)
			require.True(t, i == 0 || c.Probability <= a.Candidates[i-1].Probability, "most probable first")
			sum += c.Probability
		}
		require.LessOrEqual(t, sum, 1+1e-9)
		require.True(t, a.Probability >= 0 && a.Probability <= 1)
		isTaken := a.VisitorID != 0
		switch a.Method {
		case calltracking.MethodStatic, calltracking.MethodAmbiguous, calltracking.MethodUnknown:
			require.False(t, isTaken)
		case calltracking.MethodWeighted:
			require.GreaterOrEqual(t, a.Probability, s.Threshold, "never silently below the threshold")
		default:
			require.True(t, isTaken)
		}
		if a.Method == calltracking.MethodAmbiguous {
			require.GreaterOrEqual(t, len(a.Candidates), 2)
		}

		r.Shuffle(len(f.Leases), func(i, j int) { f.Leases[i], f.Leases[j] = f.Leases[j], f.Leases[i] })
		require.Equal(t, a, calltracking.Attribute(f, s), "the order of loans does not matter")
	}
	for _, m := range []calltracking.Method{
		calltracking.MethodStatic, calltracking.MethodExclusive, calltracking.MethodTelClick, calltracking.MethodKnownPhone, calltracking.MethodWeighted,
		calltracking.MethodAmbiguous, calltracking.MethodRepeat, calltracking.MethodLate, calltracking.MethodUnknown,
	} {
		require.Positive(t, methods[m], m)
	}
}

func TestRC16_Size_theTable(t *testing.T) {
	t.Parallel()
	for load, want := range map[float64][3]int{
		1: {4, 5, 6}, 5: {9, 11, 14}, 10: {15, 18, 21}, 20: {26, 30, 35}, 50: {56, 64, 71}, 100: {105, 117, 128}, 200: {202, 221, 238}, 500: {489, 527, 555},
	} {
		for i, target := range []float64{0.05, 0.01, 0.001} {
			s := calltracking.Size(load*60, 0.4, 0.6, target)
			require.InDelta(t, load, s.Load, 1e-9)
			require.Equal(t, want[i], s.Numbers, "load %v, target %v", load, target)
			require.LessOrEqual(t, s.Blocking, target)
			require.Greater(t, calltracking.Blocking(s.Numbers-1, load), target)
		}
	}
	require.Equal(t, 28, calltracking.Size(200, 3, 2.5, 0.01).Numbers)
	require.Equal(t, 93, calltracking.Size(200, 3, 20, 0.01).Numbers)
	require.Equal(t, 1, calltracking.Size(0, 3, 2, 0.01).Numbers)
	require.Equal(t, 1, calltracking.Size(-5, 3, 2, 0.01).Numbers)
	require.Equal(t, calltracking.MaxSize, calltracking.Size(1e9, 60, 60, 0).Numbers)
}

func TestBusyHolders_isWhatWasNotExceeded(t *testing.T) {
	t.Parallel()
	spans := []calltracking.Span{{From: at(0), To: at(100)}, {From: at(10), To: at(20)}, {From: at(10), To: at(12)}, {From: at(500), To: at(500)}}
	require.Equal(t, 3, calltracking.BusyHolders(spans, 0.99))
	require.Equal(t, 2, calltracking.BusyHolders(spans, 0.98))
	require.Equal(t, 1, calltracking.BusyHolders(spans, 0.9))
	require.Zero(t, calltracking.BusyHolders(nil, 0.99))
	slices.Reverse(spans)
	require.Equal(t, 2, calltracking.BusyHolders(spans, 0.98))
}
