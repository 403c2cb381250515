package ctpbx

import (
	"encoding/json"
	"net/http"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/internal/httpclient"
	"github.com/skvoz/skvoz/pbx/wire"
)

// said is what the codes of the contract mean to people.
var said = map[string]string{
	"invalid_parameter":     "the PBX finds something wrong in the command",
	"destination_forbidden": "the PBX does not call this number: allow the direction there",
	"call_not_found":        "the PBX knows no such call: it has ended",
	"leg_not_found":         "the PBX knows no such leg: it has ended",
	"invalid_state":         "the PBX can't do this with the call now",
	"caller_id_not_allowed": "the PBX may not show this number: choose another one, or let the operator of the trunk allow it",
	"no_active_number":      "the employee has no telephone that could ring: look at his lines and numbers",
	"contact_blacklisted":   "the number is on the PBX's black list",
	"not_supported":         "the PBX has no such command",
}

// byStatus are the codes of answers that name none of the contract.
var byStatus = map[int]string{
	http.StatusBadRequest: "invalid_parameter", http.StatusForbidden: "destination_forbidden", http.StatusNotFound: "call_not_found",
	http.StatusConflict: "invalid_state", http.StatusUnprocessableEntity: "invalid_parameter", http.StatusMethodNotAllowed: "not_supported", http.StatusNotImplemented: "not_supported",
}

// refusal is what an answer without success means; nil for one with it.
func refusal(res *httpclient.Response) error {
	var answer struct {
		Error struct {
			Code    string `json:"code"`
			Message string `json:"message"`
			Field   string `json:"field"`
		} `json:"error"`
	}
	isOurs := json.Unmarshal(res.Body, &answer) == nil && answer.Error.Code != ""
	switch {
	case res.Status >= 200 && res.Status < 300:
		return nil
	case res.Status == http.StatusUnauthorized:
		return wire.Refused("unauthorized", "the PBX refuses our token: correct it in the connection's settings", "")
	case res.Status == http.StatusNotImplemented:
	case res.Status == http.StatusTooManyRequests, res.Status >= 500:
		return wire.Overloaded(res)
	case res.Status >= 300 && res.Status < 400:
		return wire.Unreadable("the answers of the contract")
	case res.Status == http.StatusNotFound && !isOurs: // a page, not a PBX
		return core.Unavailable("there is no PBX of the contract ct-pbx/1 at the address of the connection", 0, nil).WithReason("bad_address").WithField("address")
	}
	code := answer.Error.Code
	if said[code] == "" {
		code = byStatus[res.Status]
	}
	if code == "" {
		code = "invalid_parameter"
	}
	return wire.Refused(code, said[code], answer.Error.Message).WithField(answer.Error.Field)
}
