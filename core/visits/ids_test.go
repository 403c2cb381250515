package visits_test

import (
	"testing"
	"testing/quick"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/visits"
)

func TestIDs_theSameSenderGivesTheSameIDsAndNobodyElseDoes(t *testing.T) {
	t.Parallel()
	here, there := visits.NewIDs([]byte("secret")), visits.NewIDs([]byte("another"))
	holds := func(site int64, nonce, other string, at int64) bool {
		moment := time.UnixMilli(at % 4e12).UTC()
		v := here.Visitor(core.SiteID(site), nonce)
		s := here.Session(v, nonce, moment, 0)
		h := here.Hit(core.SiteID(site), nonce)
		same := v == here.Visitor(core.SiteID(site), nonce) && s == here.Session(v, nonce, moment, 0) && h == here.Hit(core.SiteID(site), nonce)
		differs := nonce == other || (v != here.Visitor(core.SiteID(site), other) && h != here.Hit(core.SiteID(site), other))
		foreign := v != there.Visitor(core.SiteID(site), nonce) && h != there.Hit(core.SiteID(site), nonce)
		inRange := v > 0 && s > 0 && h > 0 && v <= core.MaxID && s <= core.MaxID && h <= core.MaxID
		return same && differs && foreign && inRange && s != here.Session(v, nonce, moment, 1)
	}
	require.NoError(t, quick.Check(holds, nil))
}

func TestIDs_aSessionTellsTheDayItBegan(t *testing.T) {
	t.Parallel()
	ids := visits.NewIDs([]byte("secret"))
	holds := func(visitor int64, nonce string, seconds uint32) bool {
		at := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(seconds%1_000_000_000) * time.Second)
		s := ids.Session(core.VisitorID(visitor), nonce, at, 0)
		day := at.Truncate(24 * time.Hour)
		return visits.SessionDay(s).Equal(day) && s >= visits.FirstSession(at) && s < visits.FirstSession(at.AddDate(0, 0, 1))
	}
	require.NoError(t, quick.Check(holds, nil))
}

func TestDimension_theIDIsTheContent(t *testing.T) {
	t.Parallel()
	a := visits.NewDimension(1, visits.DimensionPage, "https://shop.example/")
	require.Equal(t, a.ID, visits.NewDimension(2, visits.DimensionPage, "https://shop.example/").ID)
	require.NotEqual(t, a.ID, visits.NewDimension(1, visits.DimensionTitle, "https://shop.example/").ID)
	require.Zero(t, visits.NewDimension(1, visits.DimensionPage, "").ID)
	s := visits.TrafficSource{Channel: visits.ChannelPaid, Source: "vk"}
	other := s
	other.Referrer = "https://vk.com/feed"
	require.Equal(t, s.TrafficID(), other.TrafficID(), "the whole referrer is interned by itself")
	other.Medium = "cpc"
	require.NotEqual(t, s.TrafficID(), other.TrafficID())
}
