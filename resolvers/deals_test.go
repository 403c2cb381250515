package resolvers_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/graph/graphtest"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

func TestOC_1_Deals_aListCostsAConstantNumberOfStatements(t *testing.T) {
	t.Parallel()
	storetest.Each(t, nil, func(t *testing.T, db *store.DB) {
		owner := graphtest.New(t, db).Owner(t)
		crm := sellTo(owner)
		loadDeals(owner, crm, 0, 2)
		const query = `{ deals { nodes { id name funnel { name stages { name } } stage { name } lastOpenStage { name } employee { name } contact { name phones }
			contacts { name emails } history { stage { name } at } links { communicationId isDeciding } path { at source { channel } }
			attribution(model: "linear") { touches { weight } } revenue { amount } } } }`
		owner.Do(query, nil).OK() // the day's segment is built once, for whoever asks first
		few := owner.Count(query, nil).OK()
		loadDeals(owner, crm, 2, 30)
		owner.Do(query, nil).OK()
		many := owner.Count(query, nil).OK()
		require.Greater(t, len(many.Body), 5*len(few.Body))
		require.Positive(t, few.Statements)
		require.LessOrEqual(t, many.Statements, few.Statements, "the more deals, the same statements")
	})
}

func TestOC_1_CRMs_aListCostsAConstantNumberOfStatements(t *testing.T) {
	t.Parallel()
	storetest.Each(t, nil, func(t *testing.T, db *store.DB) {
		owner := graphtest.New(t, db).Owner(t)
		goal := addGoalOf(owner)
		link := func(crm string) {
			owner.Do(fmt.Sprintf(`mutation { updateCrm(input: {id: %q, goalIds: [%q]}) { crm { id } } }`, crm, goal), nil).OK()
		}
		link(sellTo(owner))
		const query = `{ crms { id name goals { name } dealCount dealsInProcessing funnels { name stages { name } } dealsLoad { state } } }`
		few := owner.Count(query, nil).OK()
		var me struct {
			Me struct{ Account struct{ ID string } }
		}
		owner.Do(`{ me { account { id } } }`, nil).OK().Into(&me)
		account, err := core.ParseID[core.AccountID](me.Me.Account.ID)
		require.NoError(t, err)
		service := deals.NewService(deals.Config{Store: db.DealStore(), Clock: db.Clock})
		for _, name := range []string{"North", "South", "East"} {
			crm, err := service.CreateCRM(t.Context(), account, deals.NewCRM{Kind: deals.KindBitrix, Name: name})
			require.NoError(t, err)
			link(crm.ID.String())
		}
		many := owner.Count(query, nil).OK()
		require.Contains(t, string(many.Body), "South")
		require.Positive(t, few.Statements)
		require.Equal(t, few.Statements, many.Statements)
	})
}

// addGoalOf makes a site with a goal and returns the goal's id.
func addGoalOf(owner *graphtest.Client) string {
	var made struct {
		CreateGoal struct{ Goal struct{ ID string } }
	}
	owner.Do(fmt.Sprintf(`mutation { createGoal(input: {siteId: %q, name: "Thanks", type: PAGE, conditions: {url: "/thanks"}}) { goal { id } } }`, addSite(owner, "shop.example")), nil).OK().Into(&made)
	return made.CreateGoal.Goal.ID
}

// sellTo makes a funnel, a contact and an employee in the account's own CRM and returns its id.
func sellTo(owner *graphtest.Client) string {
	var list struct{ Crms []struct{ ID string } }
	owner.Do(`{ crms { id } }`, nil).OK().Into(&list)
	crm := list.Crms[0].ID
	owner.Do(fmt.Sprintf(`mutation {
		createFunnel(input: {crmId: %[1]q, externalId: "f", name: "Sales", inProcess: [{externalId: "new", name: "New"}, {externalId: "work", name: "Work"}],
			success: {externalId: "won", name: "Won"}, failed: {externalId: "lost", name: "Lost"}}) { funnel { id } }
		uploadDealContacts(input: {crmId: %[1]q, contacts: [{externalId: "c", name: "Ann", phones: ["+7 926 244-43-93"]}]}) { count }
		uploadDealEmployees(input: {crmId: %[1]q, employees: [{externalId: "e", name: "Bob"}]}) { count }
	}`, crm), nil).OK()
	return crm
}

// loadDeals loads lost deals with these numbers, all of one day.
func loadDeals(owner *graphtest.Client, crm string, from, to int) {
	at := time.Now().UTC().Add(-48 * time.Hour).Format(time.RFC3339)
	var records []string
	for i := from; i < to; i++ {
		records = append(records, fmt.Sprintf(`{externalId: "d%d", name: "Deal", createdAt: %q, stageAt: %q, contactExternalIds: ["c"], mainContactExternalId: "c",
			employeeExternalId: "e", revenue: "10.50", funnelExternalId: "f", stageExternalId: "work"}`, i, at, at))
	}
	owner.Do(fmt.Sprintf(`mutation { uploadDeals(input: {crmId: %q, deals: [%s]}) { count } }`, crm, strings.Join(records, ", ")), nil).OK()
}

func TestOC_1_uploadDeals_nameTheRecordAtFault(t *testing.T) {
	t.Parallel()
	storetest.Each(t, nil, func(t *testing.T, db *store.DB) {
		owner := graphtest.New(t, db).Owner(t)
		crm := sellTo(owner)
		answer := owner.Do(fmt.Sprintf(`mutation { uploadDeals(input: {crmId: %q, deals: [
			{externalId: "a", name: "A", createdAt: "2026-01-01T00:00:00Z", stageAt: "2026-01-01T00:00:00Z", funnelExternalId: "f", stageExternalId: "new"},
			{externalId: "b", name: "B", createdAt: "2026-01-01T00:00:00Z", stageAt: "2026-01-01T00:00:00Z", funnelExternalId: "f", stageExternalId: "nowhere"}
		]}) { count } }`, crm), nil)
		answer.Fails("NOT_FOUND entity_not_found")
		require.Equal(t, "deals.1.stage_ext_id", answer.Errors[0].Extensions.Field)
		require.JSONEq(t, `{"deals": {"nodes": []}}`, string(owner.Do(`{ deals { nodes { id } } }`, nil).OK().Data), "one bad record stores nothing")
	})
}
