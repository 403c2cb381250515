package telephony

import (
	"cmp"
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/calltracking"
	"github.com/skvoz/skvoz/core/employees"
)

// CommandState is where a command stands; the words are stored.
type CommandState string

// The states of commands.
const (
	CommandSent   CommandState = "sent"
	CommandDone   CommandState = "done"
	CommandFailed CommandState = "failed"
)

// Command is something a PBX was asked to do.
type Command struct {
	ID           string
	AccountID    core.AccountID
	ConnectionID core.ConnectionID
	// CallID is the call it is about; zero when it begins one. For a call back it is the lost call.
	CallID core.CallID
	Kind   string
	// Payload is JSON without secrets.
	Payload string
	State   CommandState
	// Code and Message say why it failed.
	Code, Message string
	// PBXCallID is the call that was begun.
	PBXCallID string
	// Origin is who asked: cabinet, call_api, integration:<id>.
	Origin    string
	UserID    core.UserID
	CreatedAt time.Time
}

// CommandStore keeps commands, for a while.
type CommandStore interface {
	AddCommand(ctx context.Context, c Command) error
	// EndCommand says what became of a command that is still sent.
	EndCommand(ctx context.Context, c Command) error
}

// Endpoints reads connections.
type Endpoints interface {
	// Endpoint is KindNotFound when the account has no such connection.
	Endpoint(ctx context.Context, account core.AccountID, id core.ConnectionID) (Endpoint, error)
	// Connections returns the account's, oldest first.
	Connections(ctx context.Context, account core.AccountID) ([]Connection, error)
}

// CallerNumbers finds the virtual number a call is made from.
type CallerNumbers interface {
	// CallerID is the rule of RC-7: the number last used with the contact among those bound to the integration (zero = all), never an 8 800 one, else the default
	// number, else KindInvalid with reason no_caller_id.
	CallerID(ctx context.Context, account core.AccountID, contact core.Phone, integration core.IntegrationID) (calltracking.VirtualNumber, error)
	// Number is KindNotFound when the account has none of that id.
	Number(ctx context.Context, account core.AccountID, id core.VirtualNumberID) (calltracking.VirtualNumber, error)
}

// CommanderConfig is what a Commander works with.
type CommanderConfig struct {
	Drivers   map[ConnectionKind]Driver
	Endpoints Endpoints
	Commands  CommandStore
	Numbers   CallerNumbers
	Employees interface {
		ByID(ctx context.Context, account core.AccountID, ids []core.EmployeeID) (map[core.EmployeeID]employees.Employee, error)
		ByUser(ctx context.Context, account core.AccountID, user core.UserID) (employees.Employee, bool, error)
	}
	Calls interface {
		Call(ctx context.Context, account core.AccountID, id core.CallID) (Call, error)
	}
	// IsBlocked reports whether a phone is on the blacklist.
	IsBlocked func(ctx context.Context, account core.AccountID, phone core.Phone) (bool, error)
	ReadPhone func(raw string) (core.Phone, bool)
	// SameCountry reports whether two phones have one country code.
	SameCountry func(a, b core.Phone) bool
	Clock       core.Clock
	Log         *slog.Logger
}

// Commander begins calls and leads those that run. It is safe for concurrent use.
type Commander struct{ cfg CommanderConfig }

// NewCommander returns a commander.
func NewCommander(cfg CommanderConfig) *Commander {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	return &Commander{cfg}
}

// NewCall is a call somebody wants to make.
type NewCall struct {
	// UserID is who clicks; their employee calls unless EmployeeID is given.
	UserID     core.UserID
	EmployeeID core.EmployeeID
	// EmployeePhone is the one to ring of the employee's; empty = the first that is active.
	EmployeePhone string
	// Operator is a plain number to ring instead of an employee; used only without one.
	Operator string
	// Phone is the contact's, any format.
	Phone string
	// NumberID is the virtual number to show; zero = by the rule of CallerNumbers.CallerID among those bound to IntegrationID.
	NumberID      core.VirtualNumberID
	IntegrationID core.IntegrationID
	// ContactFirst rings the contact before the employee.
	ContactFirst bool
	// HideCallerID lets the employee see the contact's number instead of the virtual one.
	HideCallerID bool
	// NeedsFree refuses while the employee takes no calls (RC-6); people may call out themselves whatever their status is.
	NeedsFree  bool
	CallbackOf core.CallID
	ScenarioID core.ScenarioID
	ExternalID string
	Origin     string
}

// BegunCall is a call the PBX has accepted.
type BegunCall struct {
	CommandID    string
	PBXCallID    string
	ConnectionID core.ConnectionID
	CallerID     core.Phone
}

// Start begins a call: the employee is rung first, then the contact, who sees a virtual number (RC-6, RC-7). Refusals are of kind KindInvalid, with a reason:
// bad_phone, no_employee, employee_not_found, employee_not_free, no_active_number, no_caller_id, caller_id_not_allowed, no_connection,
// destination_forbidden, contact_blacklisted, and what the PBX refuses; KindUnavailable when it does not answer.
func (c *Commander) Start(ctx context.Context, account core.AccountID, n NewCall) (BegunCall, error) {
	contact, err := c.contact(ctx, account, n.Phone)
	if err != nil {
		return BegunCall{}, err
	}
	employee, err := c.caller(ctx, account, n)
	if err != nil {
		return BegunCall{}, err
	}
	number, err := c.number(ctx, account, contact, n)
	if err != nil {
		return BegunCall{}, err
	}
	to, driver, err := c.endpoint(ctx, account, number.ConnectionID)
	if err != nil {
		return BegunCall{}, err
	}
	if !c.mayDial(to.Connection, contact, number.Number) {
		return BegunCall{}, core.Invalid("phone", "destination_forbidden", "calls to %s are not allowed: add its prefix to the allowed destinations of the connection %q", contact, to.Name)
	}
	o := Originate{
		CommandID: core.NewKey(), EmployeeFirst: !n.ContactFirst, Employee: employee, Contact: string(contact), CallerID: string(number.Number), ShowCallerIDToEmployee: !n.HideCallerID,
		EmployeeTimeout: 30 * time.Second, ContactTimeout: time.Minute, Record: number.Records || to.Settings.RecordsAll, ScenarioID: n.ScenarioID,
	}
	o.ExternalID = cmp.Or(n.ExternalID, o.CommandID)
	command := Command{
		ID: o.CommandID, AccountID: account, ConnectionID: to.ID, CallID: n.CallbackOf, Kind: "start", Payload: `{"contact":"` + string(contact) + `","caller_id":"` + string(number.Number) + `"}`,
		State: CommandSent, Origin: n.Origin, UserID: n.UserID, CreatedAt: c.cfg.Clock.Now(),
	}
	if err := c.cfg.Commands.AddCommand(ctx, command); err != nil {
		return BegunCall{}, err
	}
	command.PBXCallID, err = driver.Originate(ctx, to, o)
	c.end(ctx, command, err)
	return BegunCall{CommandID: o.CommandID, PBXCallID: command.PBXCallID, ConnectionID: to.ID, CallerID: number.Number}, err
}

// end keeps what became of a command; the caller's answer does not hang on it.
func (c *Commander) end(ctx context.Context, command Command, err error) {
	command.State = CommandDone
	if err != nil {
		command.State, command.Code, command.Message = CommandFailed, core.AsError(err).Reason, core.AsError(err).Message
	}
	if err := c.cfg.Commands.EndCommand(context.WithoutCancel(ctx), command); err != nil {
		c.cfg.Log.WarnContext(ctx, "the end of a command can't be kept", "error", err)
	}
}

func (c *Commander) contact(ctx context.Context, account core.AccountID, raw string) (core.Phone, error) {
	contact, ok := c.cfg.ReadPhone(raw)
	if !ok {
		return "", core.Invalid("phone", "bad_phone", "%q is not a phone number; write it like +7 495 123-45-67", raw)
	}
	blocked, err := c.cfg.IsBlocked(ctx, account, contact)
	if err == nil && blocked {
		return "", core.Invalid("phone", "contact_blacklisted", "%s is on the blacklist: take it from there first", contact)
	}
	return contact, err
}

// caller finds the phone to ring first.
func (c *Commander) caller(ctx context.Context, account core.AccountID, n NewCall) (Target, error) {
	if n.EmployeeID == 0 && n.Operator != "" {
		phone, ok := c.cfg.ReadPhone(n.Operator)
		if !ok {
			return Target{}, core.Invalid("operator", "bad_phone", "%q is not a phone number; write it like +7 495 123-45-67", n.Operator)
		}
		return Target{Kind: "number", Value: string(phone)}, nil
	}
	e, err := c.employee(ctx, account, n)
	if err != nil {
		return Target{}, err
	}
	if n.NeedsFree && !e.TakesCalls() {
		return Target{}, core.Invalid("employeeId", "employee_not_free", "%s takes no calls now: the status is %s", e.Name(), e.Status)
	}
	for _, p := range e.ActivePhones() {
		if n.EmployeePhone == "" || p.Number == n.EmployeePhone {
			return Target{Kind: string(p.Kind), Value: p.Number, EmployeeID: e.ID.String()}, nil
		}
	}
	if e.Extension != "" && (n.EmployeePhone == "" || n.EmployeePhone == e.Extension) {
		return Target{Kind: "line", Value: e.Extension, EmployeeID: e.ID.String()}, nil
	}
	return Target{}, core.Invalid("employeeId", "no_active_number", "%s has no active phone: add one to the card", e.Name())
}

func (c *Commander) employee(ctx context.Context, account core.AccountID, n NewCall) (employees.Employee, error) {
	if n.EmployeeID == 0 {
		e, ok, err := c.cfg.Employees.ByUser(ctx, account, n.UserID)
		if err == nil && !ok {
			err = core.Invalid("employeeId", "no_employee", "you are not linked with an employee: choose who calls, or link your user in an employee's card")
		}
		return e, err
	}
	found, err := c.cfg.Employees.ByID(ctx, account, []core.EmployeeID{n.EmployeeID})
	if err != nil {
		return employees.Employee{}, err
	}
	e, ok := found[n.EmployeeID]
	if !ok || e.DeletedAt != nil {
		return employees.Employee{}, core.Invalid("employeeId", "employee_not_found", "there is no employee %s", n.EmployeeID)
	}
	return e, nil
}

func (c *Commander) number(ctx context.Context, account core.AccountID, contact core.Phone, n NewCall) (calltracking.VirtualNumber, error) {
	if n.NumberID == 0 {
		return c.cfg.Numbers.CallerID(ctx, account, contact, n.IntegrationID)
	}
	number, err := c.cfg.Numbers.Number(ctx, account, n.NumberID)
	if err == nil && number.IsTollFree() {
		err = core.Invalid("numberId", "caller_id_not_allowed", "%s is an 8 800 number: contacts can't be called from it", number.Number)
	}
	return number, err
}

// endpoint is the connection of the number; a number without one goes through the only connection that takes commands.
func (c *Commander) endpoint(ctx context.Context, account core.AccountID, id core.ConnectionID) (Endpoint, Driver, error) {
	if id == 0 {
		all, err := c.cfg.Endpoints.Connections(ctx, account)
		if err != nil {
			return Endpoint{}, nil, err
		}
		for _, one := range all {
			if !one.IsEnabled || (one.Settings.Address == "" && one.Kind == KindCTPBX) {
				continue
			}
			if id != 0 {
				return Endpoint{}, nil, core.Invalid("numberId", "no_connection", "say in the number's card which PBX it belongs to")
			}
			id = one.ID
		}
	}
	if id == 0 {
		return Endpoint{}, nil, core.Invalid("numberId", "no_connection", "no PBX is attached that takes commands: attach one, or give its connection an address for commands")
	}
	to, err := c.cfg.Endpoints.Endpoint(ctx, account, id)
	if err != nil {
		return Endpoint{}, nil, err
	}
	driver := c.cfg.Drivers[to.Kind]
	if driver == nil || !to.IsEnabled {
		return Endpoint{}, nil, core.Invalid("numberId", "no_connection", "the connection %q is switched off or takes no commands", to.Name)
	}
	return to, driver, nil
}

// mayDial guards against calls that cost: without a list only the country of the number may be called.
func (c *Commander) mayDial(to Connection, contact, number core.Phone) bool {
	if len(to.Settings.AllowedDestinations) == 0 {
		return c.cfg.SameCountry(contact, number)
	}
	for _, prefix := range to.Settings.AllowedDestinations {
		if strings.HasPrefix(string(contact), strings.TrimLeft(prefix, "+")) {
			return true
		}
	}
	return false
}

// Act is something to do to a running call.
type Act struct {
	CallID core.CallID
	Action Action
	// LegID is the leg; empty = the employee's for holding and keys, the whole call for hanging up.
	LegID string
	// ToEmployee or ToNumber (any format, or an extension) is whom a transfer goes to.
	ToEmployee core.EmployeeID
	ToNumber   string
	Digits     string
	Media      string
	UserID     core.UserID
	Origin     string
}

// Do does something to a running call. KindNotFound when the account has no such call; KindInvalid with reason invalid_state when it is over or the PBX says it can't
// be done now, bad_target, bad_digits, no_connection; KindUnavailable when the PBX does not answer.
func (c *Commander) Do(ctx context.Context, account core.AccountID, a Act) (Call, error) {
	call, err := c.cfg.Calls.Call(ctx, account, a.CallID)
	if err != nil {
		return Call{}, err
	}
	if !call.IsActive() {
		return call, core.Invalid("callId", "invalid_state", "the call is over")
	}
	control, err := c.control(ctx, account, &call, a)
	if err != nil {
		return call, err
	}
	to, driver, err := c.endpoint(ctx, account, call.ConnectionID)
	if err != nil {
		return call, err
	}
	command := Command{
		ID: control.CommandID, AccountID: account, ConnectionID: to.ID, CallID: call.ID, Kind: string(a.Action), Payload: "{}", State: CommandSent, PBXCallID: call.PBXCallID,
		Origin: a.Origin, UserID: a.UserID, CreatedAt: c.cfg.Clock.Now(),
	}
	if err := c.cfg.Commands.AddCommand(ctx, command); err != nil {
		return call, err
	}
	err = driver.Control(ctx, to, control)
	c.end(ctx, command, err)
	return call, err
}

func (c *Commander) control(ctx context.Context, account core.AccountID, call *Call, a Act) (Control, error) {
	out := Control{CommandID: core.NewKey(), PBXCallID: call.PBXCallID, Action: a.Action, LegID: a.LegID, Digits: a.Digits, Media: a.Media, Timeout: 30 * time.Second}
	if out.LegID == "" { // some PBXs end calls by a leg of theirs, too
		out.LegID = talkingLeg(call)
	}
	if out.LegID == "" && a.Action == ActHangup {
		out.LegID = liveLeg(call)
	}
	if l := call.Leg(out.LegID); l != nil {
		out.LegExtension = l.EmployeeExt
	}
	switch a.Action {
	case ActHangupLeg:
		if call.Leg(a.LegID) == nil {
			return out, core.Invalid("legId", "leg_not_found", "the call has no such leg")
		}
	case ActDTMF:
		if a.Digits == "" || len(a.Digits) > 64 || strings.Trim(a.Digits, "0123456789*#.") != "" {
			return out, core.Invalid("digits", "bad_digits", "digits, * and # are wanted")
		}
	case ActTransferBlind, ActTransferStart:
		to, err := c.transferTarget(ctx, account, a)
		if err != nil {
			return out, err
		}
		out.To = to
	}
	return out, nil
}

// talkingLeg is the leg of the employee who talks; empty when nobody does.
func talkingLeg(call *Call) string {
	for i := range call.Legs {
		if l := &call.Legs[i]; l.IsHuman() && (l.State == LegIsAnswered || l.State == LegIsHeld) {
			return l.ID
		}
	}
	return ""
}

// liveLeg is a leg of somebody of the company that has not ended; empty when there is none.
func liveLeg(call *Call) string {
	for i := range call.Legs {
		if l := &call.Legs[i]; l.IsHuman() && l.State != LegIsEnded {
			return l.ID
		}
	}
	return ""
}

func (c *Commander) transferTarget(ctx context.Context, account core.AccountID, a Act) (Target, error) {
	if a.ToEmployee != 0 {
		return c.caller(ctx, account, NewCall{EmployeeID: a.ToEmployee, NeedsFree: true})
	}
	raw := strings.TrimSpace(a.ToNumber)
	if raw != "" && len(raw) <= 6 && strings.Trim(raw, "0123456789") == "" {
		return Target{Kind: "line", Value: raw}, nil
	}
	phone, ok := c.cfg.ReadPhone(raw)
	if !ok {
		return Target{}, core.Invalid("toNumber", "bad_target", "say to whom: an employee, an extension or a phone like +7 495 123-45-67")
	}
	return Target{Kind: "number", Value: string(phone)}, nil
}
