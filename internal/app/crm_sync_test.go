package app_test

import (
	"context"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/integrations"
	"github.com/skvoz/skvoz/internal/observe"
	"github.com/skvoz/skvoz/internal/phonenum"
	"github.com/skvoz/skvoz/store"
)

// aCRM is a vendor with one funnel and one deal.
type aCRM struct {
	integrations.DealSource
	deal    integrations.RemoteDeal
	contact integrations.RemoteContact
}

func (*aCRM) Catalogue(context.Context) (integrations.Catalogue, error) {
	return integrations.Catalogue{
		Funnels: []integrations.RemoteFunnel{{ID: "7", Name: "Sales", Stages: []integrations.RemoteStage{
			{ID: "1", Name: "New", Status: deals.StageInProcess}, {ID: "142", Name: "Won", Status: deals.StageSuccess}, {ID: "143", Name: "Lost", Status: deals.StageFailed},
		}}},
		Employees: []integrations.RemoteEmployee{{ID: "9", Name: "Manager"}},
	}, nil
}

func (c *aCRM) DealsByID(context.Context, []string) (integrations.DealPage, error) {
	if c.deal.ID == "" {
		return integrations.DealPage{Gone: []string{"31"}}, nil
	}
	return integrations.DealPage{Deals: []integrations.RemoteDeal{c.deal}, Contacts: []integrations.RemoteContact{c.contact}}, nil
}

func (c *aCRM) CountDeals(context.Context, time.Time, time.Time) ([]integrations.StageCount, error) {
	return []integrations.StageCount{{FunnelID: "7", StageID: c.deal.StageID, Count: 1}}, nil
}

// noneSent: the deal was made by a manager.
type noneSent struct{}

func (noneSent) SentDeals(context.Context, core.AccountID, core.IntegrationID, []string) (map[string]core.CommunicationID, error) {
	return map[string]core.CommunicationID{}, nil
}

// TestGD_3_OC_2_dealOfAConnectedCRMShowsItsRevenueOnTheAd walks from a visit with a request to a deal a manager makes in the CRM with the visitor's
// phone, wins and deletes.
func TestGD_3_OC_2_dealOfAConnectedCRMShowsItsRevenueOnTheAd(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, engine store.Engine) {
		r := startApp(t, engine)
		b, i, reader := r.connect("gamma")
		visit := b.come(1, "utm_source=yandex&utm_medium=cpc&utm_campaign=spring")
		nextSecond(t)

		created := time.Now().UTC()
		crm := &aCRM{
			contact: integrations.RemoteContact{ID: "c5", Name: "Buyer", CreatedAt: created, Phones: []string{"8 (" + phoneOf("gamma")[1:4] + ") " + phoneOf("gamma")[4:]}},
			deal: integrations.RemoteDeal{
				ID: "31", Name: "Windows", CreatedAt: created, ModifiedAt: created, FunnelID: "7", StageID: "1", ContactIDs: []string{"c5"}, MainContactID: "c5", EmployeeID: "9",
				History: []integrations.StageEntry{{FunnelID: "7", StageID: "1", At: created}}, URL: "https://crm.example/31",
			},
		}
		require.NoError(t, reader.Pull(t.Context(), i, crm, []string{"31"}))
		b.deal = b.gql(b.tenant, `{ deals { nodes { id } } }`, "deals.nodes.0.id")
		linked := func() bool {
			return b.gql(b.tenant, `{ deals { nodes { match } } }`, "deals.nodes.0.match") == "PHONE"
		}
		require.Eventually(t, linked, 10*time.Second, 20*time.Millisecond)
		require.Equal(t, []string{visit + " 1.000000 0.00"}, b.touches(b.token, "last_click"))

		won, revenue := created.Add(time.Second), int64(100001)
		crm.deal.StageID, crm.deal.ModifiedAt, crm.deal.RevenueMinor, crm.deal.Currency = "142", won, &revenue, "RUB"
		crm.deal.History = append(crm.deal.History, integrations.StageEntry{FunnelID: "7", StageID: "142", At: won})
		require.NoError(t, reader.Pull(t.Context(), i, crm, []string{"31"}))
		require.Equal(t, []string{visit + " 1.000000 1000.01"}, b.touches(b.token, "last_click"))
		require.Equal(t, "yandex [1 100001]", b.firstSource())
		require.Equal(t, "SUCCESS", b.gql(b.tenant, `{ deals { nodes { status } } }`, "deals.nodes.0.status"))
		require.Equal(t, "Manager", b.gql(b.tenant, `{ deals { nodes { employee { name } } } }`, "deals.nodes.0.employee.name"))

		got, err := reader.Check(t.Context(), i, crm, created.Add(-time.Hour), created.Add(time.Hour))
		require.NoError(t, err)
		require.Equal(t, integrations.CheckReport{Here: 1, There: 1, Rows: []integrations.CheckRow{{Funnel: "Sales", Stage: "Won", Here: 1, There: 1}}}, got)

		crm.deal.ID = ""
		require.NoError(t, reader.Pull(t.Context(), i, crm, []string{"31"}))
		require.JSONEq(t, `{"data":{"deals":{"nodes":[]}}}`, b.raw(b.token, `{ deals { nodes { id } } }`))
		require.Equal(t, " ", b.firstSource(), "reports forget it, too")
	})
}

// firstSource is the first row of the report on end-to-end analytics by source: deals and revenue in minor units.
func (b *buyer) firstSource() string {
	b.t.Helper()
	today := time.Now().UTC()
	query := fmt.Sprintf(`{ report(input: {report: END_TO_END, period: {from: %q, to: %q}, dimensions: ["source"], columns: [{metric: "deals"}, {metric: "revenue"}], model: "last_click"}) { rows } }`,
		today.AddDate(0, 0, -1).Format(time.DateOnly), today.AddDate(0, 0, 1).Format(time.DateOnly))
	return b.gql(b.tenant, query, "report.rows.0.key") + " " + b.gql(b.tenant, query, "report.rows.0.values")
}

// connect makes an account with a site and a second CRM, and what reads into it.
func (r *running) connect(marker string) (*buyer, integrations.Integration, *integrations.Reader) {
	r.t.Helper()
	email := "owner@" + marker + ".example"
	account := r.commandJSON(password+"\n", "account", "create", "--name", marker+" company", "--email", email)
	site := r.commandJSON("", "site", "create", "--account", account["account_id"], "--domain", marker+".example")
	token := r.commandJSON("", "token", "create", "--email", email, "--scope", "read,write", "--name", "own")
	b := &buyer{running: r, tenant: &tenant{marker: marker, token: token["token"], siteKey: site["site_key"]}}
	r.waitForSite(b.tenant)
	require.NotEmpty(r.t, r.gql(b.tenant, `{ crms { id } }`, "crms.0.id"), "the account's own CRM stays beside it")

	db, err := store.Open(r.t.Context(), store.Config{DSN: r.dsn, MaxConns: 4, Log: observe.Discard()})
	require.NoError(r.t, err)
	r.t.Cleanup(func() { require.NoError(r.t, db.Close()) })
	service := deals.NewService(deals.Config{
		Store: db.DealStore(), Clock: db.Clock, ReadEmail: phonenum.NormalizeEmail,
		ReadPhone: func(raw string) (string, bool) { return phonenum.Normalize(raw, "RU") },
		Currency:  func(context.Context, core.AccountID) (string, error) { return "RUB", nil },
	})
	number, err := strconv.ParseInt(account["account_id"], 10, 64)
	require.NoError(r.t, err)
	crm, err := service.CreateCRM(r.t.Context(), core.AccountID(number), deals.NewCRM{Kind: deals.KindAmoCRM, Name: fmt.Sprint("amoCRM ", marker)})
	require.NoError(r.t, err)
	driver := integrations.Driver{Kind: "toy", Policies: integrations.Policies{Deleted: integrations.DeletedRemoved}}
	reader := integrations.NewReader(integrations.ReaderConfig{Drivers: []integrations.Driver{driver}, Deals: service, Sent: noneSent{}, Clock: db.Clock})
	return b, integrations.Integration{ID: 1, AccountID: crm.AccountID, Kind: "toy", CRMID: crm.ID}, reader
}
