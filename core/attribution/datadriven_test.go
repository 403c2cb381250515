package attribution_test

import (
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/attribution"
)

func randomChannelPaths(r *rand.Rand, n, channels int) []attribution.ChannelPath {
	paths := make([]attribution.ChannelPath, n)
	for i := range paths {
		for range r.IntN(6) {
			paths[i].Channels = append(paths[i].Channels, int32(r.IntN(channels)))
		}
		paths[i].Conversions = float64(r.IntN(3))
		paths[i].NonConversions = float64(r.IntN(4))
		if paths[i].Conversions > 0 {
			paths[i].Value = float64(r.IntN(100_000))
		}
	}
	return paths
}

// collapsed drops what follows itself.
func collapsed(channels []int32) []int32 { return slices.Compact(slices.Clone(channels)) }

// chanceByPower returns the probability of a conversion in the chain of these paths, by following the probabilities step by step until nothing is
// left on the way. With without >= 0, steps to this channel end the path. Keeping loops, the same channel twice in a row is a step of its own.
func chanceByPower(paths []attribution.ChannelPath, order int, without int32, keepLoops bool) float64 {
	const start, converted, null = "start", "converted", "null"
	counts, leaving, channelOf := map[string]map[string]float64{}, map[string]float64{}, map[string]int32{}
	step := func(from, to string, weight float64) {
		if counts[from] == nil {
			counts[from] = map[string]float64{}
		}
		counts[from][to] += weight
		leaving[from] += weight
	}
	for _, p := range paths {
		channels := p.Channels
		if !keepLoops {
			channels = collapsed(channels)
		}
		if len(channels) == 0 {
			continue
		}
		state := start
		for i, c := range channels {
			next := fmt.Sprint(channels[max(0, i+1-order) : i+1])
			channelOf[next] = c
			step(state, next, p.Conversions+p.NonConversions)
			state = next
		}
		step(state, converted, p.Conversions)
		step(state, null, p.NonConversions)
	}
	there, chance := map[string]float64{start: 1}, 0.0
	for range 20_000 {
		next, left := map[string]float64{}, 0.0
		for from, mass := range there {
			for to, weight := range counts[from] {
				share := 0.0
				if leaving[from] > 0 {
					share = mass * weight / leaving[from]
				}
				if c, ok := channelOf[to]; to == converted {
					chance += share
				} else if ok && c != without {
					next[to] += share
					left += share
				}
			}
		}
		if left < 1e-18 {
			break
		}
		there = next
	}
	return chance
}

func effectOf(m *attribution.Markov, channel int32) attribution.Effect {
	for _, e := range m.RemovalEffects() {
		if e.Channel == channel {
			return e
		}
	}
	return attribution.Effect{}
}

func TestAN_4_MarkovIsWhatFollowingTheChainGives(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(4, 4))
	for range 60 {
		channels := 1 + r.IntN(6)
		paths := randomChannelPaths(r, 1+r.IntN(40), channels)
		for order := 1; order <= 3; order++ {
			requireMarkov(t, paths, order, channels, false)
		}
		// a self-loop only delays: with them kept, order 1 gives the same
		requireMarkov(t, paths, 1, channels, true)
	}
}

func requireMarkov(t *testing.T, paths []attribution.ChannelPath, order, channels int, keepLoops bool) {
	t.Helper()
	m, err := attribution.NewMarkov(paths, order)
	require.NoError(t, err)
	require.Equal(t, order, m.Order())
	chance := chanceByPower(paths, order, -1, keepLoops)
	require.InDelta(t, chance, m.Probability(), 1e-12)
	var conversions, value, creditedConversions, creditedValue float64
	for _, p := range paths {
		if len(p.Channels) > 0 {
			conversions += p.Conversions
			value += p.Value
		}
	}
	for c := range int32(channels) {
		e := effectOf(m, c)
		creditedConversions += e.Conversions
		creditedValue += e.Value
		if chance > 0 {
			want := 1 - chanceByPower(paths, order, c, keepLoops)/chance
			require.InDelta(t, want, e.Removal, 1e-11, "channel %d, order %d, %+v", c, order, paths)
		}
	}
	require.InDelta(t, conversions, creditedConversions, 1e-9)
	require.InDelta(t, value, creditedValue, 1e-6)
}

// The example of S. Bryl', "Marketing Multi-Channel Attribution model with R (part 1: Markov chains concept)", analyzecore.com, 2016-08-03: three
// journeys with removal effects 0.5, 1 and 1, which are 0.2, 0.4 and 0.4 of the one conversion.
func TestAN_4_MarkovGivesThePublishedFiguresOfThreeJourneys(t *testing.T) {
	t.Parallel()
	m, err := attribution.NewMarkov([]attribution.ChannelPath{
		{Channels: []int32{1, 2, 3}, Conversions: 1, Value: 1000},
		{Channels: []int32{1}, NonConversions: 1},
		{Channels: []int32{2, 3}, NonConversions: 1},
	}, 1)
	require.NoError(t, err)
	require.InDelta(t, 1/3., m.Probability(), 1e-15)
	requireEffects(t, m, []attribution.Effect{
		{Channel: 2, Removal: 1, Share: 0.4, Conversions: 0.4, Value: 400},
		{Channel: 3, Removal: 1, Share: 0.4, Conversions: 0.4, Value: 400},
		{Channel: 1, Removal: 0.5, Share: 0.2, Conversions: 0.2, Value: 200},
	})
	require.InDeltaSlice(t, []float64{0.2, 0.4, 0.4}, m.Weights(nil, onChannels(1, 2, 3)), 1e-12)
}

// The paths and transition probabilities of S. Puzyrov, "Markov Chain Attribution – Simple Explanation Of Removal Effect", 2019-07: advertising alone
// two conversions and one visit without, mailing alone one, advertising and then mailing one. With the published probabilities (0.8 and 0.2 from the
// start; 0.5, 0.25, 0.25 from advertising; 1 from mailing) p = 0.8, without advertising 0.2, without mailing 0.4.
func TestAN_4_MarkovGivesThePublishedFiguresOfTwoChannels(t *testing.T) {
	t.Parallel()
	m, err := attribution.NewMarkov([]attribution.ChannelPath{
		{Channels: []int32{1}, Conversions: 2, NonConversions: 1},
		{Channels: []int32{2}, Conversions: 1},
		{Channels: []int32{1, 2}, Conversions: 1},
	}, 1)
	require.NoError(t, err)
	require.InDelta(t, 0.8, m.Probability(), 1e-15)
	requireEffects(t, m, []attribution.Effect{
		{Channel: 1, Removal: 0.75, Share: 0.6, Conversions: 2.4},
		{Channel: 2, Removal: 0.5, Share: 0.4, Conversions: 1.6},
	})
}

func requireEffects(t *testing.T, m *attribution.Markov, want []attribution.Effect) {
	t.Helper()
	got := m.RemovalEffects()
	require.Len(t, got, len(want))
	for i, e := range got {
		require.Equal(t, want[i].Channel, e.Channel)
		require.InDeltaSlice(t, []float64{want[i].Removal, want[i].Share, want[i].Conversions, want[i].Value}, []float64{e.Removal, e.Share, e.Conversions, e.Value}, 1e-12)
	}
}

func TestAN_4_HigherOrdersRememberMore(t *testing.T) {
	t.Parallel()
	// 3 converts after 1 and never after 2: order 1 can't see it, order 2 can
	paths := []attribution.ChannelPath{{Channels: []int32{1, 3}, Conversions: 1}, {Channels: []int32{2, 3}, NonConversions: 1}}
	first, err := attribution.NewMarkov(paths, 1)
	require.NoError(t, err)
	require.InDelta(t, 0.5, effectOf(first, 2).Removal, 1e-12)
	second, err := attribution.NewMarkov(paths, 2)
	require.NoError(t, err)
	require.Zero(t, effectOf(second, 2).Removal)
	require.InDelta(t, 1, effectOf(second, 1).Removal, 1e-12)
}

func TestAN_4_MarkovWeightsFollowTheEffects(t *testing.T) {
	t.Parallel()
	m, err := attribution.NewMarkov([]attribution.ChannelPath{
		{Channels: []int32{1, 2, 3}, Conversions: 1},
		{Channels: []int32{1}, NonConversions: 1},
		{Channels: []int32{2, 3}, NonConversions: 1},
		{Channels: []int32{5}, NonConversions: 1},
	}, 1)
	require.NoError(t, err)
	tests := []struct {
		rule string
		path []int32
		want []float64
	}{
		{"touches of one channel share its effect", []int32{1, 1, 2}, []float64{1 / 6., 1 / 6., 2 / 3.}},
		{"a channel the model has not seen has none", []int32{9, 1}, []float64{0, 1}},
		{"a channel of other signs neither", []int32{-9, 1}, []float64{0, 1}},
		{"nobody has any: linear", []int32{5, 9}, []float64{0.5, 0.5}},
	}
	for _, tt := range tests {
		t.Run(tt.rule, func(t *testing.T) {
			t.Parallel()
			require.InDeltaSlice(t, tt.want, m.Weights(nil, onChannels(tt.path...)), 1e-12)
		})
	}
}

func TestAN_4_MarkovWithoutAnythingToLearnFrom(t *testing.T) {
	t.Parallel()
	for rule, paths := range map[string][]attribution.ChannelPath{
		"no paths":              nil,
		"paths of no channel":   {{Conversions: 3, Value: 10}, {NonConversions: 1}},
		"paths of no weight":    {{Channels: []int32{1, 2}}},
		"nobody converted":      {{Channels: []int32{1, 2}, NonConversions: 5}},
		"loops without any end": {{Channels: []int32{1, 1, 1}, NonConversions: 1}},
	} {
		t.Run(rule, func(t *testing.T) {
			t.Parallel()
			for order := 1; order <= 3; order++ {
				m, err := attribution.NewMarkov(paths, order)
				require.NoError(t, err)
				require.Zero(t, m.Probability())
				for _, e := range m.RemovalEffects() {
					require.Zero(t, e.Removal+e.Share+e.Conversions+e.Value)
				}
				require.InDeltaSlice(t, []float64{0.5, 0.5}, m.Weights(nil, onChannels(1, 2)), 1e-12)
			}
		})
	}
}

func TestAN_4_AllPathsConverting(t *testing.T) {
	t.Parallel()
	m, err := attribution.NewMarkov([]attribution.ChannelPath{{Channels: []int32{1, 2}, Conversions: 3}, {Channels: []int32{2}, Conversions: 1}}, 1)
	require.NoError(t, err)
	require.InDelta(t, 1, m.Probability(), 1e-15)
	require.InDelta(t, 0.75, effectOf(m, 1).Removal, 1e-12)
	require.InDelta(t, 1, effectOf(m, 2).Removal, 1e-12)
}

func TestAN_4_CodesMayBeAnyNumbers(t *testing.T) {
	t.Parallel()
	near := []attribution.ChannelPath{{Channels: []int32{-2, 0, 3}, Conversions: 1}, {Channels: []int32{0}, NonConversions: 1}}
	far := []attribution.ChannelPath{{Channels: []int32{math.MinInt32, 0, math.MaxInt32}, Conversions: 1}, {Channels: []int32{0}, NonConversions: 1}}
	a, err := attribution.NewMarkov(near, 2)
	require.NoError(t, err)
	b, err := attribution.NewMarkov(far, 2)
	require.NoError(t, err)
	for i, c := range []int32{-2, 0, 3} {
		require.InDelta(t, effectOf(a, c).Removal, effectOf(b, []int32{math.MinInt32, 0, math.MaxInt32}[i]).Removal, 1e-15)
	}
	require.InDeltaSlice(t, []float64{0.5, 0, 0.5}, b.Weights(nil, onChannels(math.MinInt32, 17, math.MinInt32)), 1e-12)
}

func TestAN_4_WrongNumbersAreRefused(t *testing.T) {
	t.Parallel()
	one := []int32{1}
	tests := []struct {
		rule  string
		path  attribution.ChannelPath
		order int
		field string
	}{
		{"no memory", attribution.ChannelPath{}, 0, "order"},
		{"too long a memory", attribution.ChannelPath{}, 4, "order"},
		{"negative conversions", attribution.ChannelPath{Channels: one, Conversions: -1}, 1, "conversions"},
		{"infinite conversions", attribution.ChannelPath{Channels: one, Conversions: math.Inf(1)}, 1, "conversions"},
		{"negative non-conversions", attribution.ChannelPath{Channels: one, NonConversions: -1}, 1, "nonConversions"},
		{"no number", attribution.ChannelPath{Channels: one, NonConversions: math.NaN()}, 1, "nonConversions"},
		{"infinite value", attribution.ChannelPath{Channels: one, Conversions: 1, Value: math.Inf(-1)}, 1, "value"},
		{"value of nothing", attribution.ChannelPath{Channels: one, Value: 5}, 1, "value"},
	}
	for _, tt := range tests {
		t.Run(tt.rule, func(t *testing.T) {
			t.Parallel()
			_, err := attribution.NewMarkov([]attribution.ChannelPath{tt.path}, tt.order)
			require.Equal(t, core.KindInvalid, core.KindOf(err))
			require.Equal(t, tt.field, core.AsError(err).Field)
			if tt.field != "order" {
				_, err = attribution.NewShapley([]attribution.ChannelPath{tt.path})
				require.Equal(t, tt.field, core.AsError(err).Field)
			}
		})
	}
}

// shapleyBySubsets is the definition: the average of what a channel adds to the set of those before it, over all orders, with v(S) = conversions of
// paths inside S.
func shapleyBySubsets(paths []attribution.ChannelPath, channels int, channel int32) float64 {
	factorial := func(n int) float64 { return math.Gamma(float64(n) + 1) }
	worth := func(set uint) float64 {
		sum := 0.0
		for _, p := range paths {
			inside := len(p.Channels) > 0
			for _, c := range p.Channels {
				inside = inside && set>>uint(c)&1 == 1
			}
			if inside {
				sum += p.Conversions
			}
		}
		return sum
	}
	sum := 0.0
	for set := range uint(1) << channels {
		if set>>uint(channel)&1 == 1 {
			continue
		}
		size := bits.OnesCount(set)
		sum += factorial(size) * factorial(channels-size-1) / factorial(channels) * (worth(set|1<<uint(channel)) - worth(set))
	}
	return sum
}

func creditOf(s *attribution.Shapley, channel int32) attribution.Credit {
	for _, c := range s.Credits() {
		if c.Channel == channel {
			return c
		}
	}
	return attribution.Credit{}
}

func TestAN_4_ShapleyIsTheAverageOverAllSubsets(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(4, 5))
	for range 60 {
		channels := 1 + r.IntN(8)
		paths := randomChannelPaths(r, 1+r.IntN(30), channels)
		s, err := attribution.NewShapley(paths)
		require.NoError(t, err)
		var total, credited float64
		for _, p := range paths {
			if len(p.Channels) > 0 {
				total += p.Conversions
			}
		}
		for c := range int32(channels) {
			got := creditOf(s, c)
			credited += got.Conversions
			require.InDelta(t, shapleyBySubsets(paths, channels, c), got.Conversions, 1e-9)
			require.GreaterOrEqual(t, got.Conversions, 0.0)
		}
		require.InDelta(t, total, credited, 1e-9, "efficiency: nothing is lost")
	}
}

func TestAN_4_ShapleyIsSymmetricAndGivesDummiesNothing(t *testing.T) {
	t.Parallel()
	s, err := attribution.NewShapley([]attribution.ChannelPath{
		{Channels: []int32{1, 2, 3}, Conversions: 3, Value: 300},
		{Channels: []int32{2, 1}, Conversions: 2, Value: 20},
		{Channels: []int32{4, 1}, NonConversions: 9},
	})
	require.NoError(t, err)
	require.InDelta(t, creditOf(s, 1).Conversions, creditOf(s, 2).Conversions, 1e-15)
	require.Equal(t, attribution.Credit{Channel: 4}, creditOf(s, 4))
	require.Equal(t, attribution.Credit{Channel: 3, Share: 0.2, Conversions: 1, Value: 100}, creditOf(s, 3))
}

// "Data-Driven Marketing Attribution" (towardsdatascience.com, reworked in github.com/tomgorb/misc): conversion ratios by the set of channels a
// journey had, Facebook 20 %, organic 10 %, LinkedIn 17 %, F+O 17 %, F+L 30 %, all three 6 %; published values 0.455, 0.205 and 0.34.
func TestAN_4_ShapleyGivesThePublishedFigures(t *testing.T) {
	t.Parallel()
	const f, o, l = 1, 2, 3
	s, err := attribution.NewShapley([]attribution.ChannelPath{
		{Channels: []int32{f}, Conversions: 0.2},
		{Channels: []int32{o}, Conversions: 0.1},
		{Channels: []int32{l}, Conversions: 0.17},
		{Channels: []int32{o, f}, Conversions: 0.17},
		{Channels: []int32{f, l, f}, Conversions: 0.3},
		{Channels: []int32{f, o, l}, Conversions: 0.06},
	})
	require.NoError(t, err)
	require.InDelta(t, 0.455, creditOf(s, f).Conversions, 1e-15)
	require.InDelta(t, 0.205, creditOf(s, o).Conversions, 1e-15)
	require.InDelta(t, 0.34, creditOf(s, l).Conversions, 1e-15)
}

// A report's total is the sum of its deals' weights: what Shapley credits to channels is what its weights give, path by path.
func TestAN_4_ShapleyWeightsAddUpToCredits(t *testing.T) {
	t.Parallel()
	paths := randomChannelPaths(rand.New(rand.NewPCG(4, 6)), 200, 7)
	s, err := attribution.NewShapley(paths)
	require.NoError(t, err)
	sums := map[int32]float64{}
	for _, p := range paths {
		for i, w := range s.Weights(nil, onChannels(p.Channels...)) {
			sums[p.Channels[i]] += w * p.Conversions
		}
	}
	for _, c := range s.Credits() {
		require.InDelta(t, c.Conversions, sums[c.Channel], 1e-9)
	}
}

func TestAN_4_ChannelsOfAPath(t *testing.T) {
	t.Parallel()
	require.Equal(t, []int32{9, 1, 2, 1}, attribution.AppendChannels([]int32{9}, onChannels(1, 2, 1)))
}
