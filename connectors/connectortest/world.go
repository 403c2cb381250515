package connectortest

import (
	"maps"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core/integrations"
	"github.com/skvoz/skvoz/internal/emulation"
	"github.com/skvoz/skvoz/internal/httpclient"
)

// hookSecret is the end of the address webhooks come to.
const hookSecret = "hookf00dc0ffee5ec2e7c0deba5e5eed"

// patience is how long anything may take that ought to be done at once; it is long because the machine may be busy.
const patience = 20 * time.Second

// world is an emulated vendor, and an integration that is connected to it.
type world struct {
	t       testing.TB
	way     *Way
	kit     *emulation.Kit
	vendor  *Vendor
	faults  *injector
	url     string
	door    *Door
	driver  integrations.Driver
	vault   *vault
	turns   *turns
	journal *journal
	setup   integrations.Values
	timeout time.Duration

	mu   sync.Mutex
	said []error
}

// start makes a world; timeout is how long the client waits for answers once it is restarted, so that a short one hurries nobody before.
func (w *Way) start(t testing.TB, timeout time.Duration) *world {
	t.Helper()
	return w.startWith(t, timeout, w.Start)
}

func (w *Way) startWith(t testing.TB, timeout time.Duration, begin func(testing.TB, *emulation.Kit) *Vendor) *world {
	t.Helper()
	kit := emulation.NewKit()
	vendor := begin(t, kit)
	out := &world{t: t, way: w, kit: kit, vendor: vendor, faults: &injector{next: kit.Wrap(vendor.Handler)}, turns: &turns{}, journal: &journal{}}
	front := httptest.NewServer(out.faults)
	out.url = front.URL
	out.timeout = patience
	out.restart()
	out.door = newDoor(out.driver.Kind)
	t.Cleanup(func() {
		out.faults.release()
		front.Close()
		out.door.server.Close()
		kit.Close()
		out.checkSecrets()
	})
	out.setup = maps.Clone(vendor.Settings)
	if out.setup == nil {
		out.setup = integrations.Values{}
	}
	secrets := maps.Clone(vendor.Secrets)
	vendor.Place(out.url, out.setup, secrets)
	out.vault = newVault(secrets)
	if vendor.Connect != nil {
		vendor.Connect(t, out.driver, out.session(), out.door)
	}
	out.timeout = timeout
	return out
}

// restart makes the driver anew: it remembers nothing, as after a restart.
func (w *world) restart() {
	w.driver = w.way.Driver(newClient(w.timeout, nil), w.kit.Clock)
}

func newClient(timeout time.Duration, change func(*httpclient.Options)) *httpclient.Client {
	o := httpclient.Options{Attempts: 1, AllowPrivate: true, Timeout: timeout}
	if change != nil {
		change(&o)
	}
	return httpclient.New(o)
}

func (w *world) session() integrations.Session {
	return integrations.Session{
		AccountID: 1, IntegrationID: 2, Settings: maps.Clone(w.setup), Vault: w.vault, Turns: w.turns, Journal: w.journal, Clock: w.kit.Clock, HookURL: w.door.URL(),
	}
}

// open returns a new connection, as each job does.
func (w *world) open() integrations.Connector {
	w.t.Helper()
	c, err := w.driver.Open(w.session())
	require.NoError(w.t, err)
	return c
}

// heard keeps an error, to be searched for secrets; it returns it.
func (w *world) heard(err error) error {
	if err != nil {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.said = append(w.said, err)
	}
	return err
}

// failure is the failure a call must have ended with.
func (w *world) failure(err error) *integrations.Failure {
	w.t.Helper()
	require.Error(w.t, w.heard(err))
	var f *integrations.Failure
	require.ErrorAs(w.t, err, &f, "every error is a *Failure, or the context's")
	return f
}

// ok is for calls that must go well.
func (w *world) ok(err error) {
	w.t.Helper()
	require.NoError(w.t, w.heard(err))
}

// has reports whether the driver names a capability that is not off for this connection.
func (w *world) has(c integrations.Capability) bool {
	w.t.Helper()
	for _, named := range w.driver.Capabilities {
		if named == c {
			return !w.isOff(c)
		}
	}
	return false
}

// isOff reports whether Test says that a capability is off.
func (w *world) isOff(c integrations.Capability) bool {
	w.t.Helper()
	who, err := w.open().Test(w.t.Context())
	w.ok(err)
	for _, m := range who.Missing {
		if m.Capability == c {
			return true
		}
	}
	return false
}

// need skips a test that needs a capability which is not there.
func (w *world) need(c integrations.Capability) {
	w.t.Helper()
	if !w.has(c) {
		w.t.Skipf("there is no %s", c)
	}
}

// made is how much more was made than before.
func (w *world) made(before map[string]int) map[string]int {
	out := map[string]int{}
	for what, n := range w.vendor.Made() {
		if d := n - before[what]; d != 0 {
			out[what] = d
		}
	}
	return out
}

// desk returns a connection that makes deals, ready to be asked whether it uses the inbox.
func (w *world) desk() integrations.DealDesk {
	w.t.Helper()
	desk, ok := w.open().(integrations.DealDesk)
	require.True(w.t, ok, "deals_out asks for a DealDesk")
	if p, ok := desk.(integrations.Preparer); ok {
		w.ok(p.Prepare(w.t.Context()))
	}
	return desk
}

func (w *world) source() integrations.DealSource {
	w.t.Helper()
	source, ok := w.open().(integrations.DealSource)
	require.True(w.t, ok, "deals_in asks for a DealSource")
	return source
}
