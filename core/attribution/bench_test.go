package attribution_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/skvoz/skvoz/core/attribution"
)

const benchPaths = 100_000

// benchChannelPaths makes paths of 1 to 5 touches, a tenth of which convert. Channels are equally likely, or (skewed) the first are much likelier.
func benchChannelPaths(channels int, skewed bool) []attribution.ChannelPath {
	r := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(r, 1.1, 1, uint64(channels-1))
	paths := make([]attribution.ChannelPath, benchPaths)
	for i := range paths {
		p := attribution.ChannelPath{NonConversions: 1}
		if r.IntN(10) == 0 {
			p = attribution.ChannelPath{Conversions: 1, Value: 1000}
		}
		for range 1 + r.IntN(5) {
			c := int32(r.IntN(channels))
			if skewed {
				c = int32(zipf.Uint64())
			}
			p.Channels = append(p.Channels, c)
		}
		paths[i] = p
	}
	return paths
}

func BenchmarkMarkov(b *testing.B) {
	for _, channels := range []int{12, 600} {
		for _, skewed := range []bool{false, true} {
			paths := benchChannelPaths(channels, skewed)
			for order := 1; order <= 3; order++ {
				b.Run(fmt.Sprintf("channels=%d/skewed=%v/order=%d", channels, skewed, order), func(b *testing.B) {
					for b.Loop() {
						if _, err := attribution.NewMarkov(paths, order); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		}
	}
}

func BenchmarkShapley(b *testing.B) {
	for _, channels := range []int{12, 600} {
		paths := benchChannelPaths(channels, true)
		b.Run(fmt.Sprintf("channels=%d", channels), func(b *testing.B) {
			for b.Loop() {
				if _, err := attribution.NewShapley(paths); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkRuleModels(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	paths := make([]attribution.Path, benchPaths)
	for i := range paths {
		paths[i].Moment = moment
		for range 1 + r.IntN(5) {
			paths[i].Touches = append(paths[i].Touches, attribution.Touch{
				At: moment - r.Int64N(90*day), Channel: int32(r.IntN(12)), Flags: attribution.Flag(r.IntN(16)),
			})
		}
	}
	for _, info := range attribution.Catalogue() {
		m, ok := attribution.Model(info.ID)
		if !ok {
			continue
		}
		b.Run(string(info.ID), func(b *testing.B) {
			b.ReportAllocs()
			var weights []float64
			for b.Loop() {
				for i := range paths {
					weights = m.Weights(weights[:0], paths[i])
				}
			}
		})
	}
}

func BenchmarkMarkovWeights(b *testing.B) {
	paths := benchChannelPaths(12, true)
	m, err := attribution.NewMarkov(paths, 1)
	if err != nil {
		b.Fatal(err)
	}
	touches := make([]attribution.Path, len(paths))
	for i, p := range paths {
		touches[i] = onChannels(p.Channels...)
	}
	b.ReportAllocs()
	var weights []float64
	for b.Loop() {
		for i := range touches {
			weights = m.Weights(weights[:0], touches[i])
		}
	}
}

func BenchmarkSplitMoney(b *testing.B) {
	weights := []float64{0.4, 0.1, 0.1, 0.4}
	b.ReportAllocs()
	var amounts []int64
	for b.Loop() {
		for i := range int64(benchPaths) {
			amounts = attribution.SplitMoney(1_234_567+i, weights, amounts[:0])
		}
	}
}
