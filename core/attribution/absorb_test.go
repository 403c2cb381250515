package attribution

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// Both ways to solve a chain know nothing of each other.
func TestAN_4_SweepsAndEliminationAgree(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(4, 7))
	for _, size := range []struct{ paths, channels, steps int }{{3, 2, 3}, {30, 5, 6}, {200, 12, 8}, {400, 40, 5}, {20, 3, 60}} {
		paths := make([]ChannelPath, size.paths)
		for i := range paths {
			for range 1 + r.IntN(size.steps) {
				paths[i].Channels = append(paths[i].Channels, int32(r.IntN(size.channels)))
			}
			paths[i].Conversions, paths[i].NonConversions = float64(r.IntN(2)), float64(r.IntN(10))
		}
		for order := 1; order <= maxOrder; order++ {
			c := newChain(paths, newIndex(paths), order)
			swept, eliminated := make([]float64, c.channels), make([]float64, c.channels)
			require.NoError(t, sweep(c, swept))
			eliminate(c, eliminated)
			for i := range swept {
				require.InEpsilon(t, 1+eliminated[i], 1+swept[i], 1e-13, "order %d of %+v", order, size)
				if eliminated[i] > 0 {
					require.InEpsilon(t, eliminated[i], swept[i], 1e-10)
				}
			}
		}
	}
}

func TestAN_4_PathsThatLoopForLongAreSolvedToo(t *testing.T) {
	t.Parallel()
	long := make([]int32, 800)
	for i := range long {
		long[i] = int32(i % 3)
	}
	paths := []ChannelPath{{Channels: long, Conversions: 1, NonConversions: 99}, {Channels: []int32{3}, Conversions: 1, NonConversions: 1}}
	c := newChain(paths, newIndex(paths), 2)
	swept, eliminated := make([]float64, c.channels), make([]float64, c.channels)
	require.NoError(t, sweep(c, swept))
	eliminate(c, eliminated)
	require.InDeltaSlice(t, eliminated, swept, 1e-12)
	require.InDelta(t, 1/102., eliminated[0], 1e-12)
}

// Cycles of different lengths, which are left seldom, are what leaps have most trouble with.
func TestAN_4_CyclesAreSolvedAsByElimination(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(4, 8))
	for range 60 {
		var paths []ChannelPath
		for range 1 + r.IntN(4) {
			var p ChannelPath
			period, base := 2+r.IntN(6), r.IntN(6)
			for i := range 10 + r.IntN(300) {
				p.Channels = append(p.Channels, int32(base+i%period))
				if r.IntN(50) == 0 {
					p.Channels = append(p.Channels, int32(r.IntN(12)))
				}
			}
			p.Conversions, p.NonConversions = float64(1+r.IntN(3)), float64(r.IntN(100))
			paths = append(paths, p)
		}
		for order := 1; order <= maxOrder; order++ {
			c := newChain(paths, newIndex(paths), order)
			swept, eliminated := make([]float64, c.channels), make([]float64, c.channels)
			require.NoError(t, sweep(c, swept))
			eliminate(c, eliminated)
			require.InDeltaSlice(t, eliminated, swept, 1e-11*c.chance(), "order %d of %+v", order, paths)
		}
	}
}
