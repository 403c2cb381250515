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
