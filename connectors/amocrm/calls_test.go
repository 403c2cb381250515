package amocrm_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core/integrations"
)

const nobody = `{"_total_items":0,"errors":[{"title":"Entity not found","status":263,"detail":"","request_id":"0"}]}`

func TestCalls_WhatIsSent(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string][]answer{
		"GET /api/v4/leads/notes": {empty}, "GET /api/v4/contacts/notes": {empty}, "GET /api/v4/companies/notes": {empty}, "GET /api/v4/leads/unsorted": {empty},
		"POST /api/v4/calls":              {ok(`{"_total_items":1,"errors":[],"_embedded":{"calls":[{"id":31,"entity_id":1,"entity_type":"lead"}]}}`), {status: 400, body: nobody}},
		"POST /api/v4/leads/unsorted/sip": {ok(`{"_embedded":{"unsorted":[{"uid":"cd34"}]}}`)},
		"POST /api/v2/events":             {ok(`{"_embedded":{"items":[]}}`)},
	})
	c := b.open()
	call := integrations.LoggedCall{
		Key: "c-1", Phone: "79262444393", StartedAt: today, Duration: 95 * time.Second, Employee: "5", RecordURL: "https://stat.example.ru/r/1.mp3?a=1&b=2", VirtualLine: "74950000000",
	}
	remote, err := c.LogCall(t.Context(), call)
	require.NoError(t, err)
	require.Equal(t, "31", remote)
	golden(t, "call", b.sent("POST", "/api/v4/calls")[0].body)
	call.IsLost, call.Employee, call.RecordURL, call.Duration = true, "", "", 0
	remote, err = c.LogCall(t.Context(), call)
	require.NoError(t, err)
	require.Equal(t, "cd34", remote, "a stranger's call waits in the inbox")
	golden(t, "call-lost", b.sent("POST", "/api/v4/calls")[1].body)
	golden(t, "call-unsorted", b.sent("POST", "/api/v4/leads/unsorted/sip")[0].body)
	require.NoError(t, c.ShowPopUp(t.Context(), integrations.PopUp{CallID: "1", Phone: "79262444393", Employees: []string{"5", "x", "6"}}))
	golden(t, "popup", b.sent("POST", "/api/v2/events")[0].body)
	require.NoError(t, c.ShowPopUp(t.Context(), integrations.PopUp{Employees: []string{"x"}}))
	require.Len(t, b.sent("POST", "/api/v2/events"), 1, "nobody to show it to")
}
