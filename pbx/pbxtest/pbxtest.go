// Package pbxtest is the suite every kind of PBX passes: its package says how its emulator is started and what people do at its telephones (Way, Vendor),
// and Run holds reader and driver to what the core and the cabinet rely on, whatever the vendor.
package pbxtest

import (
	"net/http"
	"testing"

	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/internal/emulation"
	"github.com/skvoz/skvoz/pbx/wire"
)

// Way is a way to attach a PBX.
type Way struct {
	// Name says which, e.g. "signed".
	Name string
	// Driver makes the driver under test.
	Driver func(wire.Deps) telephony.Driver
	// Start starts an emulator of its own; what it opens it closes with t. Way must not be changed by it.
	Start func(t testing.TB, kit *emulation.Kit) *Vendor
	// Tells is what the vendor's messages say.
	Tells Tells
}

// Tells is what a vendor's messages say beyond the beginning, ringing, talks and the end.
type Tells struct {
	// Holds: that somebody is on hold. Transfers: that a call is transferred. Reasons: why telephones did not answer. Digits: what is pressed.
	Holds, Transfers, Reasons, Digits bool
	// Ends: when an employee's telephone is put down while the call goes on.
	Ends bool
	// Commands: the id of the command a call was started by.
	Commands bool
}

// Vendor is an emulated vendor and what people do there. Functions that are nil are what its people can't do.
type Vendor struct {
	// Handler is the vendor's interface.
	Handler http.Handler
	// Settings and Secrets are those of the connection.
	Settings telephony.ConnectionSettings
	Secrets  telephony.Secrets
	Kind     telephony.ConnectionKind
	// Place is told where vendor and connection are, and returns the connection's address for commands. Events go to events, as telephony.EventsPath says it.
	Place func(t testing.TB, vendor, events string) (address string)
	// SpoilKey makes the key of commands a wrong one.
	SpoilKey func(telephony.Secrets)

	// Number is a virtual number that rings Employee; Contact calls it. Colleague is another employee. Wait lets pass what the vendor plays before.
	Number, Contact     string
	Employee, Colleague string
	// EmployeeTarget and ColleagueTarget are they in commands.
	EmployeeTarget, ColleagueTarget telephony.Target
	// Foreign is a number that is none of the account's; "" = the vendor does not mind.
	Foreign string
	// Records: calls to Number are recorded by themselves.
	Records bool

	// Call lets Contact call Number and returns once telephones ring, with the vendor's id of the call.
	Call func(t testing.TB) string
	// Answer, HangUp and Busy are done at a telephone: Contact, Employee or Colleague.
	Answer, HangUp func(t testing.TB, who string)
	Busy           func(t testing.TB, who string)
	// Hold, Resume and Transfer are done by Employee in a talk.
	Hold, Resume func(t testing.TB)
	Transfer     func(t testing.TB, to string)
	Press        func(t testing.TB, who, digits string)
	// Duplicate repeats each of the next n messages; Keep keeps messages back until Release, which sends the newest first.
	Duplicate     func(n int)
	Keep, Release func()
	// Rings reports whether a telephone rings: Contact, Employee or Colleague.
	Rings func(who string) bool
	// Settle waits until all messages have been sent.
	Settle func(t testing.TB)
	// Asked answers the PBX's questions so that Employee is rung; nil = it asks nobody.
	Asked func(telephony.RouteRequest) []byte
}

// Run holds a PBX to the suite, attached in each of some ways.
func Run(t *testing.T, ways ...Way) {
	t.Helper()
	for _, way := range ways {
		t.Run(way.Name, func(t *testing.T) {
			t.Parallel()
			for _, part := range parts {
				t.Run(part.name, func(t *testing.T) {
					t.Parallel()
					part.test(t, &way)
				})
			}
		})
	}
}

// parts are the subtests, each with the requirements it shows.
var parts = []struct {
	name string
	test func(t *testing.T, way *Way)
}{
	{"TR-1 an answered call", testAnswered},
	{"TR-1 a caller who hung up", testAbandoned},
	{"TR-1 a busy telephone", testBusy},
	{"TR-1 a hold", testHold},
	{"TR-1 a transfer", testTransfer},
	{"TR-1 digits", testDigits},
	{"TR-1 messages twice and in disorder", testDisorder},
	{"TR-5 a recording", testRecording},
	{"TR-6 a call by command", testOriginate},
	{"TR-6 a call by command nobody takes", testOriginateInVain},
	{"TR-6 commands to a call", testControl},
	{"TR-6 commands that are refused", testRefused},
	{"TR-6 a PBX that can't be reached", testUnreachable},
	{"TR-6 capabilities named are those there are", testCapabilities},
	{"TR-7 running calls when asked", testSnapshots},
	{"each fault of each command", testFaults},
}
