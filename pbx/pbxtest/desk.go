package pbxtest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/pbx/exchange"
)

// Seat gives a vendor the telephones of a desk.
func Seat(v *Vendor, d *exchange.Desk) {
	v.Answer = func(t testing.TB, who string) { t.Helper(); require.NoError(t, d.Answer(0, who)) }
	v.HangUp = func(t testing.TB, who string) { t.Helper(); require.NoError(t, d.HangUp(0, who)) }
	v.Busy = func(t testing.TB, who string) {
		t.Helper()
		require.NoError(t, d.SetLine(who, exchange.Rule{Kind: exchange.IsBusy}))
	}
	v.Hold = func(t testing.TB) { t.Helper(); require.NoError(t, d.Hold(0)) }
	v.Resume = func(t testing.TB) { t.Helper(); require.NoError(t, d.Unhold(0)) }
	v.Transfer = func(t testing.TB, to string) { t.Helper(); require.NoError(t, d.Transfer(0, to)) }
	v.Press = func(t testing.TB, who, digits string) { t.Helper(); require.NoError(t, d.SendDigits(0, who, digits)) }
	v.Duplicate = d.DuplicateEvents
	v.Keep, v.Release = d.HoldEvents, func() { d.ReleaseEvents(true) }
	v.Rings = func(who string) bool {
		for _, c := range d.Calls() {
			for _, l := range c.Legs {
				if l.Number == who && l.State == exchange.LegRinging {
					return true
				}
			}
		}
		return false
	}
	v.Settle = func(t testing.TB) {
		t.Helper()
		testkit.Eventually(t, patience, func() bool {
			for _, sent := range d.Deliveries() {
				if sent.State == exchange.Waiting {
					return false
				}
			}
			return true
		}, "all messages have been sent")
	}
}
