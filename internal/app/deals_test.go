package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/stretchr/testify/require"
)

// sell gives a tenant a CRM with a funnel, a contact who is the visitor, an employee and a won deal, and what one sets up for reports.
func (r *running) sell(x *tenant) {
	r.t.Helper()
	crm := r.gql(x, `{ crms { id } }`, "crms.0.id")
	stage := func(name string) string {
		return fmt.Sprintf(`{externalId: %q, name: %q}`, name+x.marker, x.marker+" "+name)
	}
	funnel := r.gql(x, fmt.Sprintf(`mutation { createFunnel(input: {crmId: %q, externalId: "f", name: %q, inProcess: [%s], success: %s, failed: %s}) { funnel { id } } }`,
		crm, x.marker+" funnel", stage("new"), stage("won"), stage("lost")), "createFunnel.funnel.id")
	r.gql(x, fmt.Sprintf(`mutation { uploadDealContacts(input: {crmId: %q, contacts: [{externalId: "c", name: %q, phones: [%q]}]}) { count } }`,
		crm, x.marker+" contact", phoneOf(x.marker)), "uploadDealContacts.count")
	r.gql(x, fmt.Sprintf(`mutation { uploadDealEmployees(input: {crmId: %q, employees: [{externalId: "e", name: %q}]}) { count } }`, crm, x.marker+" employee"), "uploadDealEmployees.count")
	at := now()
	r.gql(x, fmt.Sprintf(`mutation { uploadDeals(input: {crmId: %q, deals: [{externalId: "d", name: %q, createdAt: %q, stageAt: %q, contactExternalIds: ["c"],
		mainContactExternalId: "c", employeeExternalId: "e", revenue: "1000.00", funnelExternalId: "f", stageExternalId: %q}]}) { count } }`,
		crm, x.marker+" deal", at, at, "won"+x.marker), "uploadDeals.count")
	require.Eventually(r.t, func() bool { return r.gql(x, `{ deals { nodes { path { at } } } }`, "deals.nodes.0.path.0.at") != "" }, 10*time.Second, 20*time.Millisecond)
	x.ids["crm"], x.ids["funnel"] = []string{crm}, []string{funnel}
	x.ids["deal"] = []string{r.gql(x, `{ deals { nodes { id } } }`, "deals.nodes.0.id")}
	x.ids["contact"] = []string{r.gql(x, `{ deals { nodes { contact { id } } } }`, "deals.nodes.0.contact.id")}
	x.ids["employee"] = []string{r.gql(x, `{ deals { nodes { employee { id } } } }`, "deals.nodes.0.employee.id")}
	x.ids["view"] = []string{r.gql(x, fmt.Sprintf(`mutation { saveReportView(input: {report: DEALS, name: %q, isShared: true, definition: "{}"}) { view { id } } }`, x.marker+" view"), "saveReportView.view.id")}
	x.ids["formula"] = []string{r.gql(x, fmt.Sprintf(`mutation { saveReportFormula(input: {name: %q, expression: "cost / deals", type: MONEY}) { formula { id } } }`, x.marker+" formula"), "saveReportFormula.formula.id")}
	own := r.gql(x, fmt.Sprintf(`mutation { saveAttributionModel(input: {name: %q, kind: POSITION, first: 0.5, middle: 0.25, last: 0.25}) { model { id } } }`, x.marker+" model"), "saveAttributionModel.model.id")
	x.ids["model"] = []string{strings.TrimPrefix(own, "custom:")}
	r.gql(x, fmt.Sprintf(`mutation { allowNetwork(input: {network: "10.0.0.0/8", comment: %q}) { networks { network } } }`, x.marker), "allowNetwork.networks.0.network")
	r.attach(x)
}

// attach attaches a CRM, as far as that goes without one, and lets a webhook come.
func (r *running) attach(x *tenant) {
	r.t.Helper()
	id := r.gql(x, `mutation { createIntegration(input: {kind: "amocrm"}) { integration { id } } }`, "createIntegration.integration.id")
	r.gql(x, fmt.Sprintf(`mutation { updateIntegration(input: {id: %q, name: %q, settings: [{key: "address", values: [%q]}, {key: "token", values: [%q]}]}) { integration { id } } }`,
		id, x.marker+" integration", "http://127.0.0.1:1/"+x.marker, x.marker+" token"), "updateIntegration.integration.id")
	hook, err := url.Parse(r.gql(x, fmt.Sprintf(`{ integration(id: %q) { hookUrl } }`, id), "integration.hookUrl"))
	require.NoError(r.t, err)
	resp, err := http.Post(r.url+hook.Path, "application/x-www-form-urlencoded", strings.NewReader("leads[add][0][name]="+x.marker))
	require.NoError(r.t, err)
	require.NoError(r.t, resp.Body.Close())
	require.Equal(r.t, http.StatusOK, resp.StatusCode)
	x.ids["integration"] = []string{id}
	x.ids["job"] = []string{r.gql(x, fmt.Sprintf(`{ integrationJobs(id: %q) { nodes { id } } }`, id), "integrationJobs.nodes.0.id")}
}

// gql sends a query as a tenant and returns the value at a path of keys and places in the answer's data, as text.
func (r *running) gql(x *tenant, query, path string) string {
	r.t.Helper()
	answer := r.raw(x.token, query)
	var parsed struct {
		Data   any
		Errors json.RawMessage
	}
	require.NoError(r.t, json.Unmarshal([]byte(answer), &parsed), answer)
	require.Empty(r.t, string(parsed.Errors), "%s: %s", query, answer)
	value := parsed.Data
	for _, key := range strings.Split(path, ".") {
		switch v := value.(type) {
		case map[string]any:
			value = v[key]
		case []any:
			var place int
			_, err := fmt.Sscan(key, &place)
			require.NoError(r.t, err)
			if place >= len(v) {
				return ""
			}
			value = v[place]
		}
	}
	return fmt.Sprint(value)
}
