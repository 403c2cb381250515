package connectortest

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/integrations"
)

func testHooks(t *testing.T, way *Way) {
	t.Run("where there are none, it says so", func(t *testing.T) {
		t.Parallel()
		w := way.start(t, patience)
		if !slices.Contains(w.driver.Capabilities, integrations.CanReceiveHooks) || !w.isOff(integrations.CanReceiveHooks) {
			t.Skip("there are webhooks")
		}
		require.Equal(t, integrations.FailRight, w.failure(w.receiver().Subscribe(t.Context())).Kind)
		require.NoError(t, w.heard(w.receiver().Unsubscribe(t.Context())), "disconnecting is not hindered")
	})
	for name, test := range map[string]func(w *world){
		"subscribing twice is subscribing once": testSubscribe, "they tell of deals": testNews, "forged ones are refused": testForged,
		"nothing in them makes it panic": testFuzzed,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := way.start(t, patience)
			w.need(integrations.CanReceiveHooks)
			test(w)
		})
	}
}

func (w *world) receiver() integrations.HookReceiver {
	w.t.Helper()
	r, ok := w.open().(integrations.HookReceiver)
	require.True(w.t, ok)
	return r
}

// hooksOf are the webhooks of something that happens.
func (w *world) hooksOf(happens func()) []integrations.Hook {
	w.t.Helper()
	w.vendor.Settle(w.t)
	w.door.Take()
	happens()
	w.vendor.Settle(w.t)
	return w.door.Take()
}

func testSubscribe(w *world) {
	ids := w.vendor.AddDeals(w.t, 3)
	move := func(i int) []integrations.Hook {
		return w.hooksOf(func() { w.vendor.Move(w.t, ids[i], deals.StageInProcess) })
	}
	require.Empty(w.t, move(0), "nobody subscribed yet")
	w.ok(w.receiver().Subscribe(w.t.Context()))
	alone := len(move(1))
	require.Positive(w.t, alone)
	w.ok(w.receiver().Subscribe(w.t.Context()))
	w.restart()
	w.ok(w.receiver().Subscribe(w.t.Context()))
	require.Len(w.t, move(2), alone, "there is one subscription")
	w.ok(w.receiver().Unsubscribe(w.t.Context()))
	require.Empty(w.t, move(1), "nobody is subscribed any more")
	w.ok(w.receiver().Unsubscribe(w.t.Context()))
}

// testNews: webhooks tell of what was made, moved and deleted; what they tell of can be read.
func testNews(w *world) {
	w.ok(w.receiver().Subscribe(w.t.Context()))
	var id string
	hooks := w.hooksOf(func() { id = w.vendor.AddDeals(w.t, 1)[0] })
	told := w.news(hooks)
	require.True(w.t, slices.ContainsFunc(told, func(d integrations.HookDeal) bool { return d.ID == id && !d.IsDeleted }), "a new deal: %v", told)
	w.kit.Clock.Advance(time.Minute)
	told = w.news(w.hooksOf(func() { w.vendor.Move(w.t, id, deals.StageSuccess) }))
	require.True(w.t, slices.ContainsFunc(told, func(d integrations.HookDeal) bool { return d.ID == id && !d.IsDeleted }), "a moved deal: %v", told)
	if slices.Contains(w.driver.Capabilities, integrations.CanReadDeals) {
		page, err := w.source().DealsByID(w.t.Context(), []string{id})
		w.ok(err)
		for _, d := range told {
			isNewer := d.ID == id && d.ModifiedAt.After(page.Deals[0].ModifiedAt)
			require.False(w.t, isNewer, "what was loaded since must not look older than its webhook")
		}
	}
	if w.vendor.Delete == nil {
		return
	}
	told = w.news(w.hooksOf(func() { w.vendor.Delete(w.t, id) }))
	require.True(w.t, slices.ContainsFunc(told, func(d integrations.HookDeal) bool { return d.ID == id && d.IsDeleted }), "a deleted deal: %v", told)
}

// news parses webhooks, which sends nothing.
func (w *world) news(hooks []integrations.Hook) []integrations.HookDeal {
	w.t.Helper()
	before := len(w.journal.all())
	var out []integrations.HookDeal
	for _, h := range hooks {
		news, err := w.receiver().ParseHook(w.t.Context(), h)
		w.ok(err)
		out = append(out, news.Deals...)
	}
	require.Len(w.t, w.journal.all(), before, "parsing makes no request")
	return out
}

// genuine is a webhook of the vendor's.
func (w *world) genuine() integrations.Hook {
	w.t.Helper()
	w.ok(w.receiver().Subscribe(w.t.Context()))
	hooks := w.hooksOf(func() { w.vendor.AddDeals(w.t, 1) })
	require.NotEmpty(w.t, hooks)
	return hooks[0]
}

func testForged(w *world) {
	if w.vendor.Forge == nil {
		w.t.Skip("this vendor's webhooks can't be told from others")
	}
	genuine := w.genuine()
	forged := genuine
	forged.Body = slices.Clone(genuine.Body)
	forged = w.vendor.Forge(forged)
	require.NotEqual(w.t, genuine, forged)
	_, err := w.receiver().ParseHook(w.t.Context(), forged)
	require.Equal(w.t, integrations.FailKey, w.failure(err).Kind)
	for _, body := range []string{"", "nonsense", "{}", "%zz=%", "\xff\xfe"} {
		empty := genuine
		empty.Body = []byte(body)
		_, err := w.receiver().ParseHook(w.t.Context(), empty)
		kind := w.failure(err).Kind
		require.Contains(w.t, []integrations.FailureKind{integrations.FailRejected, integrations.FailKey}, kind, "%q", body)
	}
}

// testFuzzed parses thousands of webhooks that went wrong in one way or another; FuzzHooks goes on from there.
func testFuzzed(w *world) {
	genuine := w.genuine()
	receiver := w.receiver()
	random := rand.New(rand.NewPCG(1, 2)) // the same every time
	for range 3000 {
		h := genuine
		h.Body = mutated(random, genuine.Body)
		if random.IntN(8) == 0 {
			h.Query, h.Method = string(mutated(random, genuine.Body)), "GET"
		}
		w.parse(receiver, h)
	}
}

// parse holds ParseHook to errors that are failures.
func (w *world) parse(r integrations.HookReceiver, h integrations.Hook) {
	w.t.Helper()
	if _, err := r.ParseHook(w.t.Context(), h); err != nil {
		require.NotEmpty(w.t, w.failure(err).Kind)
	}
}

// mutated changes a few places of a body: letters, parts left out or doubled, ends cut off.
func mutated(random *rand.Rand, body []byte) []byte {
	out := slices.Clone(body)
	for range 1 + random.IntN(4) {
		if len(out) == 0 {
			return out
		}
		a, b := random.IntN(len(out)), random.IntN(len(out))
		from, to := min(a, b), max(a, b)
		switch random.IntN(5) {
		case 0:
			out[a] = byte(random.IntN(256))
		case 1:
			out[a] = `[]{}&=%"0-`[random.IntN(10)]
		case 2:
			out = slices.Delete(out, from, to)
		case 3:
			out = slices.Insert(out, to, slices.Clone(out[from:to])...)
		case 4:
			out = out[:to]
		}
	}
	return out
}

// FuzzHooks fuzzes the parsing of webhooks, starting from genuine ones.
func FuzzHooks(f *testing.F, way Way) {
	f.Helper()
	w := way.start(f, patience)
	genuine := w.genuine()
	f.Add(genuine.Method, genuine.Query, genuine.Body)
	f.Add("GET", string(genuine.Body), []byte(nil))
	receiver := w.receiver()
	f.Fuzz(func(t *testing.T, method, query string, body []byte) {
		_, err := receiver.ParseHook(t.Context(), integrations.Hook{Method: method, Query: query, ContentType: genuine.ContentType, Body: body})
		if err != nil {
			require.NotEqual(t, integrations.FailInternal, integrations.AsFailure(err).Kind)
		}
	})
}
