package uis

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/pbx/wire"
)

// Active returns the running calls.
func (d *Driver) Active(ctx context.Context, to telephony.Endpoint) ([]telephony.Snapshot, error) {
	var answer []map[string]any
	if err := d.call(ctx, &to, "list.calls", map[string]any{}, &listed{&answer}); err != nil {
		return nil, err
	}
	in := zone(to.Settings.Timezone)
	out := make([]telephony.Snapshot, 0, len(answer))
	for _, one := range answer {
		out = append(out, snapshot(one, in))
	}
	return out, nil
}

// Call returns a running call; UIS forgets those that have finished (KindNotFound).
func (d *Driver) Call(ctx context.Context, to telephony.Endpoint, pbxCallID string) (telephony.Snapshot, error) {
	all, err := d.Active(ctx, to)
	if err != nil {
		return telephony.Snapshot{}, err
	}
	for _, s := range all {
		if s.PBXCallID == pbxCallID {
			return s, nil
		}
	}
	return telephony.Snapshot{}, core.NotFound("call").WithReason("call_not_found")
}

// listed reads objects with their numbers as they are written.
type listed struct{ to *[]map[string]any }

// UnmarshalJSON implements json.Unmarshaler.
func (l *listed) UnmarshalJSON(raw []byte) error {
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.UseNumber()
	return d.Decode(l.to)
}

func snapshot(v wire.Values, in *time.Location) telephony.Snapshot {
	d := telephony.Data{Direction: telephony.Direction(v.Text("direction")), DID: v.Number("virtual_phone_number"), State: "started"}
	if d.Direction == telephony.Outbound {
		d.Callee = v.Number("contact_phone_number")
	} else {
		d.Direction, d.Caller = telephony.Inbound, v.Number("contact_phone_number")
	}
	if at, ok := local(v, "start_time", in); ok {
		d.StartedAt = &at
	}
	legs, _ := v["legs"].([]any)
	for _, one := range legs {
		if leg, ok := one.(map[string]any); ok {
			d.Legs = append(d.Legs, legOf(leg, d.Direction))
		}
	}
	for _, l := range d.Legs {
		if rank[l.State] > rank[d.State] {
			d.State = l.State
		}
	}
	return telephony.Snapshot{PBXCallID: v.ID("call_session_id"), Data: d}
}

// rank says which state of a leg is that of the call.
var rank = map[string]int{"started": 0, "ringing": 1, "talking": 2, "held": 3}

// states are the words of UIS for what a leg does.
var states = []struct{ begins, state string }{
	{"удержан", "held"}, {"hold", "held"}, {"дозвон", "ringing"}, {"разговор", "talking"}, {"трансфер", "talking"}, {"тональн", "talking"}, {"факс", "talking"},
}

func legOf(v wire.Values, direction telephony.Direction) telephony.LegFact {
	l := telephony.LegFact{LegID: v.ID("leg_id"), Role: telephony.RoleContact, Number: v.Number("called_phone_number"), State: "started"}
	if v.IsTrue("is_operator") {
		l.Role = telephony.RoleEmployee
	} else if direction == telephony.Inbound {
		l.Number = v.Number("calling_phone_number")
	}
	said := strings.ToLower(v.Text("state"))
	for _, s := range states {
		if strings.Contains(said, s.begins) {
			l.State = s.state
			break
		}
	}
	return l
}
