package mango_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/internal/emulation"
	"github.com/skvoz/skvoz/pbx/mango"
	"github.com/skvoz/skvoz/pbx/mango/emulator"
	"github.com/skvoz/skvoz/pbx/pbxtest"
	"github.com/skvoz/skvoz/pbx/wire"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	pbxtest.Run(t, way("straight to an employee", "74990000002", 0), way("after a menu", "74990000001", 3*time.Second))
}

func way(name, number string, menu time.Duration) pbxtest.Way {
	return pbxtest.Way{
		Name:   name,
		Driver: func(d wire.Deps) telephony.Driver { return mango.New(d) },
		Tells:  pbxtest.Tells{Holds: true, Transfers: true, Reasons: true, Digits: true, Ends: true, Commands: true},
		Start: func(t testing.TB, kit *emulation.Kit) *pbxtest.Vendor {
			t.Helper()
			s := emulator.New(kit, emulator.Options{Rate: 1000, CommandRate: 1000})
			t.Cleanup(s.Close)
			key, salt := s.Keys()
			v := &pbxtest.Vendor{
				Handler: s, Kind: telephony.KindMango, Secrets: telephony.Secrets{telephony.SecretToken: key, telephony.SecretSalt: salt},
				Number: number, Contact: "79210000011", Employee: "101", Colleague: "102", Foreign: "74951112233", Records: true,
				EmployeeTarget: telephony.Target{Kind: "line", Value: "101"}, ColleagueTarget: telephony.Target{Kind: "line", Value: "102"},
				SpoilKey: func(secrets telephony.Secrets) { secrets[telephony.SecretToken] = "nobodyskey" },
				Place: func(_ testing.TB, url, events string) string {
					s.SetBaseURL(url)
					s.SetEventsURL(strings.TrimSuffix(events, "/"))
					return url + "/vpbx/"
				},
				Call: func(t testing.TB) string {
					t.Helper()
					id, err := s.PlaceCall("79210000011", number)
					require.NoError(t, err)
					kit.Clock.Advance(menu)
					return s.EntryID(id)
				},
			}
			pbxtest.Seat(v, s.Desk)
			return v
		},
	}
}
