package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/stretchr/testify/require"
)

// telephone attaches a PBX that tells of a call that is over and of one that rings, and marks the first one.
func (r *running) telephone(x *tenant) {
	r.t.Helper()
	x.ids["pbxConnection"] = []string{r.id(x, `mutation { createPbxConnection(input: {kind: CTPBX, name: "`+x.marker+` pbx", isWeak: true}) { connection { id } } }`)}
	address := r.gql(x, `{ pbxConnection(id: "`+x.ids["pbxConnection"][0]+`") { eventsUrl } }`, "pbxConnection.eventsUrl")
	_, path, found := strings.Cut(address, "/tel/")
	require.True(r.t, found, address)
	at := time.Now().UTC().Add(-time.Minute).Format(time.RFC3339)
	event := func(call string, seq int, kind, data string) string {
		return fmt.Sprintf(`{"id":"%s-%s-%d","type":"%s","occurred_at":"%s","call_id":"%s-%s","seq":%d,"data":{%s}}`, x.marker, call, seq, kind, at, x.marker, call, seq, data)
	}
	var list []string
	for _, call := range []string{"over", "rings"} {
		list = append(list,
			event(call, 1, "call_started", `"direction":"in","did":"74950000002","caller":"79160000001","initiator":"trunk"`),
			event(call, 2, "leg_started", `"leg_id":"a","role":"contact","number":"79160000001"`))
	}
	list = append(list, event("over", 3, "call_finished", `"lost":true,"lost_reason":"no_answer","last_seq":3,"started_at":"`+at+`","ended_at":"`+at+`","wait_ms":1000,"talk_ms":0,"total_ms":1000`))
	answer, err := http.Post(r.url+"/tel/"+path, "application/json", strings.NewReader(`{"events":[`+strings.Join(list, ",")+`]}`))
	require.NoError(r.t, err)
	defer answer.Body.Close()
	require.Equal(r.t, http.StatusOK, answer.StatusCode)
	const both = `{ calls { nodes { id } } }`
	require.Eventually(r.t, func() bool { return strings.Count(r.raw(x.token, both), `"id"`) == 2 }, 10*time.Second, 20*time.Millisecond)
	x.ids["call"] = []string{r.id(x, `{ calls(filter: {isLost: true}) { nodes { id } } }`)}
	x.ids["tag"] = []string{r.id(x, `mutation { createCallTag(input: {name: "`+x.marker+` tag"}) { tag { id } } }`)}
	r.id(x, `mutation { tagCall(input: {callId: "`+x.ids["call"][0]+`", add: ["`+x.ids["tag"][0]+`"]}) { call { id } } }`)
}
