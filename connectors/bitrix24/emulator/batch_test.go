package emulator_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBatch_PartsThatFailLeaveTheOthersAlone(t *testing.T) {
	t.Parallel()
	p := unlimited(t)
	cmd := `{"cmd":{"one":"crm.deal.get?id=1","bad":"crm.deal.get?id=999","two":"user.get","nested":"batch?cmd[x]=server.time","unknown":"no.such"}}`
	status, body := p.raw(t, p.Webhook()+"batch", cmd)
	require.Equal(t, 200, status)
	result := body["result"].(m)
	require.Len(t, result["result"], 2)
	failed := result["result_error"].(m)
	require.Equal(t, m{"error": "", "error_description": "Not found"}, failed["bad"])
	require.Equal(t, "ERROR_BATCH_METHOD_NOT_ALLOWED", failed["nested"].(m)["error"])
	require.Equal(t, "ERROR_METHOD_NOT_FOUND", failed["unknown"].(m)["error"])
	require.Equal(t, m{"two": 3}, result["result_total"])
	require.Equal(t, []any{}, result["result_next"])
	require.Contains(t, result["result_time"], "one")
}

func TestBatch_HaltStopsAtTheFirstFailure(t *testing.T) {
	t.Parallel()
	p := unlimited(t)
	_, body := p.raw(t, p.Webhook()+"batch", `{"halt":1,"cmd":{"a":"server.time","b":"crm.deal.get?id=999","c":"crm.deal.add?fields[TITLE]=x"}}`)
	result := body["result"].(m)
	require.Len(t, result["result"], 1)
	require.Len(t, result["result_error"], 1)
	require.Equal(t, 4, p.Counters().Deals)
}

func TestBatch_AnswersOfEarlierCommandsCanBeUsed(t *testing.T) {
	t.Parallel()
	p := unlimited(t)
	_, body := p.raw(t, p.Webhook()+"batch", `{"cmd":{"contact":"crm.contact.add?fields[NAME]=%D0%90&fields[PHONE][0][VALUE]=%2B79990001122",
		"deal":"crm.deal.add?fields[TITLE]=No $result[contact]&fields[CONTACT_ID]=$result[contact]","found":"crm.deal.list?filter[CONTACT_ID]=$result[contact]",
		"again":"crm.deal.get?id=$result[found][0][ID]"}}`)
	result := body["result"].(m)
	require.Equal(t, []any{}, result["result_error"], result)
	got := result["result"].(m)
	require.Equal(t, fmt.Sprint("No ", got["contact"]), got["again"].(m)["TITLE"])
	require.Equal(t, fmt.Sprint(got["contact"]), got["again"].(m)["CONTACT_ID"])
}

func TestBatch_CommandsBeyond50AreRefused(t *testing.T) {
	t.Parallel()
	p := unlimited(t)
	cmd := make([]string, 52)
	for i := range cmd {
		cmd[i] = "server.time"
	}
	result := p.ok(t, "batch", m{"cmd": cmd}).(m)
	require.Len(t, result["result"], 50)
	require.IsType(t, []any{}, result["result"], "numbered commands are answered by a list")
	require.Equal(t, "ERROR_BATCH_LENGTH_EXCEEDED", result["result_error"].(m)["51"].(m)["error"])
}

func TestBatch_FormsEncodeCommandsTwice(t *testing.T) {
	t.Parallel()
	p := unlimited(t)
	_, body := p.form(t, p.Webhook()+"batch.json", "halt=0&cmd[a]=crm.deal.list%3Ffilter%255B%253EID%255D%3D2%26select%255B%255D%3DID")
	require.Equal(t, []m{{"ID": "3"}, {"ID": "4"}}, rows(body["result"].(m)["result"].(m)["a"]))
}
