// Package acme attaches Acme, a CRM that exists in the documentation alone: docs/dev/how-to-add-a-crm.md is made of these files.
package acme

import (
	"context"
	"strings"
	"time"

	"github.com/skvoz/skvoz/connectors/wire"
	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/integrations"
	"github.com/skvoz/skvoz/internal/httpclient"
)

// Kind is the kind of the integration.
const Kind integrations.Kind = "acme"

// Deps are what connectors work with.
type Deps struct {
	// HTTP makes one attempt: jobs repeat, not requests.
	HTTP  *httpclient.Client
	Clock core.Clock
}

// Driver describes Acme.
func Driver(d Deps) integrations.Driver {
	return integrations.Driver{
		Kind:  Kind,
		Title: integrations.Text{RU: "Acme", EN: "Acme"},
		Summary: integrations.Text{
			RU: "Сделки по целям сайта и выручка в отчётах о рекламе.",
			EN: "Deals from goals of the site; revenue in the reports on advertising.",
		},
		Category:  integrations.CategoryCRM,
		DealsKind: deals.KindCustom,
		Settings:  spec(),
		Capabilities: []integrations.Capability{
			integrations.CanListOptions, integrations.CanListEmployees, integrations.CanCreateContacts, integrations.CanCreateDeals, integrations.CanReadDeals,
			integrations.CanReceiveCommands,
		},
		Policies: integrations.Policies{
			Phones: integrations.PhoneLast10, Deleted: integrations.DeletedRemoved,
			CatchUpEvery: 5 * time.Minute, Overlap: 5 * time.Minute, CatalogueEvery: 12 * time.Hour,
		},
		Open: func(s integrations.Session) (integrations.Connector, error) { return open(d, s) },
	}
}

// connector is an open connection to one account.
type connector struct {
	session integrations.Session
	address string
	caller  wire.Caller
}

var (
	_ integrations.Options      = (*connector)(nil)
	_ integrations.Employees    = (*connector)(nil)
	_ integrations.DealDesk     = (*connector)(nil)
	_ integrations.DealSource   = (*connector)(nil)
	_ integrations.CallCommands = (*connector)(nil)
)

func open(d Deps, s integrations.Session) (integrations.Connector, error) {
	address := strings.TrimRight(s.Settings.Text(keyAddress), "/")
	if address == "" {
		return nil, &integrations.Failure{Kind: integrations.FailSettings, Field: keyAddress, Detail: "the address is missing"}
	}
	// Acme allows five requests a second for each account, from wherever they come.
	limit := integrations.Limit{Key: "acme:" + address, Every: 200 * time.Millisecond, Burst: 5}
	return &connector{session: s, address: address, caller: wire.Caller{HTTP: d.HTTP, Session: s, Limits: []integrations.Limit{limit}}}, nil
}

// Test implements integrations.Connector.
func (c *connector) Test(ctx context.Context) (integrations.Account, error) {
	var me struct {
		Company struct{ ID, Name string }
		User    string
	}
	err := c.get(ctx, "/api/me", nil, &me)
	if err == nil && me.Company.ID == "" {
		err = &integrations.Failure{Kind: integrations.FailAnswer, Err: errStranger}
	}
	if err != nil {
		return integrations.Account{}, atTheDoor(err)
	}
	return integrations.Account{ID: me.Company.ID, Name: me.Company.Name, URL: c.address, User: me.User}, nil
}
