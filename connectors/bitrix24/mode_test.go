package bitrix24_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestMode_IsAskedForOnceInAWhile(t *testing.T) {
	t.Parallel()
	p := newPortal(t, map[string][]reply{"crm.settings.mode.get": {ok("1"), ok("2")}})
	r := byApp(p.URL, nil)
	inbox := func() bool {
		c := r.open(t)
		require.NoError(t, c.Prepare(t.Context()))
		return c.UsesInbox()
	}
	require.True(t, inbox())
	require.True(t, inbox())
	require.Len(t, p.sent(), 1)
	r.clock.now = noon.Add(11 * time.Minute)
	require.False(t, inbox(), "the portal gave leads up")
	require.Len(t, p.sent(), 2)
}

func TestMode_IsNotAskedForWhenItIsSet(t *testing.T) {
	t.Parallel()
	for entity, isInbox := range map[string]bool{"lead": true, "deal": false} {
		p := newPortal(t, nil)
		c := byApp(p.URL, map[string]string{"entity": entity}).open(t)
		require.NoError(t, c.Prepare(t.Context()))
		require.Equal(t, isInbox, c.UsesInbox())
		require.Empty(t, p.sent())
	}
}
