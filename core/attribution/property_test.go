package attribution_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core/attribution"
)

// requireConserves checks what every model owes to every path.
func requireConserves(t *testing.T, m attribution.Weigher, p attribution.Path) {
	t.Helper()
	w := m.Weights(nil, p)
	require.Len(t, w, len(p.Touches))
	sum := 0.0
	for _, x := range w {
		require.GreaterOrEqual(t, x, 0.0)
		require.LessOrEqual(t, x, 1+1e-9)
		sum += x
	}
	if len(w) > 0 {
		require.InDelta(t, 1, sum, 1e-9)
	}
}

func randomPath(r *rand.Rand, channels int) attribution.Path {
	p := attribution.Path{Moment: moment}
	n := r.IntN(8)
	if r.IntN(20) == 0 {
		n = r.IntN(300)
	}
	at := moment - int64(n)*40*day
	for range n {
		at += r.Int64N(40 * day)
		p.Touches = append(p.Touches, attribution.Touch{At: at, Channel: int32(r.IntN(channels)), Flags: attribution.Flag(r.IntN(16))})
	}
	return p
}

// allModels returns every model there is, data-driven ones made of random paths, and some of an account's own.
func allModels(t *testing.T, r *rand.Rand, channels int) map[string]attribution.Weigher {
	t.Helper()
	all := map[string]attribution.Weigher{}
	for _, info := range attribution.Catalogue() {
		if m, ok := attribution.Model(info.ID); ok {
			all[string(info.ID)] = m
		}
	}
	paths := randomChannelPaths(r, 60, channels)
	for order := 1; order <= 3; order++ {
		m, err := attribution.NewMarkov(paths, order)
		require.NoError(t, err)
		all[fmt.Sprint("markov of order ", order)] = m
	}
	s, err := attribution.NewShapley(paths)
	require.NoError(t, err)
	all["shapley of paths"] = s
	for i := range 8 {
		a, b := r.Float64(), r.Float64()
		d := attribution.Definition{Kind: attribution.KindPosition, First: min(a, b), Middle: max(a, b) - min(a, b), Last: 1 - max(a, b), ExcludeDirect: i&1 != 0, PaidOnly: i&2 != 0}
		if i&4 != 0 {
			d.Kind, d.HalfLifeDays = attribution.KindDecay, 0.05+r.Float64()*300
		}
		m, err := d.Weigher()
		require.NoError(t, err)
		all[fmt.Sprintf("own %+v", d)] = m
	}
	return all
}

func TestAN_4_EveryModelConservesEveryPath(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(4, 1))
	for range 20 {
		models := allModels(t, r, 1+r.IntN(9))
		for range 50 {
			p := randomPath(r, 12)
			for name, m := range models {
				requireConserves(t, m, p)
				if t.Failed() {
					t.Fatalf("%s of %+v", name, p)
				}
			}
		}
	}
}

func TestAN_4_ModelsAllocateNothingButTheResult(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 2))
	p := randomPath(r, 5)
	for len(p.Touches) < 20 {
		p = randomPath(r, 5)
	}
	dst := make([]float64, 0, len(p.Touches))
	for name, m := range allModels(t, r, 5) {
		require.Zero(t, testing.AllocsPerRun(10, func() { dst = m.Weights(dst[:0], p) }), name)
	}
}

func TestAN_4_MoneyIsDividedToTheLastUnit(t *testing.T) {
	t.Parallel()
	tests := []struct {
		rule    string
		minor   int64
		weights []float64
		want    []int64
	}{
		{"even", 100, []float64{0.5, 0.5}, []int64{50, 50}},
		{"of equal remainders the earlier has the unit", 100, []float64{1 / 3., 1 / 3., 1 / 3.}, []int64{34, 33, 33}},
		{"two units over", 101, []float64{1 / 3., 1 / 3., 1 / 3.}, []int64{34, 34, 33}},
		{"the greatest remainder first", 10, []float64{0.11, 0.18, 0.71}, []int64{1, 2, 7}},
		{"negative as positive", -100, []float64{1 / 3., 1 / 3., 1 / 3.}, []int64{-34, -33, -33}},
		{"nothing", 0, []float64{0.3, 0.7}, []int64{0, 0}},
		{"one unit", 1, []float64{0.4, 0.2, 0.4}, []int64{1, 0, 0}},
		{"who has no weight gets nothing", 7, []float64{0, 0.5, 0, 0.5}, []int64{0, 4, 0, 3}},
		{"no weights above zero count the same", 5, []float64{0, 0, math.NaN()}, []int64{2, 2, 1}},
		{"weights need not sum to one", 9, []float64{2, 1}, []int64{6, 3}},
		{"negative and infinite weights count nothing", 9, []float64{-1, math.Inf(1), 3}, []int64{0, 0, 9}},
		{"the greatest amount", math.MaxInt64, []float64{0.5, 0.5}, []int64{1 << 62, 1<<62 - 1}},
		{"the least amount", math.MinInt64, []float64{0, 1}, []int64{0, math.MinInt64}},
		{"nobody", 5, nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.rule, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.want, attribution.SplitMoney(tt.minor, tt.weights, nil))
		})
	}
}

func TestAN_4_MoneyIsConservedUnderEveryModel(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(4, 3))
	for range 20 {
		models := allModels(t, r, 6)
		for range 30 {
			p := randomPath(r, 6)
			for _, m := range models {
				requireFairSplit(t, r.Int64N(2_000_000_000)-1_000_000_000, m.Weights(nil, p))
			}
		}
	}
}

// requireFairSplit checks that nothing is lost and nobody is off by a unit.
func requireFairSplit(t *testing.T, minor int64, weights []float64) {
	t.Helper()
	amounts := attribution.SplitMoney(minor, weights, nil)
	require.Len(t, amounts, len(weights))
	sum := int64(0)
	for i, a := range amounts {
		sum += a
		require.Less(t, math.Abs(float64(a)-float64(minor)*weights[i]), 1.0, "%d by %v", minor, weights)
	}
	if len(weights) > 0 {
		require.Equal(t, minor, sum)
	}
}

func FuzzSplitMoney(f *testing.F) {
	f.Add(int64(100), []byte{1, 1, 1})
	f.Add(int64(math.MinInt64), []byte{0, 255, 3})
	f.Fuzz(func(t *testing.T, minor int64, parts []byte) {
		weights := make([]float64, len(parts))
		total := 0.0
		for _, p := range parts {
			total += float64(p)
		}
		for i, p := range parts {
			weights[i] = float64(p) / max(1, total)
		}
		sum := int64(0)
		for i, a := range attribution.SplitMoney(minor, weights, nil) {
			sum += a
			if total > 0 && parts[i] == 0 {
				require.Zero(t, a)
			}
			require.False(t, a > 0 && minor < 0 || a < 0 && minor > 0)
		}
		if len(parts) > 0 {
			require.Equal(t, minor, sum)
		}
	})
}

func TestAN_3_AssistsAreWhatComesBeforeTheLastTouch(t *testing.T) {
	t.Parallel()
	type part struct {
		Channel               int32
		Assisted, First, Last bool
	}
	tests := []struct {
		rule string
		path []int32
		want []part
	}{
		{"one touch is last and assists nobody", []int32{1}, []part{{1, false, true, true}}},
		{"the first assists the last", []int32{1, 2}, []part{{1, true, true, false}, {2, false, false, true}}},
		{"a channel in the middle assists once, however often it comes", []int32{1, 2, 2, 3, 2, 4}, []part{{1, true, true, false}, {2, true, false, false}, {3, true, false, false}, {4, false, false, true}}},
		{"earlier and last counts in both columns", []int32{1, 2, 1}, []part{{1, true, true, true}, {2, true, false, false}}},
		{"the same twice assists itself", []int32{1, 1}, []part{{1, true, true, true}}},
		{"nobody", nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.rule, func(t *testing.T) {
			t.Parallel()
			var got []part
			attribution.Assists(onChannels(tt.path...), func(channel int32, assisted, first, last bool) {
				got = append(got, part{channel, assisted, first, last})
			})
			require.Equal(t, tt.want, got)
		})
	}
}

// The example of docs/user/attribution.md: 10 000 in major units, divided by every rule model.
func TestAN_4_TheUserPageExampleIsRight(t *testing.T) {
	t.Parallel()
	p := attribution.Path{Moment: moment, Touches: []attribution.Touch{
		{At: moment - 21*day, Channel: 1, Flags: paid},
		{At: moment - 14*day, Channel: 2},
		{At: moment - 7*day, Channel: 3, Flags: paid | lead},
		{At: moment, Channel: 4, Flags: direct | deal},
	}}
	for id, want := range map[attribution.ModelID][]int64{
		attribution.LastClick:           {0, 0, 0, 1_000_000},
		attribution.LastNonDirectClick:  {0, 0, 1_000_000, 0},
		attribution.FirstClick:          {1_000_000, 0, 0, 0},
		attribution.LastPaidClick:       {0, 0, 1_000_000, 0},
		attribution.FirstPaidClick:      {1_000_000, 0, 0, 0},
		attribution.Linear:              {250_000, 250_000, 250_000, 250_000},
		attribution.PositionBased402040: {400_000, 100_000, 100_000, 400_000},
		attribution.PositionBased206020: {200_000, 300_000, 300_000, 200_000},
		attribution.PositionBased105040: {100_000, 250_000, 250_000, 400_000},
		attribution.WShaped:             {300_000, 100_000, 300_000, 300_000},
		attribution.TimeDecay:           {66_667, 133_333, 266_667, 533_333},
	} {
		m, ok := attribution.Model(id)
		require.True(t, ok)
		require.Equal(t, want, attribution.SplitMoney(1_000_000, m.Weights(nil, p), nil), id)
	}
}
