package telephony_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core/telephony"
)

func TestEventsPath_SaysWhereAPBXKnocks(t *testing.T) {
	t.Parallel()
	weak := telephony.ConnectionSettings{IsWeak: true}
	cases := []struct {
		rule          string
		c             telephony.Connection
		events, route string
	}{
		{"a PBX that signs", telephony.Connection{ID: 7, Kind: telephony.KindCTPBX}, "/tel/v1/7/events", "/tel/v1/7/route"},
		{"a PBX that can't", telephony.Connection{ID: 7, Kind: telephony.KindCTPBX, Settings: weak}, "/tel/v1/w/s3cret/events", "/tel/v1/w/s3cret/route"},
		{"UIS", telephony.Connection{ID: 7, Kind: telephony.KindUIS}, "/tel/v1/w/s3cret/events", ""},
		{"Mango signs and adds the rest", telephony.Connection{ID: 7, Kind: telephony.KindMango}, "/tel/v1/7", ""},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.events, telephony.EventsPath(c.c, "s3cret"))
			require.Equal(t, c.route, telephony.RoutePath(c.c, "s3cret"))
		})
	}
}
