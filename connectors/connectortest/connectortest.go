// Package connectortest is the suite every connector passes: a connector's package says how its emulator is started and what people do there (Way,
// Vendor), and Run holds the connector to what the core and the cabinet rely on, whatever the vendor.
package connectortest

import (
	"net/http"
	"testing"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/integrations"
	"github.com/skvoz/skvoz/internal/emulation"
	"github.com/skvoz/skvoz/internal/httpclient"
)

// Way is a way to connect to a vendor that connectors are to work by.
type Way struct {
	// Name says which, e.g. "long-lived token".
	Name string
	// Driver makes the driver under test. The client makes one attempt and reaches loopback.
	Driver func(http *httpclient.Client, clock core.Clock) integrations.Driver
	// Start starts an emulator of its own; what it opens it closes with t.
	Start func(t testing.TB, kit *emulation.Kit) *Vendor
	// Limited is Start with a key that may not do everything; nil = this vendor's keys may.
	Limited func(t testing.TB, kit *emulation.Kit) *Vendor
	// DealPage and UserPage are how many the vendor gives at once: the suite reads one more than that, and several times as many.
	DealPage, UserPage int
}

// Vendor is an emulated vendor, what connects to it, and what people do there. Functions that are nil are what the vendor does not have; those without
// "may be nil" are needed by the capabilities the driver names.
type Vendor struct {
	// Handler is the vendor's interface, without Kit.Wrap.
	Handler http.Handler
	// Settings and Secrets are those people type, but for what Place sets: the vendor's address, of which secrets may be a part.
	Settings integrations.Values
	Secrets  map[string]string
	Place    func(url string, settings integrations.Values, secrets map[string]string)
	// Connect does what is left when the settings are typed: a person presses the button, an application is installed. It may be nil.
	Connect func(t testing.TB, d integrations.Driver, s integrations.Session, door *Door)
	// Public are keys of the vault that hold no secret.
	Public []string
	// SpoilKey makes the key a wrong one.
	SpoilKey func(secrets map[string]string)

	// Changes says whether a request changes something, so that it must not be repeated without looking. Renews says whether one renews the access token;
	// nil = this way has none to renew.
	Changes func(e emulation.Entry) bool
	Renews  func(e emulation.Entry) bool
	// Made counts all that was ever made, by what it is.
	Made func() map[string]int

	// Revoke takes our access away, Expire ends access tokens; Ban and LeaveUnpaid do what they say. All but Revoke may be nil.
	Revoke, Expire, Ban, LeaveUnpaid func()

	// AddUsers hires people.
	AddUsers func(t testing.TB, n int)
	// AddContact makes a contact with some phones and returns its id.
	AddContact func(t testing.TB, name string, phones ...string) string
	// AddDeals makes deals, each with a contact of its own, and returns their ids.
	AddDeals func(t testing.TB, n int) []string
	// Move brings a deal to a stage of a status, another one than it is in; Delete deletes it and may be nil.
	Move   func(t testing.TB, id string, to deals.StageStatus)
	Delete func(t testing.TB, id string)
	// Settle waits until the webhooks of what happened have been sent.
	Settle func(t testing.TB)
	// Forge makes a webhook that was not sent by our vendor's account of a genuine one.
	Forge func(h integrations.Hook) integrations.Hook

	// Place of new deals: ids of the vendor, and a field with a value it takes.
	FunnelID, StageID, Responsible string
	Field                          integrations.FieldValue
}

// Run holds a driver to the suite, connected in each of some ways.
func Run(t *testing.T, ways ...Way) {
	t.Helper()
	for _, way := range ways {
		t.Run(way.Name, func(t *testing.T) {
			t.Run("no goroutine is left", func(t *testing.T) { testGoroutines(t, &way) }) // first, while nothing else runs
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
	{"CA-2 what the driver says of itself", testDriver},
	{"CA-2 settings", testSettings},
	{"CA-2 choices of settings", testOptions},
	{"CA-2 capabilities named are those there are", testCapabilities},
	{"CA-2 the test at connecting", testDoor},
	{"secrets stay secret whatever the vendor says", testEcho},
	{"GD-3 paging", testPaging},
	{"GD-3 deals in", testDealsIn},
	{"GD-2 deals out", testDealsOut},
	{"GD-2 the preview is what is sent", testPreview},
	{"GD-2 each fault of a delivery", testDeliveries},
	{"each fault of each request", testFaults},
	{"answers that never come", testSlow},
	{"cancelling", testCancel},
	{"tokens", testTokens},
	{"webhooks", testHooks},
}
