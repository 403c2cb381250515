package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

func TestCA3_anAnsweredCallIsKeptWithItsCommunication(t *testing.T) {
	t.Parallel()
	storetest.Each(t, nil, func(t *testing.T, db *store.DB) {
		w := newCallWorld(t, db)
		at := db.Clock.Now().Add(-time.Minute).Truncate(time.Millisecond)
		events := answered("c1", at, "84950000001", "+79160000001")
		require.Equal(t, telephony.Received{Accepted: len(events)}, w.send(events...))
		require.Equal(t, telephony.Received{Duplicate: len(events)}, w.send(events...), "sent again")
		w.fold()
		c := w.call("c1")
		require.Equal(t, telephony.StateFinished, c.State)
		require.Equal(t, w.number.ID, c.NumberID, "found however the PBX writes it")
		require.Equal(t, core.Phone("79160000001"), c.ContactPhone)
		require.Equal(t, core.EmployeeID(1), c.EmployeeID)
		require.Equal(t, w.site.ID, c.SiteID)
		require.True(t, c.IsFirst)
		require.False(t, c.IsLost)
		require.Equal(t, 5*time.Second, c.Wait)
		require.EqualValues(t, 1, c.Version)
		got, err := db.Communication(t.Context(), w.account, core.CommunicationID(c.ID))
		require.NoError(t, err)
		require.Equal(t, c.ContactPhone, got.Phone)
		require.True(t, got.At.Equal(at))
	})
}
