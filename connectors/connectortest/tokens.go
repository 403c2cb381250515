package connectortest

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core/integrations"
)

func testTokens(t *testing.T, way *Way) {
	t.Run("one that expires in the middle of a reading is renewed once", func(t *testing.T) {
		t.Parallel()
		w := way.start(t, patience)
		w.needRenewal()
		w.need(integrations.CanReadDeals)
		since := w.later()
		ids := w.vendor.AddDeals(t, 2*way.DealPage+3)
		before := w.renewals()
		source, q, got := w.source(), integrations.ChangesQuery{Since: since}, map[string]int{}
		for page := range maxPages {
			list, err := source.ChangedDeals(t.Context(), q)
			w.ok(err)
			for _, d := range list.Deals {
				got[d.ID]++
			}
			if q.Cursor = list.Next; q.Cursor == "" {
				break
			}
			if page == 0 {
				before = w.renewals() // the clock was moved: one may have been due
				w.vendor.Expire()
			}
		}
		require.Equal(t, once(ids), got)
		require.Equal(t, before+1, w.renewals())
	})
	t.Run("connections that renew at the same time do so once", func(t *testing.T) {
		t.Parallel()
		w := way.start(t, patience)
		w.needRenewal()
		together(w)
	})
	t.Run("once revoked every call says so", func(t *testing.T) {
		t.Parallel()
		w := way.start(t, patience)
		s := w.prepared()
		off := map[integrations.Capability]bool{}
		for _, c := range w.driver.Capabilities {
			off[c] = w.isOff(c)
		}
		w.restart()
		w.vendor.Revoke()
		for _, c := range calls {
			if c.can != "" && (off[c.can] || !implementations[c.can](w.open())) || requests(t, way, &c) == 0 {
				continue
			}
			_, err := c.do(t.Context(), w.open(), s)
			require.Error(t, w.heard(err), c.name)
			require.Equal(t, integrations.FailKey, w.failure(err).Kind, c.name)
		}
	})
}

func (w *world) needRenewal() {
	w.t.Helper()
	if w.vendor.Renews == nil || w.vendor.Expire == nil {
		w.t.Skip("this way has no token that is renewed")
	}
}

func (w *world) renewals() int {
	n := 0
	for _, e := range w.kit.Journal.Find("", "") {
		if w.vendor.Renews(e) {
			n++
		}
	}
	return n
}

// together has connections that all know the old token renew it at once.
func together(w *world) {
	const many = 5
	var open [many]integrations.Connector
	for i := range open {
		w.restart() // they may be of several replicas
		open[i] = w.open()
		_, err := open[i].Test(w.t.Context())
		w.ok(err)
	}
	before := w.renewals()
	w.vendor.Expire()
	var wg sync.WaitGroup
	var errs [many]error
	for i := range open {
		wg.Go(func() { _, errs[i] = open[i].Test(w.t.Context()) })
	}
	wg.Wait()
	for _, err := range errs {
		w.ok(err)
	}
	require.Equal(w.t, before+1, w.renewals(), "a refresh token is good for one use")
}
