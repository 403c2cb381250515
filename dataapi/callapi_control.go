package dataapi

import (
	"context"
	"slices"
	"strings"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/employees"
	"github.com/skvoz/skvoz/core/telephony"
)

// success is what control methods answer: the original sends the word as a string.
func success(err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return map[string]string{"success": "true"}, nil
}

// onCall is the work of a method about a running call.
type onCall func(ctx context.Context, c *call, session *telephony.Call) (any, error)

// in finds the call a method is about and lets the work be done in the given states only; none = in all but the end.
func (a *callAPI) in(run onCall, states ...telephony.CallState) work {
	return func(ctx context.Context, c *call) (any, error) {
		id := c.args.number("call_session_id")
		session, err := a.Calls.Call(ctx, c.account(), core.CallID(id))
		if core.KindOf(err) == core.KindNotFound && err != nil || err == nil && !session.IsActive() {
			return nil, refuse(callSessionNotFound, id).at("call_session_id").sent(id)
		}
		if err != nil {
			return nil, err
		}
		if len(states) > 0 && !slices.Contains(states, session.State) {
			return nil, refuse(invalidState).because("the call is in the state %s", session.State)
		}
		return run(ctx, c, &session)
	}
}

func (a *callAPI) do(ctx context.Context, c *call, session *telephony.Call, act telephony.Act) (any, error) {
	act.CallID, act.UserID, act.Origin = session.ID, c.caller.UserID, "call_api"
	_, err := a.Commander.Do(ctx, c.account(), act)
	if err != nil {
		err = callFault(err, c.args)
	}
	return success(err)
}

func (a *callAPI) act(action telephony.Action) onCall {
	return func(ctx context.Context, c *call, session *telephony.Call) (any, error) {
		return a.do(ctx, c, session, telephony.Act{Action: action})
	}
}

func (a *callAPI) makeCall(ctx context.Context, c *call, session *telephony.Call) (any, error) {
	if consults(session) {
		return nil, refuse(invalidState).because("somebody is being called already")
	}
	return a.do(ctx, c, session, telephony.Act{Action: telephony.ActTransferStart, ToNumber: c.args.text("to")})
}

// consulting lets a method be called only after make.call.
func (a *callAPI) consulting(action telephony.Action) work {
	return a.in(func(ctx context.Context, c *call, session *telephony.Call) (any, error) {
		if !consults(session) {
			return nil, refuse(invalidState).because("call make.call first")
		}
		return a.do(ctx, c, session, telephony.Act{Action: action})
	})
}

// consults reports whether an attended transfer has begun and is not over.
func consults(session *telephony.Call) bool {
	return slices.ContainsFunc(session.Transfers, func(t telephony.Transfer) bool { return t.State == "started" && t.Mode != "blind" })
}

// disconnect ends one leg; without the contact there is no call.
func (a *callAPI) disconnect(ctx context.Context, c *call, session *telephony.Call) (any, error) {
	id := c.args.number("leg_id")
	i := slices.IndexFunc(session.Legs, func(l telephony.Leg) bool { return legNumber(l.ID) == id && l.EndedAt == nil })
	if i < 0 {
		return nil, refuse(legNotFound, id).at("leg_id").sent(id)
	}
	if session.Legs[i].Role == telephony.RoleContact {
		return a.do(ctx, c, session, telephony.Act{Action: telephony.ActHangup})
	}
	return a.do(ctx, c, session, telephony.Act{Action: telephony.ActHangupLeg, LegID: session.Legs[i].ID})
}

func (a *callAPI) tag(ctx context.Context, c *call, session *telephony.Call) (any, error) {
	id := core.CallTagID(c.args.number("tag_id"))
	known, err := a.Calls.TagsOf(ctx, c.account(), []core.CallID{session.ID})
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(known[session.ID], func(t telephony.CallTag) bool { return t.ID == id }) {
		return nil, refuse(duplicateTag).at("tag_id")
	}
	_, err = a.Calls.Tag(ctx, c.account(), session.ID, c.caller.UserID, []core.CallTagID{id}, nil)
	if err != nil && core.KindOf(err) == core.KindNotFound {
		return nil, refuse(tagNotFound, int64(id)).at("tag_id").sent(int64(id))
	}
	return success(err)
}

func (a *callAPI) record(ctx context.Context, c *call, session *telephony.Call) (any, error) {
	action := telephony.ActRecordStart
	if c.args.text("action") == "off" {
		action = telephony.ActRecordStop
		number, err := a.Number(ctx, c.account(), core.Phone(session.VirtualNumber))
		if err == nil && number.Records {
			return nil, refuse(forbidden).because("all calls of the number are recorded: that can't be switched off for one")
		}
	}
	return a.do(ctx, c, session, telephony.Act{Action: action})
}

func (a *callAPI) dtmf(ctx context.Context, c *call, session *telephony.Call) (any, error) {
	digits := c.args.text("dtmf_string")
	if len(digits) != 1 || strings.Trim(digits, "0123456789*#") != "" {
		return nil, refuse(invalidParameterValue).at("dtmf_string").sent(digits).because("one digit, * or # at a time")
	}
	return a.do(ctx, c, session, telephony.Act{Action: telephony.ActDTMF, Digits: digits})
}

// list answers with the running calls and their legs.
func (a *callAPI) list(ctx context.Context, c *call) (any, error) {
	active, err := a.Calls.ActiveCalls(ctx, c.account())
	if err != nil {
		return nil, err
	}
	direction, number := telephony.Direction(c.args.text("direction")), c.args.text("virtual_phone_number")
	active = slices.DeleteFunc(active, func(s telephony.Call) bool {
		return (direction != "" && s.Direction != direction) || (number != "" && s.VirtualNumber != number)
	})
	var ids []core.CallID
	var people []core.EmployeeID
	for _, s := range active {
		ids = append(ids, s.ID)
		for i := range s.Legs {
			if s.Legs[i].EmployeeID != 0 {
				people = append(people, s.Legs[i].EmployeeID)
			}
		}
	}
	tags, err := a.Calls.TagsOf(ctx, c.account(), ids)
	if err != nil {
		return nil, err
	}
	names, err := a.Employees(ctx, c.account(), people)
	if err != nil {
		return nil, err
	}
	out := make([]map[string]any, 0, len(active))
	for i := range active {
		out = append(out, callRow(&active[i], tags[active[i].ID], names))
	}
	return out, nil
}

// isoTime is how the Call API writes times.
const isoTime = "2006-01-02T15:04:05"

func callRow(s *telephony.Call, tags []telephony.CallTag, names map[core.EmployeeID]employees.Employee) map[string]any {
	marked := []map[string]any{}
	for _, t := range tags {
		marked = append(marked, map[string]any{"tag_id": int64(t.ID), "tag_name": t.Name})
	}
	legs := []map[string]any{}
	for i := range s.Legs {
		legs = append(legs, legRow(s, &s.Legs[i], names))
	}
	return map[string]any{
		"call_session_id": int64(s.ID), "direction": s.Direction, "start_time": s.StartedAt.Format(isoTime), "virtual_phone_number": orNull(s.VirtualNumber),
		"contact_phone_number": orNull(string(s.ContactPhone)), "external_id": orNull(s.ExternalID), "tags": marked, "legs": legs,
	}
}

func legRow(s *telephony.Call, l *telephony.Leg, names map[core.EmployeeID]employees.Employee) map[string]any {
	calling, called := s.VirtualNumber, l.Number
	if l.Role == telephony.RoleContact && s.Direction == telephony.Inbound {
		calling, called = l.Number, s.VirtualNumber
	}
	row := map[string]any{
		"leg_id": legNumber(l.ID), "calling_phone_number": orNull(calling), "called_phone_number": orNull(called), "is_operator": l.Role != telephony.RoleContact, "employee_id": nil,
		"employee_full_name": nil, "record_call_enabled": false, "state": legWords[l.State],
	}
	if e, ok := names[l.EmployeeID]; ok {
		row["employee_id"], row["employee_full_name"] = int64(e.ID), e.Name()
	}
	return row
}

// legWords are the states of legs in the original's words.
var legWords = map[telephony.LegState]string{
	telephony.LegDialing: "Дозвон", telephony.LegIsRinging: "Дозвон", telephony.LegIsAnswered: "Разговор", telephony.LegIsHeld: "На удержании", telephony.LegIsEnded: "Разъединен",
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}
