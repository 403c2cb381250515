package connectortest

import (
	"maps"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core/integrations"
)

var word = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// implementations say what a capability asks for.
var implementations = map[integrations.Capability]func(c integrations.Connector) bool{
	integrations.CanListOptions:     is[integrations.Options],
	integrations.CanListEmployees:   is[integrations.Employees],
	integrations.CanTellStatus:      is[integrations.EmployeeStatuses],
	integrations.CanNameManager:     is[integrations.PersonalManagers],
	integrations.CanPopUp:           is[integrations.CallPopUps],
	integrations.CanLogCalls:        is[integrations.CallLog],
	integrations.CanCreateTasks:     is[integrations.LostCallTasks],
	integrations.CanCreateContacts:  is[integrations.ContactBook],
	integrations.CanSendComms:       is[integrations.CommunicationSink],
	integrations.CanCreateDeals:     is[integrations.DealDesk],
	integrations.CanReadDeals:       is[integrations.DealSource],
	integrations.CanReceiveHooks:    is[integrations.HookReceiver],
	integrations.CanReceiveCommands: is[integrations.CallCommands],
}

func is[T any](c integrations.Connector) bool {
	_, ok := c.(T)
	return ok
}

func testDriver(t *testing.T, way *Way) {
	w := way.start(t, patience)
	d := w.driver
	require.Regexp(t, word, string(d.Kind))
	checkText(t, "title", d.Title, false)
	checkText(t, "summary", d.Summary, true)
	require.Contains(t, []integrations.Category{integrations.CategoryCRM, integrations.CategoryTelephony, integrations.CategoryAnalytics}, d.Category)
	p := d.Policies
	require.GreaterOrEqual(t, p.Attempts, 0)
	if slices.Contains(d.Capabilities, integrations.CanCreateDeals) {
		require.Contains(t, []integrations.PhoneMatch{integrations.PhoneLast10, integrations.PhoneExact}, p.Phones)
	}
	if slices.Contains(d.Capabilities, integrations.CanReadDeals) {
		require.NotEmpty(t, d.DealsKind, "where its deals go")
		require.Contains(t, []integrations.Deleted{integrations.DeletedRemoved, integrations.DeletedKept}, p.Deleted)
		within(t, "catch-up", p.CatchUpEvery, time.Minute, 24*time.Hour)
		within(t, "overlap", p.Overlap, time.Second, time.Hour)
		within(t, "catalogue", p.CatalogueEvery, 10*time.Minute, 7*24*time.Hour)
	}
	testOpening(w)
}

func within(t *testing.T, what string, d, least, most time.Duration) {
	t.Helper()
	require.GreaterOrEqual(t, d, least, what)
	require.LessOrEqual(t, d, most, what)
}

// testOpening holds Open to making no request, and to telling of settings that are missing.
func testOpening(w *world) {
	before := len(w.kit.Journal.Find("", ""))
	w.open()
	require.Len(w.t, w.kit.Journal.Find("", ""), before, "Open makes no request")
	bare := w.session()
	bare.Settings, bare.Vault = integrations.Values{}, newVault(nil)
	c, err := w.driver.Open(bare)
	if err == nil { // what is missing may be a secret, which Open does not look at
		_, err = c.Test(w.t.Context())
	}
	kind := w.failure(err).Kind
	require.Contains(w.t, []integrations.FailureKind{integrations.FailSettings, integrations.FailKey}, kind, "without settings")
}

func testCapabilities(t *testing.T, way *Way) {
	w := way.start(t, patience)
	c := w.open()
	named := w.driver.Capabilities
	require.Len(t, slices.Compact(slices.Sorted(slices.Values(named))), len(named), "each is named once")
	for _, one := range named {
		require.Contains(t, implementations, one, "a capability nobody knows")
	}
	for _, one := range slices.Sorted(maps.Keys(implementations)) {
		isNamed := slices.Contains(named, one)
		require.Equal(t, isNamed, implementations[one](c), "%s: named %v, and implemented otherwise", one, isNamed)
	}
	who, err := c.Test(t.Context())
	w.ok(err)
	require.NotEmpty(t, who.ID)
	require.NotEmpty(t, who.Name)
	require.Regexp(t, `^https?://`, who.URL)
	for _, m := range who.Missing {
		require.Contains(t, named, m.Capability, "only what is named can be off")
		checkText(t, "why "+string(m.Capability)+" is off", m.Reason, true)
	}
}
