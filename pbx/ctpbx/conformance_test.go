package ctpbx_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/internal/emulation"
	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/pbx/ctpbx"
	"github.com/skvoz/skvoz/pbx/ctpbx/emulator"
	"github.com/skvoz/skvoz/pbx/pbxtest"
	"github.com/skvoz/skvoz/pbx/wire"
)

const signingSecret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

func TestConformance(t *testing.T) {
	t.Parallel()
	pbxtest.Run(t, way("signed", signingSecret, false), way("while the secret is changed", signingSecret+" whsec_YW4gb2xkZXIgc2VjcmV0IG9mIDMyIGJ5dGVzLCB5ZXM=", false),
		way("known by its address", signingSecret, true))
}

// asked answers a new call with an order to ring the first line, then the second.
func asked(r telephony.RouteRequest) []byte {
	answer := telephony.RouteAnswer{State: "s1", Record: true, Do: []telephony.Instruction{{Hangup: &telephony.Hangup{}}}}
	if r.Reason == telephony.RouteNewCall {
		answer.Do = []telephony.Instruction{{Answer: &struct{}{}}, {Dial: &telephony.Dial{
			LegKey: "k1", Strategy: "parallel", TimeoutMS: 60_000, CallerID: "pass", Targets: []telephony.Target{{Kind: "line", Value: "101"}},
		}}}
	}
	raw, _ := json.Marshal(answer)
	return raw
}

func way(name, secret string, weak bool) pbxtest.Way {
	return pbxtest.Way{
		Name:   name,
		Driver: func(d wire.Deps) telephony.Driver { return ctpbx.New(d) },
		Tells:  pbxtest.Tells{Holds: true, Transfers: true, Reasons: true, Digits: true, Ends: true, Commands: true},
		Start: func(t testing.TB, kit *emulation.Kit) *pbxtest.Vendor {
			t.Helper()
			s := emulator.New(kit, emulator.Options{})
			t.Cleanup(s.Close)
			v := &pbxtest.Vendor{
				Handler: s, Kind: telephony.KindCTPBX, Settings: telephony.ConnectionSettings{IsWeak: weak},
				Secrets: telephony.Secrets{telephony.SecretToken: s.Token(), telephony.SecretSigning: signingSecret},
				Number:  "74950000001", Contact: "79210000011", Employee: "101", Colleague: "102", Foreign: "74951112233", Records: true,
				EmployeeTarget: telephony.Target{Kind: "line", Value: "101"}, ColleagueTarget: telephony.Target{Kind: "line", Value: "102"},
				SpoilKey: func(secrets telephony.Secrets) { secrets[telephony.SecretToken] = "nobodyskey" },
				Asked:    asked,
				Place: func(t testing.TB, url, events string) string {
					t.Helper()
					s.SetBaseURL(url)
					require.NoError(t, s.Connect(strings.TrimSuffix(events, "/events"), secret))
					return url
				},
			}
			seat(v, s)
			return v
		},
	}
}

// seat gives the vendor its telephones.
func seat(v *pbxtest.Vendor, s *emulator.Server) {
	at := func(do func(phone string) error) func(testing.TB, string) {
		return func(t testing.TB, who string) { t.Helper(); require.NoError(t, do(who)) }
	}
	v.Call = func(t testing.TB) string {
		t.Helper()
		id, err := s.PlaceCall(v.Contact, v.Number, 0)
		require.NoError(t, err)
		return id
	}
	v.Answer, v.HangUp = at(s.Answer), at(s.HangUp)
	v.Busy = at(func(who string) error { return s.SetRule(who, emulator.Rule{Act: emulator.IsBusy}) })
	v.Hold = func(t testing.TB) { t.Helper(); require.NoError(t, s.Hold(v.Employee)) }
	v.Resume = func(t testing.TB) { t.Helper(); require.NoError(t, s.Resume(v.Employee)) }
	v.Transfer = func(t testing.TB, to string) { t.Helper(); require.NoError(t, s.Transfer(v.Employee, to, false)) }
	v.Press = func(t testing.TB, who, digits string) { t.Helper(); require.NoError(t, s.Press(who, digits)) }
	v.Duplicate = func(n int) { _ = s.Disturb(emulator.DisturbDuplicate, "", n, 0) }
	v.Keep, v.Release = func() { _ = s.Disturb(emulator.DisturbReorder, "", 3, 0) }, s.Calm
	v.Rings = func(who string) bool {
		return slices.ContainsFunc(s.Calls(), func(c emulator.Call) bool {
			return slices.ContainsFunc(c.Legs, func(l emulator.Leg) bool { return (l.Ext == who || l.Number == who) && l.State == "ringing" })
		})
	}
	v.Settle = func(t testing.TB) {
		t.Helper()
		testkit.Eventually(t, 20*time.Second, func() bool {
			return !slices.ContainsFunc(s.Deliveries(), func(d emulator.Delivery) bool { return d.State == emulator.DeliveryWaiting })
		}, "all events have been sent")
	}
}
