package uis_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/internal/emulation"
	"github.com/skvoz/skvoz/pbx/exchange"
	"github.com/skvoz/skvoz/pbx/pbxtest"
	"github.com/skvoz/skvoz/pbx/uis"
	"github.com/skvoz/skvoz/pbx/uis/emulator"
	"github.com/skvoz/skvoz/pbx/wire"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	pbxtest.Run(t,
		way("templates of ours", func(t testing.TB, s *emulator.Server, url string) {
			t.Helper()
			for _, template := range uis.Templates() {
				require.NoError(t, s.SetNotification(emulator.Notification{Event: emulator.EventType(template.Event), URL: url, Template: template.Text}))
			}
		}, nil),
		way("templates of others", func(t testing.TB, s *emulator.Server, url string) {
			t.Helper()
			for _, template := range uis.Templates() {
				text := template.Text[len(`{"event":"`+template.Event+`",`)+1:]
				require.NoError(t, s.SetNotification(emulator.Notification{Event: emulator.EventType(template.Event), URL: url, Template: "{" + text}))
			}
		}, nil),
		way("by GET, with a login", func(t testing.TB, s *emulator.Server, url string) {
			t.Helper()
			require.NoError(t, s.NotifyOfAll("GET", url))
		}, func(s *emulator.Server, v *pbxtest.Vendor) {
			for _, c := range s.Credentials() {
				switch c.Setting {
				case "login":
					v.Settings.Login = c.Value
				case "password":
					v.Secrets[telephony.SecretToken] = c.Value
				}
			}
		}),
	)
}

func way(name string, notify func(t testing.TB, s *emulator.Server, url string), change func(*emulator.Server, *pbxtest.Vendor)) pbxtest.Way {
	return pbxtest.Way{
		Name:   name,
		Driver: func(d wire.Deps) telephony.Driver { return uis.New(d) },
		Start: func(t testing.TB, kit *emulation.Kit) *pbxtest.Vendor {
			t.Helper()
			s := emulator.New(kit, emulator.Options{})
			t.Cleanup(s.Close)
			v := vendor(s, notify)
			if change != nil {
				change(s, v)
			}
			return v
		},
	}
}

func vendor(s *emulator.Server, notify func(t testing.TB, s *emulator.Server, url string)) *pbxtest.Vendor {
	v := &pbxtest.Vendor{
		Handler: s, Kind: telephony.KindUIS, Secrets: telephony.Secrets{telephony.SecretToken: s.Token()},
		Number: "74950000002", Contact: "79210000011", Employee: "0250102", Colleague: "79030000101", Foreign: "74951112233",
		EmployeeTarget: telephony.Target{Kind: "line", Value: "0250102"}, ColleagueTarget: telephony.Target{Kind: "number", Value: "79030000101"},
		SpoilKey: func(secrets telephony.Secrets) { secrets[telephony.SecretToken] = "nobodyskey" },
		Place: func(t testing.TB, url, events string) string {
			t.Helper()
			s.SetBaseURL(url)
			notify(t, s, events)
			return url + "/v4.0"
		},
		Call: func(t testing.TB) string {
			t.Helper()
			id, err := s.PlaceCall("79210000011", "74950000002")
			require.NoError(t, err)
			return strconv.FormatInt(id, 10)
		},
	}
	pbxtest.Seat(v, s.Desk)
	v.Busy = func(t testing.TB, _ string) { // employees have more than one telephone
		t.Helper()
		require.NoError(t, s.SetLine("*", exchange.Rule{Kind: exchange.IsBusy}))
	}
	return v
}
