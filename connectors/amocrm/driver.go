// Package amocrm attaches amoCRM (Kommo): contacts and deals from goals, deals for reports with the history of their statuses, webhooks, calls.
// What its interface answers was learnt from its documentation and from clients; where that is no more than a memory, a comment says so.
package amocrm

import (
	"context"
	"time"

	"github.com/skvoz/skvoz/connectors/wire"
	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/integrations"
	"github.com/skvoz/skvoz/internal/httpclient"
)

// Kind is the kind of the integration.
const Kind integrations.Kind = "amocrm"

// Deps are what connectors work with.
type Deps struct {
	// HTTP makes one attempt: jobs repeat, not requests.
	HTTP  *httpclient.Client
	Clock core.Clock
}

// Driver describes amoCRM.
func Driver(d Deps) integrations.Driver {
	m := newMemory()
	return integrations.Driver{
		Kind:  Kind,
		Title: integrations.Text{RU: "amoCRM", EN: "amoCRM (Kommo)"},
		Summary: integrations.Text{
			RU: "Сделки по целям сайта, сделки и выручка в отчётах о рекламе.",
			EN: "Deals from goals of the site; deals and revenue in the reports on advertising.",
		},
		Category:  integrations.CategoryCRM,
		DealsKind: deals.KindAmoCRM,
		Settings:  settingsSpec(),
		Capabilities: []integrations.Capability{
			integrations.CanListOptions, integrations.CanListEmployees, integrations.CanCreateContacts, integrations.CanCreateDeals,
			integrations.CanReadDeals, integrations.CanReceiveHooks, integrations.CanLogCalls, integrations.CanPopUp,
		},
		Policies: integrations.Policies{
			Phones: integrations.PhoneLast10, Deleted: integrations.DeletedRemoved,
			CatchUpEvery: 10 * time.Minute, Overlap: 5 * time.Minute, CatalogueEvery: 12 * time.Hour,
		},
		Import: &integrations.EmployeeImport{Mark: "amoCRM"},
		Open: func(s integrations.Session) (integrations.Connector, error) {
			c, err := open(d, s, m)
			if err != nil {
				return nil, err
			}
			return c, nil
		},
		Authorize: &integrations.Authorize{
			URL: authorizeURL,
			Finish: func(ctx context.Context, s integrations.Session, query map[string]string, redirect string) error {
				c, err := open(d, s, m)
				if err != nil {
					return err
				}
				return c.finish(ctx, query, redirect)
			},
		},
	}
}

// connector is an open connection to one account.
type connector struct {
	session  integrations.Session
	settings integrations.Values
	address  address
	caller   wire.Caller
	limit    integrations.Limit
	// secrets are as they were read last; nil before the first request.
	secrets map[string]string
	memory  *memory
}

var (
	_ integrations.Options      = (*connector)(nil)
	_ integrations.Employees    = (*connector)(nil)
	_ integrations.DealDesk     = (*connector)(nil)
	_ integrations.DealSource   = (*connector)(nil)
	_ integrations.HookReceiver = (*connector)(nil)
	_ integrations.CallLog      = (*connector)(nil)
	_ integrations.CallPopUps   = (*connector)(nil)
)

func open(d Deps, s integrations.Session, m *memory) (*connector, error) {
	settings := s.Settings.WithDefaults(settingsSpec())
	at, err := parseAddress(settings.Text(keyAddress))
	if err != nil {
		return nil, err
	}
	if settings.Text(keyAuth) == authOAuth && settings.Text(keyClientID) == "" {
		return nil, &integrations.Failure{Kind: integrations.FailSettings, Field: keyClientID, Detail: "the integration's ID is missing"}
	}
	if s.Clock == nil {
		s.Clock = d.Clock
	}
	c := &connector{session: s, settings: settings, address: at, limit: limitOf(settings, at), memory: m}
	c.caller = wire.Caller{HTTP: d.HTTP, Session: s, Limits: []integrations.Limit{c.limit}}
	return c, nil
}

// limitOf keeps below the vendor's seven requests a second in any second, wherever it begins: one each 170 ms and none in advance. That is six in a second;
// the seventh is room for one that is delayed on its way, or was held back to let others pass. A burst on top of such a rate would make more than seven in
// its first second, and the vendor bans those who often do that.
func limitOf(settings integrations.Values, at address) integrations.Limit {
	who := at.host()
	if settings.Text(keyAuth) == authOAuth {
		who = settings.Text(keyClientID)
	}
	return integrations.Limit{Key: "amocrm:" + who, Every: 170 * time.Millisecond, Burst: 1}
}
