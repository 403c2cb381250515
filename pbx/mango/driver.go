package mango

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/internal/httpclient"
	"github.com/skvoz/skvoz/pbx/wire"
)

// defaultAddress is where Mango's API is, unless the connection says otherwise.
const defaultAddress = "https://app.mango-office.ru/vpbx"

// resultOK is the result of a command that was carried out.
const resultOK = 1000

// Driver sends commands to Mango Office. It is safe for concurrent use.
type Driver struct{ client *wire.Client }

var (
	_ telephony.Driver   = (*Driver)(nil)
	_ telephony.Recorder = (*Driver)(nil)
)

// New returns a driver. Mango lets four callbacks or hang-ups a second through.
func New(d wire.Deps) *Driver {
	return &Driver{client: wire.NewClient(d, wire.Rate{PerSecond: 3, Burst: 3})}
}

// Capabilities are calls that are started and led. Mango tells neither of running calls nor of lines when asked.
func (*Driver) Capabilities() telephony.Capabilities {
	return telephony.Capabilities{Originate: true, Control: true}
}

// Originate rings an employee and then the contact. Mango's id of the call is told by its first event, which names the command; it is empty here.
func (d *Driver) Originate(ctx context.Context, to telephony.Endpoint, o telephony.Originate) (string, error) {
	switch {
	case !o.EmployeeFirst:
		return "", wire.Refused("not_supported", "Mango Office rings the employee first: let calls begin with the employee", "")
	case o.ScenarioID != 0:
		return "", wire.Refused("not_supported", "Mango Office leads calls by its own scenarios", "")
	}
	from := map[string]string{"extension": o.Employee.Value}
	if o.Employee.Kind == "number" {
		from = map[string]string{"extension": "", "number": o.Employee.Value}
	}
	body := map[string]any{"command_id": o.CommandID, "from": from, "to_number": o.Contact}
	if o.CallerID != "" {
		body["line_number"] = o.CallerID
	}
	return "", d.command(ctx, &to, "callback", body)
}

// Control does something to a running call. Mango knows legs: LegID names one of the call's, and transfers and recordings want LegExtension, too.
func (d *Driver) Control(ctx context.Context, to telephony.Endpoint, c telephony.Control) error {
	body := map[string]any{"command_id": c.CommandID, "call_id": c.LegID}
	if c.LegExtension != "" {
		body["initiator"] = c.LegExtension
	}
	command := map[telephony.Action]string{
		telephony.ActHold: "call/hold/on", telephony.ActHangup: "call/hangup", telephony.ActHangupLeg: "call/hangup", telephony.ActTransferBlind: "transfer",
		telephony.ActTransferStart: "transfer", telephony.ActTransferComplete: "calls_connect", telephony.ActTransferCancel: "transfer_cancel",
		telephony.ActRecordStart: "recording/start",
	}[c.Action]
	switch {
	case command == "":
		return wire.Refused("not_supported", "Mango Office has no such command", string(c.Action))
	case c.LegID == "" || c.LegID == contactLeg:
		return wire.Refused("leg_not_found", "Mango Office wants to know the leg of the employee: nobody has picked up yet", "")
	case c.Action == telephony.ActTransferBlind:
		body["method"], body["to_number"] = "blind", c.To.Value
	case c.Action == telephony.ActTransferStart:
		body["method"], body["to_number"] = "hold", c.To.Value
	case c.Action == telephony.ActRecordStart:
		body["call_party_number"] = c.LegExtension
	}
	return d.command(ctx, &to, command, body)
}

// Active is not supported.
func (*Driver) Active(context.Context, telephony.Endpoint) ([]telephony.Snapshot, error) {
	return nil, notSupported()
}

// Call is not supported.
func (*Driver) Call(context.Context, telephony.Endpoint, string) (telephony.Snapshot, error) {
	return telephony.Snapshot{}, notSupported()
}

// Lines is not supported.
func (*Driver) Lines(context.Context, telephony.Endpoint) ([]telephony.Line, error) {
	return nil, notSupported()
}

func notSupported() error {
	return wire.Refused("not_supported", "Mango Office does not tell this when it is asked", "")
}

// Source asks for the link to a recording; it works once and not for long. KindNotFound: the recording is not there, or not yet.
func (d *Driver) Source(ctx context.Context, to telephony.Endpoint, remoteID, _ string) (string, map[string]string, error) {
	res, err := d.post(ctx, &to, "queries/recording/post", map[string]any{"recording_id": remoteID, "action": "download"})
	if err != nil {
		return "", nil, err
	}
	switch {
	case res.Status >= 300 && res.Status < 400:
		return linkOf(&to, res.Header.Get("Location"))
	case res.Status == http.StatusNotFound:
		return "", nil, core.NotFound("recording")
	}
	if err := refusal(res); err != nil {
		return "", nil, err
	}
	return "", nil, wire.Unreadable("a link to the recording")
}

// linkOf reads a link, which may be without the host it is at.
func linkOf(to *telephony.Endpoint, location string) (string, map[string]string, error) {
	address, err := wire.Address(to, defaultAddress, "")
	if err != nil {
		return "", nil, err
	}
	base, err := url.Parse(address)
	if err != nil {
		return "", nil, wire.Unreadable("a link to the recording")
	}
	link, err := base.Parse(location)
	if err != nil || location == "" {
		return "", nil, wire.Unreadable("a link to the recording")
	}
	return link.String(), nil, nil
}

// command sends a command and reads its result.
func (d *Driver) command(ctx context.Context, to *telephony.Endpoint, name string, body map[string]any) error {
	res, err := d.post(ctx, to, "commands/"+name, body)
	if err != nil {
		return err
	}
	if err := refusal(res); err != nil {
		return err
	}
	var answer struct {
		Result int `json:"result"`
	}
	if json.Unmarshal(res.Body, &answer) != nil || answer.Result == 0 {
		return wire.Unreadable("the result of a command")
	}
	return failure(answer.Result)
}

func (d *Driver) post(ctx context.Context, to *telephony.Endpoint, path string, body map[string]any) (*httpclient.Response, error) {
	address, err := wire.Address(to, defaultAddress, "/"+path)
	if err != nil {
		return nil, err
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("writing a command: %w", err)
	}
	key, salt := to.Secrets[telephony.SecretToken], to.Secrets[telephony.SecretSalt]
	form := url.Values{"vpbx_api_key": {key}, "sign": {sign(key, string(raw), salt)}, "json": {string(raw)}}
	return d.client.Do(ctx, to, wire.Request{
		Method: http.MethodPost, URL: address, Header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, Body: []byte(form.Encode()),
	})
}

// refusal is an answer that is no result: nil when it is one.
func refusal(res *httpclient.Response) error {
	switch {
	case res.Status == http.StatusUnauthorized, res.Status == http.StatusForbidden:
		return wire.Refused("unauthorized", "Mango Office refuses key or salt; after a wrong one it lets nobody in for two minutes: correct them in the connection's settings", "")
	case res.Status == http.StatusTooManyRequests, res.Status >= 500:
		return wire.Overloaded(res)
	case res.Status == http.StatusNotFound:
		return wire.Refused("not_supported", "Mango Office has no such command: look at the address of the connection", "")
	case res.Status != http.StatusOK:
		return wire.Refused("invalid_parameter", "Mango Office refuses the command", fmt.Sprint(res.Status))
	}
	return nil
}

// failure says what a result other than 1000 means.
func failure(result int) error {
	said := fmt.Sprint("result ", result)
	switch {
	case result == resultOK:
		return nil
	case result/100 == 31:
		return wire.Refused("invalid_parameter", "Mango Office finds something wrong in the command: look at extension, number and line, and whether the call is still there", said)
	case result/100 == 32:
		return wire.Refused("destination_forbidden", "Mango Office does not call this number", said)
	case result/1000 == 2:
		return wire.Refused("destination_forbidden", "Mango Office refuses the call because of the account's balance or tariff", said)
	case result/1000 == 4:
		return wire.Refused("invalid_state", "Mango Office can't do this with the call now", said)
	}
	return core.Unavailable("Mango Office has a fault of its own; try again in a moment", 0, fmt.Errorf("result %d", result)).WithReason("overloaded")
}
