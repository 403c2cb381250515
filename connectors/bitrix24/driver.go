// Package bitrix24 attaches Bitrix24: goals become deals or leads there, and its deals come into reports. A portal lets us in by an incoming web hook or
// by a local application (OAuth); only the latter brings events.
package bitrix24

import (
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/employees"
	"github.com/skvoz/skvoz/core/integrations"
	"github.com/skvoz/skvoz/internal/httpclient"
)

// Kind is the kind of this system.
const Kind integrations.Kind = "bitrix24"

// Deps is what connectors need from outside.
type Deps struct {
	// HTTP must make one attempt only.
	HTTP  *httpclient.Client
	Clock core.Clock

	modes *modes
}

// Driver describes Bitrix24.
func Driver(d Deps) integrations.Driver {
	d.modes = &modes{known: map[string]knownMode{}}
	return integrations.Driver{
		Kind:  Kind,
		Title: integrations.Text{RU: "Битрикс24", EN: "Bitrix24"},
		Summary: integrations.Text{
			RU: "Сделки и лиды по целям сайта, сделки Битрикс24 в отчётах о рекламе.",
			EN: "Deals and leads from the goals of a site, deals of Bitrix24 in the reports on advertising.",
		},
		Category:  integrations.CategoryCRM,
		DealsKind: deals.KindBitrix,
		Settings:  spec(),
		Capabilities: []integrations.Capability{
			integrations.CanListOptions, integrations.CanListEmployees, integrations.CanCreateContacts, integrations.CanCreateDeals,
			integrations.CanReadDeals, integrations.CanReceiveHooks,
		},
		Policies: integrations.Policies{
			Phones: integrations.PhoneLast10, Deleted: integrations.DeletedRemoved,
			CatchUpEvery: 5 * time.Minute, Overlap: 5 * time.Minute, CatalogueEvery: time.Hour,
		},
		Import:    &integrations.EmployeeImport{Mark: "Битрикс24", Policy: employees.Policy{PhoneTypes: []string{phoneWork, phoneMobile}}},
		Open:      d.open,
		Authorize: &integrations.Authorize{URL: d.authorizeURL, Finish: d.finish},
	}
}
