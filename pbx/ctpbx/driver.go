package ctpbx

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/internal/httpclient"
	"github.com/skvoz/skvoz/pbx/wire"
)

// Driver sends commands to PBXs that speak the contract. It is safe for concurrent use.
type Driver struct{ client *wire.Client }

var (
	_ telephony.Driver   = (*Driver)(nil)
	_ telephony.Recorder = (*Driver)(nil)
)

// New returns a driver; without another rate, a PBX is sent 20 commands a second.
func New(d wire.Deps) *Driver {
	return &Driver{client: wire.NewClient(d, wire.Rate{PerSecond: 20, Burst: 40})}
}

// Capabilities are all there are.
func (*Driver) Capabilities() telephony.Capabilities {
	return telephony.Capabilities{Originate: true, Control: true, Snapshots: true, Lines: true, Routing: true}
}

// party is an employee in a command.
type party struct {
	Ext    string `json:"ext,omitempty"`
	Number string `json:"number,omitempty"`
}

// start is the body of POST /v1/calls.
type start struct {
	CommandID              string `json:"command_id"`
	First                  string `json:"first"`
	Employee               party  `json:"employee"`
	Contact                string `json:"contact"`
	CallerID               string `json:"caller_id,omitempty"`
	ShowCallerIDToEmployee bool   `json:"show_caller_id_to_employee"`
	EmployeeTimeoutMS      int64  `json:"employee_timeout_ms"`
	ContactTimeoutMS       int64  `json:"contact_timeout_ms"`
	EarlyMedia             bool   `json:"early_media"`
	Record                 bool   `json:"record"`
	ExternalID             string `json:"external_id,omitempty"`
	ScenarioID             string `json:"scenario_id,omitempty"`
}

// The times somebody is rung unless the command says otherwise.
const (
	employeeTimeout = 30 * time.Second
	contactTimeout  = 60 * time.Second
)

// Originate starts a call.
func (d *Driver) Originate(ctx context.Context, to telephony.Endpoint, o telephony.Originate) (string, error) {
	body := start{
		CommandID: o.CommandID, First: "contact", Contact: o.Contact, CallerID: o.CallerID, ShowCallerIDToEmployee: o.ShowCallerIDToEmployee, EarlyMedia: o.EarlyMedia,
		Record: o.Record, ExternalID: o.ExternalID, EmployeeTimeoutMS: orElse(o.EmployeeTimeout, employeeTimeout), ContactTimeoutMS: orElse(o.ContactTimeout, contactTimeout),
	}
	if o.EmployeeFirst {
		body.First = "employee"
	}
	if o.ScenarioID != 0 {
		body.ScenarioID = o.ScenarioID.String()
	}
	if o.Employee.Kind == "number" {
		body.Employee.Number = o.Employee.Value
	} else {
		body.Employee.Ext = o.Employee.Value
	}
	res, err := d.do(ctx, &to, http.MethodPost, "/v1/calls", o.CommandID, body)
	if err != nil {
		return "", err
	}
	var answer struct {
		CallID string `json:"call_id"`
	}
	if err := json.Unmarshal(res.Body, &answer); err != nil || !isID(answer.CallID) {
		return "", wire.Unreadable("the id of the call it started")
	}
	return answer.CallID, nil
}

func orElse(d, otherwise time.Duration) int64 {
	if d <= 0 {
		d = otherwise
	}
	return d.Milliseconds()
}

// transfer is the body of POST /v1/calls/{id}/transfer.
type transfer struct {
	CommandID string `json:"command_id"`
	Mode      string `json:"mode"`
	ByLeg     string `json:"by_leg,omitempty"`
	To        *aim   `json:"to,omitempty"`
	TimeoutMS int64  `json:"timeout_ms,omitempty"`
}

// aim is whom a transfer goes to.
type aim struct {
	Kind  string `json:"kind"`
	Value string `json:"value"`
}

// onLeg is the body of the other commands to a call.
type onLeg struct {
	CommandID string `json:"command_id"`
	LegID     string `json:"leg_id,omitempty"`
	Media     string `json:"media,omitempty"`
	Digits    string `json:"digits,omitempty"`
	Action    string `json:"action,omitempty"`
	Reason    string `json:"reason,omitempty"`
}

// Control does something to a running call.
func (d *Driver) Control(ctx context.Context, to telephony.Endpoint, c telephony.Control) error {
	call := "/v1/calls/" + url.PathEscape(c.PBXCallID)
	body := onLeg{CommandID: c.CommandID, LegID: c.LegID}
	var path string
	switch c.Action {
	case telephony.ActHold, telephony.ActUnhold:
		path, body.Media = "/"+string(c.Action), c.Media
	case telephony.ActHangup:
		path, body.LegID, body.Reason = "/hangup", "", string(telephony.ReasonNormal)
	case telephony.ActHangupLeg:
		path, body.LegID, body.Reason = "/legs/"+url.PathEscape(c.LegID)+"/hangup", "", string(telephony.ReasonNormal)
	case telephony.ActRecordStart:
		path, body.Action = "/record", "start"
	case telephony.ActRecordStop:
		path, body.Action = "/record", "stop"
	case telephony.ActDTMF:
		path, body.Digits = "/dtmf", c.Digits
	default:
		return d.transfer(ctx, &to, call, &c)
	}
	_, err := d.do(ctx, &to, http.MethodPost, call+path, c.CommandID, body)
	return err
}

func (d *Driver) transfer(ctx context.Context, to *telephony.Endpoint, call string, c *telephony.Control) error {
	mode := map[telephony.Action]string{
		telephony.ActTransferBlind: "blind", telephony.ActTransferStart: "attended_start", telephony.ActTransferComplete: "attended_complete",
		telephony.ActTransferCancel: "attended_cancel",
	}[c.Action]
	if mode == "" {
		return wire.Refused("not_supported", "the contract has no such command", string(c.Action))
	}
	body := transfer{CommandID: c.CommandID, Mode: mode, ByLeg: c.LegID, TimeoutMS: c.Timeout.Milliseconds()}
	if c.To.Value != "" {
		body.To = &aim{c.To.Kind, c.To.Value}
	}
	_, err := d.do(ctx, to, http.MethodPost, call+"/transfer", c.CommandID, body)
	return err
}

// Active returns the running calls.
func (d *Driver) Active(ctx context.Context, to telephony.Endpoint) ([]telephony.Snapshot, error) {
	res, err := d.do(ctx, &to, http.MethodGet, "/v1/calls?active=1", "", nil)
	if err != nil {
		return nil, err
	}
	raws, err := list(res.Body, "calls")
	if err != nil {
		return nil, err
	}
	out := make([]telephony.Snapshot, 0, len(raws))
	for _, raw := range raws {
		s, err := snapshot(raw)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// Call returns one call; KindNotFound when the PBX has forgotten it.
func (d *Driver) Call(ctx context.Context, to telephony.Endpoint, pbxCallID string) (telephony.Snapshot, error) {
	res, err := d.do(ctx, &to, http.MethodGet, "/v1/calls/"+url.PathEscape(pbxCallID), "", nil)
	if core.AsError(err) != nil && core.AsError(err).Reason == "call_not_found" {
		return telephony.Snapshot{}, core.NotFound("call").WithReason("call_not_found")
	}
	if err != nil {
		return telephony.Snapshot{}, err
	}
	s, err := snapshot(res.Body)
	if err == nil && s.PBXCallID != pbxCallID {
		return s, wire.Unreadable("the call it was asked for")
	}
	return s, err
}

// list takes a list apart: some write it alone, some under its name.
func list(body []byte, name string) ([]json.RawMessage, error) {
	var bare []json.RawMessage
	if json.Unmarshal(body, &bare) == nil {
		return bare, nil
	}
	var named map[string]json.RawMessage
	if json.Unmarshal(body, &named) == nil && json.Unmarshal(named[name], &bare) == nil && bare != nil {
		return bare, nil
	}
	return nil, wire.Unreadable("a list of " + name)
}

func snapshot(raw []byte) (telephony.Snapshot, error) {
	var id struct {
		CallID string `json:"call_id"`
	}
	var d telephony.Data
	if json.Unmarshal(raw, &id) != nil || json.Unmarshal(raw, &d) != nil || !isID(id.CallID) {
		return telephony.Snapshot{}, wire.Unreadable("calls of the contract")
	}
	d.TagID = 0
	if first(checkTexts(&d), checkNumbers(&d), checkAmounts(&d), checkTimes(&d)) != "" {
		return telephony.Snapshot{}, wire.Unreadable("calls of the contract")
	}
	return telephony.Snapshot{PBXCallID: id.CallID, Data: d}, nil
}

// Lines returns the state of the lines.
func (d *Driver) Lines(ctx context.Context, to telephony.Endpoint) ([]telephony.Line, error) {
	res, err := d.do(ctx, &to, http.MethodGet, "/v1/lines", "", nil)
	if err != nil {
		return nil, err
	}
	raws, err := list(res.Body, "lines")
	if err != nil {
		return nil, err
	}
	out := make([]telephony.Line, 0, len(raws))
	for _, raw := range raws {
		var d telephony.Data
		if json.Unmarshal(raw, &d) != nil || checkTexts(&d) != "" || checkLine(&d) != "" {
			return nil, wire.Unreadable("lines of the contract")
		}
		out = append(out, telephony.Line{ConnectionID: to.ID, Line: d.Line, Extension: d.Ext, State: telephony.LineState(d.State)})
	}
	return out, nil
}

// Source is the address the PBX told: it bears our token if it is the PBX's own.
func (d *Driver) Source(_ context.Context, to telephony.Endpoint, _, address string) (string, map[string]string, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return "", nil, wire.Unreadable("an address of the recording")
	}
	if !isOwn(to.Settings.Address, u) || to.Secrets[telephony.SecretToken] == "" {
		return address, nil, nil
	}
	return address, map[string]string{"Authorization": "Bearer " + to.Secrets[telephony.SecretToken]}, nil
}

// isOwn reports whether a file lies at the address of the connection: our token is nobody else's.
func isOwn(address string, file *url.URL) bool {
	own, err := url.Parse(address)
	return err == nil && own.Host != "" && own.Scheme == file.Scheme && own.Host == file.Host
}

// do sends a command. Those with an id bear it as their Idempotency-Key, so that they may be repeated.
func (d *Driver) do(ctx context.Context, to *telephony.Endpoint, method, path, commandID string, body any) (*httpclient.Response, error) {
	address, err := wire.Address(to, "", path)
	if err != nil {
		return nil, err
	}
	r := wire.Request{Method: method, URL: address, Header: map[string]string{"Authorization": "Bearer " + to.Secrets[telephony.SecretToken], "Accept": "application/json"}}
	if commandID != "" {
		r.Header["Idempotency-Key"] = commandID
	}
	if body != nil {
		raw := &bytes.Buffer{}
		enc := json.NewEncoder(raw)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(body); err != nil {
			return nil, fmt.Errorf("writing a command: %w", err)
		}
		r.Header["Content-Type"], r.Body = "application/json", bytes.TrimSpace(raw.Bytes())
	}
	res, err := d.client.Do(ctx, to, r)
	if err != nil {
		return nil, err
	}
	return res, refusal(res)
}
