// Package gcpace lets the garbage collector run seldom while the heap is small, and more often as it grows: answering GraphQL allocates much
// that dies at once, and collecting it at the usual pace costs a third of the processor, while taking in hits must stay small in memory.
package gcpace

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	// target is how large the heap may grow before it is collected, as long as what lives in it leaves room.
	target = 36 << 20
	// least and most bound the growth between two collections, in percent of what lives.
	least, most = 100, 400

	interval = 2 * time.Second
	liveHeap = "/gc/heap/live:bytes"
)

// Run adjusts the collector until ctx ends, and then sets it back. It does nothing when the environment has GOGC: the operator knows better.
func Run(ctx context.Context) {
	if os.Getenv("GOGC") != "" {
		return
	}
	before := debug.SetGCPercent(most)
	defer debug.SetGCPercent(before)
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	sample := []metrics.Sample{{Name: liveHeap}}
	set := most
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		metrics.Read(sample)
		if want := Percent(sample[0].Value.Uint64()); want != set {
			set = want
			debug.SetGCPercent(set)
		}
	}
}

// Percent is how much the heap may grow, in percent of the live bytes, before the next collection.
func Percent(live uint64) int {
	if live == 0 {
		return most
	}
	return min(max(int(target*100/live)-100, least), most)
}
