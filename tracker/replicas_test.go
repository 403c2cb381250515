package tracker_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/store"
)

// TestTR_2_Replicas_storeRepeatsOnce lets two replicas take the same visitors' views at the same time, many of them twice and on both.
func TestTR_2_Replicas_storeRepeatsOnce(t *testing.T) {
	t.Parallel()
	a := newRig(t, store.Postgres)
	b := a.second()
	const visitors, views = 40, 5
	type sent struct {
		params url.Values
		seed   string
	}
	var all []sent
	for v := range visitors {
		seed := nonce()
		for n := range views {
			all = append(all, sent{a.viewParams("f", seed, "u", fmt.Sprintf("https://shop.example/%d/%d", v, n), "ti", "same"), seed})
		}
	}
	var mu sync.Mutex
	answers := make(map[string]map[ids]bool) // by nonce
	bySeed := make(map[string]map[int64]bool)
	var wg sync.WaitGroup
	for i, s := range all {
		replicas := []*rig{a, b}
		if i%3 == 0 {
			replicas = []*rig{a, b, a, b}
		}
		for _, r := range replicas {
			wg.Go(func() {
				w := r.post("/cs/h", s.params)
				var got ids
				if !(w.Code == 200 && json.Unmarshal(w.Body.Bytes(), &got) == nil) {
					t.Errorf("%d %s", w.Code, w.Body)
					return
				}
				mu.Lock()
				defer mu.Unlock()
				n := s.params.Get("n")
				if answers[n] == nil {
					answers[n] = make(map[ids]bool)
				}
				answers[n][got] = true
				if bySeed[s.seed] == nil {
					bySeed[s.seed] = make(map[int64]bool)
				}
				bySeed[s.seed][got.V] = true
			})
		}
	}
	wg.Wait()
	for n, got := range answers {
		require.Len(t, got, 1, "view %s was answered differently: %v", n, got)
	}
	for seed, got := range bySeed {
		require.Len(t, got, 1, "seed %s became several visitors", seed)
	}
	require.EqualValues(t, visitors, a.number("SELECT COUNT(*) FROM visitors"))
	require.EqualValues(t, visitors, a.number("SELECT COUNT(*) FROM sessions"))
	require.EqualValues(t, visitors*views, a.number("SELECT COUNT(*) FROM hits"))
	require.EqualValues(t, visitors*views, a.number("SELECT SUM(hit_count) FROM sessions"))
	require.Zero(t, a.number("SELECT SUM(earlier_hits) FROM visitors"))
}

func TestTR_2_Replicas_seeEachOthersSessions(t *testing.T) {
	t.Parallel()
	a := newRig(t, store.Postgres)
	b := a.second()
	first := a.view()
	require.Equal(t, first.S, b.view(first.who()...).S)
	ad := b.view(append(first.who(), "u", "https://shop.example/?utm_source=vk&utm_medium=cpc")...)
	require.NotEqual(t, first.S, ad.S)
	require.Equal(t, ad.S, a.view(ad.who()...).S, "a remembers the session before, and is told of the new one by the cookie")
	require.EqualValues(t, 2, a.number("SELECT session_count FROM visitors"))
	require.EqualValues(t, 2, a.number("SELECT earlier_hits FROM visitors"))
}
