package ctpbx

import (
	"encoding/json"
	"strings"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/telephony"
)

// routeReasons are why a PBX asks.
var routeReasons = words(telephony.RouteNewCall, telephony.RouteDialResult, telephony.RouteDigits, telephony.RoutePlayed, telephony.RouteTimeout,
	telephony.RouteTalkEnded, telephony.RouteUnsupported)

// ParseRoute reads a PBX's question what to do with a call. Errors are of kind KindInvalid with the field at fault.
func ParseRoute(body []byte) (telephony.RouteRequest, error) {
	var r telephony.RouteRequest
	if err := json.Unmarshal(body, &r); err != nil {
		return r, badJSON("the body is no question of the contract: " + err.Error())
	}
	switch {
	case !isID(r.RequestID):
		return r, core.Invalid("request_id", codeBadID, "request_id must have 1 to 128 characters")
	case !isID(r.CallID):
		return r, core.Invalid("call_id", codeBadID, "call_id must have 1 to 128 characters")
	case r.Seq < 0 || r.Seq > MaxSeq:
		return r, core.Invalid("seq", codeBadSeq, "seq must be a number from 0 to %d", MaxSeq)
	case !routeReasons[r.Reason]:
		return r, core.Invalid("reason", codeBadValue, "reason must be new_call, dial_result, digits, played, timeout, talk_ended or unsupported")
	case r.DID == "" || !isNumber(r.DID):
		return r, core.Invalid("did", codeBadValue, "did must be the virtual number: digits with the country code, without a plus")
	case !isNumber(r.Caller):
		return r, core.Invalid("caller", codeBadValue, "caller must be digits with the country code, without a plus, or empty when hidden")
	case !isText(r.State, maxText):
		return r, core.Invalid("state", codeTooLong, "state must be the one we answered with")
	}
	return r, checkRouteData(&r)
}

func checkRouteData(r *telephony.RouteRequest) error {
	switch {
	case len(r.Data.Results) > maxParts:
		return core.Invalid("data.results", codeTooLong, "a dial has no more than %d results", maxParts)
	case len(r.Data.Value) > 64 || strings.Trim(r.Data.Value, "0123456789*#ABCD") != "":
		return core.Invalid("data.value", codeBadValue, "value must be the digits that were pressed")
	case !isText(r.Data.Instruction, maxText):
		return core.Invalid("data.instruction", codeTooLong, "instruction must be the name of the one the PBX does not know")
	}
	for _, result := range r.Data.Results {
		if !isText(result.LegID, MaxID) || !reasons[result.Reason] {
			return core.Invalid("data.results", codeBadValue, "a result has a leg_id and a reason of the contract")
		}
	}
	return nil
}
