package uis

import (
	"context"
	"strconv"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/pbx/wire"
)

// Driver sends commands by the Call API v4.0. It is safe for concurrent use.
type Driver struct {
	client *wire.Client
	logins logins
	clock  core.Clock
}

var (
	_ telephony.Driver   = (*Driver)(nil)
	_ telephony.Recorder = (*Driver)(nil)
)

// New returns a driver; without another rate, an account is sent 10 commands a second.
func New(d wire.Deps) *Driver {
	if d.Clock == nil {
		d.Clock = core.SystemClock{}
	}
	return &Driver{client: wire.NewClient(d, wire.Rate{PerSecond: 10, Burst: 10}), clock: d.Clock}
}

// Capabilities are calls that are started, led and told when asked. UIS does not tell the state of lines, and leads calls by its own scenarios.
func (*Driver) Capabilities() telephony.Capabilities {
	return telephony.Capabilities{Originate: true, Control: true, Snapshots: true}
}

// Originate starts a call between a telephone of an employee and a contact.
func (d *Driver) Originate(ctx context.Context, to telephony.Endpoint, o telephony.Originate) (string, error) {
	if o.ScenarioID != 0 {
		return "", wire.Refused("not_supported", "UIS leads calls by its own scenarios", "")
	}
	params := map[string]any{
		"first_call": "contact", "virtual_phone_number": o.CallerID, "contact": o.Contact, "operator": o.Employee.Value, "direction": "out",
		"show_virtual_phone_number": o.ShowCallerIDToEmployee, "switch_at_once": true,
	}
	if o.EmployeeFirst {
		params["first_call"] = "operator"
		params["early_switching"] = o.EarlyMedia
	}
	if o.ExternalID != "" {
		params["external_id"] = o.ExternalID
	}
	var answer struct {
		CallSessionID int64 `json:"call_session_id"`
	}
	if err := d.call(ctx, &to, "start.simple_call", params, &answer); err != nil {
		return "", err
	}
	if answer.CallSessionID == 0 {
		return "", wire.Unreadable("the number of the call it started")
	}
	return strconv.FormatInt(answer.CallSessionID, 10), nil
}

// Control does something to a running call.
func (d *Driver) Control(ctx context.Context, to telephony.Endpoint, c telephony.Control) error {
	session, err := numberOf(c.PBXCallID, "call_not_found", "UIS knows no such call")
	if err != nil {
		return err
	}
	params := map[string]any{"call_session_id": session}
	switch c.Action {
	case telephony.ActHold:
		return d.call(ctx, &to, "hold.call", withMessage(params, c.Media), nil)
	case telephony.ActUnhold:
		return d.call(ctx, &to, "unhold.call", params, nil)
	case telephony.ActHangup:
		return d.call(ctx, &to, "release.call", params, nil)
	case telephony.ActHangupLeg:
		leg, err := numberOf(c.LegID, "leg_not_found", "UIS knows no such leg")
		if err != nil {
			return err
		}
		params["leg_id"] = leg
		return d.call(ctx, &to, "disconnect.leg", params, nil)
	case telephony.ActRecordStart, telephony.ActRecordStop:
		params["action"] = map[telephony.Action]string{telephony.ActRecordStart: "on", telephony.ActRecordStop: "off"}[c.Action]
		return d.call(ctx, &to, "record.call", params, nil)
	case telephony.ActDTMF:
		return d.press(ctx, &to, session, c.Digits)
	}
	return d.transfer(ctx, &to, &c, params)
}

// waitMessage is what the contact hears on hold: UIS wants one.
const waitMessage = "Пожалуйста, оставайтесь на линии"

func withMessage(params map[string]any, media string) map[string]any {
	params["contact_message"] = map[string]any{"type": "tts", "value": waitMessage}
	if _, err := strconv.ParseInt(media, 10, 64); err == nil {
		params["contact_message"] = map[string]any{"type": "media", "value": media}
	}
	return params
}

// transfer hands a call over: UIS puts the contact on hold, calls the other and connects them; that of itself nobody waits for is a blind one.
func (d *Driver) transfer(ctx context.Context, to *telephony.Endpoint, c *telephony.Control, params map[string]any) error {
	switch c.Action {
	case telephony.ActTransferStart, telephony.ActTransferBlind:
		if err := d.consult(ctx, to, c, params); err != nil || c.Action == telephony.ActTransferStart {
			return err
		}
		return d.call(ctx, to, "transfer.talk", params, nil)
	case telephony.ActTransferComplete:
		return d.call(ctx, to, "transfer.talk", params, nil)
	case telephony.ActTransferCancel:
		return d.call(ctx, to, "restore.talk", params, nil)
	}
	return wire.Refused("not_supported", "UIS has no such command", string(c.Action))
}

// consult puts the contact on hold, if he is not, and calls another one. If that can't be called, the contact is talked with again.
func (d *Driver) consult(ctx context.Context, to *telephony.Endpoint, c *telephony.Control, params map[string]any) error {
	session := map[string]any{"call_session_id": params["call_session_id"]}
	err := d.call(ctx, to, "hold.call", withMessage(params, c.Media), nil)
	held := err == nil
	if err != nil && core.AsError(err).Reason != "invalid_state" {
		return err
	}
	other := map[string]any{"call_session_id": session["call_session_id"], "to": c.To.Value}
	if err := d.call(ctx, to, "make.call", other, nil); err != nil {
		if held {
			_ = d.call(context.WithoutCancel(ctx), to, "unhold.call", session, nil) // what matters is why it failed
		}
		return err
	}
	delete(params, "contact_message")
	return nil
}

// press sends digits one after the other: UIS takes one symbol at a time.
func (d *Driver) press(ctx context.Context, to *telephony.Endpoint, session int64, digits string) error {
	for _, symbol := range digits {
		if err := d.call(ctx, to, "send.dtmf", map[string]any{"call_session_id": session, "dtmf_string": string(symbol)}, nil); err != nil {
			return err
		}
	}
	return nil
}

func numberOf(id, reason, message string) (int64, error) {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return 0, wire.Refused(reason, message, "")
	}
	return n, nil
}

// Source is the link itself: it works without a key until it expires.
func (*Driver) Source(_ context.Context, _ telephony.Endpoint, _, address string) (string, map[string]string, error) {
	return address, nil, nil
}

// Lines is not supported.
func (*Driver) Lines(context.Context, telephony.Endpoint) ([]telephony.Line, error) {
	return nil, wire.Refused("not_supported", "UIS does not tell the state of lines", "")
}
