package dataapi

import (
	"context"
	_ "embed"
	"hash/fnv"
	"net/http"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/calltracking"
	"github.com/skvoz/skvoz/core/employees"
	"github.com/skvoz/skvoz/core/telephony"
)

// callMethodsJSON is the table of the Call API's methods.
//
//go:embed call_methods.json
var callMethodsJSON []byte

// Commander begins and leads calls; telephony.Commander does.
type Commander interface {
	Start(ctx context.Context, account core.AccountID, n telephony.NewCall) (telephony.BegunCall, error)
	Do(ctx context.Context, account core.AccountID, a telephony.Act) (telephony.Call, error)
}

// RunningCalls reads and marks calls; telephony.Calls does.
type RunningCalls interface {
	ActiveCalls(ctx context.Context, account core.AccountID) ([]telephony.Call, error)
	Call(ctx context.Context, account core.AccountID, id core.CallID) (telephony.Call, error)
	ByPBX(ctx context.Context, ref telephony.CallRef) (telephony.Call, error)
	TagsOf(ctx context.Context, account core.AccountID, ids []core.CallID) (map[core.CallID][]telephony.CallTag, error)
	Tag(ctx context.Context, account core.AccountID, id core.CallID, user core.UserID, add, remove []core.CallTagID) (telephony.Call, error)
}

// CallConfig is what the Call API needs besides what the Data API does.
type CallConfig struct {
	Config
	Commander Commander
	Calls     RunningCalls
	// Number finds a virtual number by its digits; KindNotFound.
	Number func(ctx context.Context, account core.AccountID, digits core.Phone) (calltracking.VirtualNumber, error)
	// Employees names employees.
	Employees func(ctx context.Context, account core.AccountID, ids []core.EmployeeID) (map[core.EmployeeID]employees.Employee, error)
	// ScenarioTarget says whom a scenario would ring first for a contact; KindNotFound: no such scenario, KindInvalid no_active_number: nobody.
	ScenarioTarget func(ctx context.Context, account core.AccountID, scenario core.ScenarioID, contact, number core.Phone) (telephony.Target, error)
	ReadPhone      func(raw string) (core.Phone, bool)
}

// CallAPIPath is where the Call API is.
const CallAPIPath = "/v4.0"

// NewCallAPI returns the handler of the Call API: JSON-RPC 2.0 with the methods, errors and states of the original's version 4.0 (docs/dev/call-api.md). Keys, sessions,
// address lists, limits and the journal are those of the Data API.
func NewCallAPI(cfg CallConfig) http.Handler {
	h, _ := New(cfg.Config).(*handler)
	c := &callAPI{cfg}
	h.methods = loadTable(callMethodsJSON, c.runs())
	return h
}

type callAPI struct{ CallConfig }

func (a *callAPI) runs() map[string]work {
	return map[string]work{
		loginMethod: loginUser, "logout.user": logoutUser, "list.calls": a.list,
		"start.employee_call": a.startEmployee, "start.simple_call": a.startSimple, "start.scenario_call": a.startScenario,
		"hold.call":      a.in(a.act(telephony.ActHold), telephony.StateTalking),
		"unhold.call":    a.in(a.act(telephony.ActUnhold), telephony.StateHeld),
		"make.call":      a.in(a.makeCall, telephony.StateHeld),
		"transfer.talk":  a.consulting(telephony.ActTransferComplete),
		"restore.talk":   a.consulting(telephony.ActTransferCancel),
		"release.call":   a.in(a.act(telephony.ActHangup)),
		"disconnect.leg": a.in(a.disconnect),
		"tag.call":       a.in(a.tag),
		"record.call":    a.in(a.record, telephony.StateTalking, telephony.StateHeld),
		"send.dtmf":      a.in(a.dtmf, telephony.StateTalking),
	}
}

// Errors of the Call API alone.
var (
	callSessionNotFound   = refusal{-32602, "call_session_not_found", "Call session with id %d not found. It is not your call session"}
	legNotFound           = refusal{-32602, "leg_not_found", "Leg with id %d not found"}
	employeeNotFound      = refusal{-32602, "employee_not_found", "Employee with id %d not found. It is not your employee."}
	noActivePhoneNumber   = refusal{-32602, "no_active_phone_number", "Employee has no active phone number"}
	ownNumberNotAllowed   = refusal{-32602, "own_virtual_phone_number_not_allowed", "Own virtual phone number is not allowed"}
	scenarioNotFound      = refusal{-32602, "scenario_not_found", "Scenario with id %d not found"}
	mediaFileNotFound     = refusal{-32602, "media_file_not_found", "Media file with id %d not found"}
	tagNotFound           = refusal{-32602, "tag_not_found", "Tag with id %d not found"}
	duplicateTag          = refusal{-32602, "duplicate_tag", "Tag is set already"}
	contactInBlacklist    = refusal{-32002, "contact_in_blacklist", "Contact is in the black list"}
	directionForbidden    = refusal{-32002, "forbidden_direction", "Calls in this direction are forbidden"}
	invalidState          = refusal{-32004, "invalid_state", "Method can't be called in this state of the call"}
	virtualNumberNotFound = refusal{-32007, "virtual_phone_number_not_found", "Virtual phone number %s not found. It is not your virtual phone number."}
	componentDisabled     = refusal{-32008, "component_disabled", "Component %s has been disabled"}
	invalidCombination    = refusal{-32602, "invalid_parameters_combination", "Invalid parameters combination"}
	maxMessage            = 500
	ttsTextExceeded       = refusal{-32602, "tts_text_exceeded", "Text of the message is too long"}
)

// callFault puts what the use cases refuse into the API's words.
func callFault(err error, o object) error {
	known := core.AsError(err)
	switch known.Reason {
	case "employee_not_found":
		return refuse(employeeNotFound, o.of("employee").number("id")).at("employee.id")
	case "no_active_number", "employee_not_free":
		return refuse(noActivePhoneNumber).because("%s", known.Message)
	case "caller_id_not_allowed":
		return refuse(virtualNumberNotFound, o.text("virtual_phone_number")).at("virtual_phone_number").because("%s", known.Message)
	case "contact_blacklisted":
		return refuse(contactInBlacklist).at("contact")
	case "destination_forbidden":
		return refuse(directionForbidden).at("contact").because("%s", known.Message)
	case "no_connection", "not_supported":
		return refuse(componentDisabled, "telephony").because("%s", known.Message)
	case "invalid_state":
		return refuse(invalidState).because("%s", known.Message)
	case "bad_phone", "bad_target":
		return refuse(invalidParameterValue).at("contact").because("%s", known.Message)
	case "leg_not_found":
		return refuse(legNotFound, o.number("leg_id")).at("leg_id")
	}
	return err
}

func (a *callAPI) startEmployee(ctx context.Context, c *call) (any, error) {
	o := c.args
	if v := opt[bool](o, "early_switching"); v.Value && (o.text("first_call") != "employee" || !opt[bool](o, "switch_at_once").Value) {
		return nil, refuse(invalidCombination).at("early_switching").because("early_switching needs first_call employee and switch_at_once true")
	}
	e := o.of("employee")
	return a.start(ctx, c, telephony.NewCall{EmployeeID: core.EmployeeID(e.number("id")), EmployeePhone: e.text("phone_number"), ContactFirst: o.text("first_call") == "contact"})
}

func (a *callAPI) startSimple(ctx context.Context, c *call) (any, error) {
	return a.start(ctx, c, telephony.NewCall{Operator: c.args.text("operator"), ContactFirst: c.args.text("first_call") == "contact"})
}

func (a *callAPI) startScenario(ctx context.Context, c *call) (any, error) {
	o := c.args
	id := core.ScenarioID(o.number("scenario_id"))
	contact, _ := a.ReadPhone(o.text("contact"))
	number, _ := a.ReadPhone(o.text("virtual_phone_number"))
	to, err := a.ScenarioTarget(ctx, c.account(), id, contact, number)
	if err != nil {
		if core.KindOf(err) == core.KindNotFound {
			return nil, refuse(scenarioNotFound, int64(id)).at("scenario_id")
		}
		return nil, callFault(err, o)
	}
	n := telephony.NewCall{ContactFirst: o.text("first_call") == "contact", ScenarioID: id}
	if employee, err := core.ParseID[core.EmployeeID](to.EmployeeID); err == nil {
		n.EmployeeID, n.EmployeePhone = employee, to.Value
	} else {
		n.Operator = to.Value
	}
	return a.start(ctx, c, n)
}

// start begins a call and answers with its session once it is known here.
func (a *callAPI) start(ctx context.Context, c *call, n telephony.NewCall) (any, error) {
	o := c.args
	for _, field := range []string{"contact", "virtual_phone_number"} {
		if strings.HasPrefix(o.text(field), "+") {
			return nil, refuse(invalidParameterValue).at(field).sent(o.text(field)).because("write numbers without a plus")
		}
	}
	if err := a.checkMessages(o); err != nil {
		return nil, err
	}
	digits, _ := a.ReadPhone(o.text("virtual_phone_number"))
	number, err := a.Number(ctx, c.account(), digits)
	if err != nil && core.KindOf(err) == core.KindNotFound || err == nil && number.IsTollFree() {
		return nil, refuse(virtualNumberNotFound, o.text("virtual_phone_number")).at("virtual_phone_number")
	}
	if err != nil {
		return nil, err
	}
	if contact, ok := a.ReadPhone(o.text("contact")); ok && contact == number.Number {
		return nil, refuse(ownNumberNotAllowed).at("contact")
	}
	n.Phone, n.NumberID, n.ExternalID, n.UserID, n.Origin = o.text("contact"), number.ID, o.text("external_id"), c.caller.UserID, "call_api"
	n.HideCallerID = o.given("show_virtual_phone_number") && !opt[bool](o, "show_virtual_phone_number").Value
	begun, err := a.Commander.Start(ctx, c.account(), n)
	if err != nil {
		return nil, callFault(err, o)
	}
	session, err := a.session(ctx, telephony.CallRef{AccountID: c.account(), ConnectionID: begun.ConnectionID, PBXCallID: begun.PBXCallID})
	if err != nil {
		return nil, err
	}
	return map[string]any{"call_session_id": session}, nil
}

// checkMessages refuses messages that can't be played: texts are read out by PBXs that can, sounds must be the account's.
func (a *callAPI) checkMessages(o object) error {
	if o.given("media_file_id") {
		return refuse(mediaFileNotFound, o.number("media_file_id")).at("media_file_id").because("sounds are played by scenarios: use start.scenario_call")
	}
	for _, field := range []string{"contact_message", "employee_message", "operator_message"} {
		if o.given(field) && len([]rune(o.of(field).text("value"))) > maxMessage {
			return refuse(ttsTextExceeded).at(field + ".value")
		}
	}
	return nil
}

// The session of a call that has just begun is waited for: the PBX tells of it by its events.
const (
	sessionWait = 5 * time.Second
	sessionStep = 20 * time.Millisecond
)

func (a *callAPI) session(ctx context.Context, ref telephony.CallRef) (core.CallID, error) {
	ctx, cancel := context.WithTimeout(ctx, sessionWait)
	defer cancel()
	ticker := time.NewTicker(sessionStep)
	defer ticker.Stop()
	for {
		known, err := a.Calls.ByPBX(ctx, ref)
		if err == nil {
			return known.ID, nil
		}
		select {
		case <-ctx.Done():
			return 0, core.Unavailable("the call was begun, but the PBX has not told of it yet: look for it with list.calls", time.Second, err)
		case <-ticker.C:
		}
	}
}

// legNumber is the number a leg goes by: PBXs name legs by words.
func legNumber(id string) int64 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id))
	return int64(h.Sum32())
}
