package emulator

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/skvoz/skvoz/pbx/exchange"
)

const maxTTS = 500 // symbols

// methods are those of the Call API.
func methods() map[string]method {
	onCall := func(do func(*Server, *exchange.Call, args) *problem, more ...param) method {
		return method{params: append([]param{required("call_session_id", number)}, more...), do: func(s *Server, a args) (any, *problem) { return s.control(a, do) }}
	}
	return map[string]method{
		"login.user":  {open: true, params: []param{required("login", text), required("password", text)}, do: (*Server).login},
		"logout.user": {do: (*Server).logout},
		"start.employee_call": {do: (*Server).startEmployeeCall, params: startParams("employee",
			param{name: "employee", kind: group, required: true, fields: []param{required("id", number), {name: "phone_number", kind: text, pattern: phonePattern}}},
			optional("media_file_id", number), optional("show_virtual_phone_number", boolean), message("employee_message", false))},
		"start.simple_call": {do: (*Server).startSimpleCall, params: startParams("operator",
			param{name: "operator", kind: text, required: true, pattern: phonePattern}, param{name: "operator_confirmation", kind: text, pattern: confirmation},
			optional("media_file_id", number), optional("show_virtual_phone_number", boolean), message("operator_message", false))},
		"start.scenario_call": {do: (*Server).startScenarioCall, params: startParams("employee", required("scenario_id", number), message("employee_message", false))},
		"start.vnumber_call":  {do: (*Server).startVnumberCall, params: startParams("employee", message("employee_message", false))},
		"hold.call":           onCall((*Server).hold, message("contact_message", true)),
		"unhold.call":         onCall(func(s *Server, c *exchange.Call, _ args) *problem { return state(s.board.Unhold(c)) }),
		"make.call":           onCall((*Server).makeCall, param{name: "to", kind: text, required: true, pattern: phonePattern}, message("to_message", false)),
		"transfer.talk":       onCall(func(s *Server, c *exchange.Call, _ args) *problem { return state(s.board.Transfer(c)) }),
		"restore.talk":        onCall(func(s *Server, c *exchange.Call, _ args) *problem { return state(s.board.Restore(c)) }),
		"release.call":        onCall(func(s *Server, c *exchange.Call, _ args) *problem { return state(s.board.Finish(c)) }),
		"disconnect.leg":      onCall((*Server).disconnectLeg, required("leg_id", number)),
		"tag.call":            onCall((*Server).tagCall, required("tag_id", number)),
		"record.call":         onCall((*Server).recordCall, param{name: "action", kind: text, required: true, enum: []string{"on", "off"}}),
		"send.dtmf":           onCall((*Server).sendDTMF, param{name: "dtmf_string", kind: text, required: true, pattern: symbolPattern}),
		"list.calls":          {params: []param{{name: "direction", kind: text, enum: []string{"in", "out"}}, {name: "virtual_phone_number", kind: text, pattern: vnumPattern}}, do: (*Server).listCalls},
	}
}

func state(err error) *problem {
	if err != nil {
		return wrong(-32004, "invalid_state", "Invalid state of the call session")
	}
	return nil
}

func (s *Server) login(a args) (any, *problem) {
	if a.text("login") != s.account.login || a.text("password") != s.account.password {
		return nil, bare(-32001, "auth_error", "Login or password is wrong")
	}
	value, expires := secret(20), s.kit.Clock.Now().Add(sessionLife)
	s.account.tokens[value] = &token{expires: expires}
	return object{"access_token": value, "expire_at": expires.Unix()}, nil
}

func (s *Server) logout(a args) (any, *problem) {
	if value := a.text("access_token"); !s.account.tokens[value].permanent {
		delete(s.account.tokens, value)
	}
	return object{"success": true}, nil
}

// control looks the live call up and says "true" when all went well.
func (s *Server) control(a args, do func(*Server, *exchange.Call, args) *problem) (any, *problem) {
	id := a.number("call_session_id")
	c := s.board.Call(id)
	if c == nil || !c.Live() {
		return nil, wrong(-32602, "call_session_not_found", "Call session with id "+itoa(id)+" not found", "field", "call_session_id", "value", id)
	}
	if p := do(s, c, a); p != nil {
		return nil, p
	}
	return object{"success": "true"}, nil
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// start checks what all methods that start a call have in common.
func (s *Server) start(a args) *problem {
	acc, vnum, contact := s.account, a.text("virtual_phone_number"), a.text("contact")
	switch {
	case a.flag("early_switching", false) && (!a.flag("switch_at_once", false) || a.text("first_call") == "contact"):
		return wrong(-32602, "invalid_parameters_combination", "The combination of parameters is not permitted", "params", []string{"early_switching", "switch_at_once", "first_call"})
	case free(vnum) || acc.number(vnum) == nil:
		return wrong(-32007, "virtual_phone_number_not_found", "Virtual phone number "+vnum+" not found. It is not your virtual phone number.", "field", "virtual_phone_number", "value", vnum)
	case acc.number(contact) != nil:
		return wrong(-32602, "own_virtual_phone_number_not_allowed", "Own virtual phone number is not allowed", "field", "contact", "value", contact)
	case slices.Contains(acc.blacklist, contact):
		return wrong(-32002, "contact_in_blacklist", "Contact is in the black list", "field", "contact", "value", contact)
	case s.abroad(contact):
		return wrong(-32002, "direction_forbidden", "Calls in this direction are forbidden", "field", "contact", "value", contact)
	}
	if id, given := a["media_file_id"]; given && id != nil && !slices.Contains(acc.media, a.number("media_file_id")) {
		return noMedia("media_file_id", id)
	}
	for _, name := range []string{"contact_message", "employee_message", "operator_message"} {
		if p := s.checkMessage(a, name); p != nil {
			return p
		}
	}
	return nil
}

// abroad reports whether a number leads to another country and may not be called. Numbers of SIP lines are short and begin with 0.
func (s *Server) abroad(n string) bool {
	return !s.opts.AllowAbroad && len(n) > 7 && !strings.HasPrefix(n, "7")
}

func noMedia(field string, value any) *problem {
	return wrong(-32602, "media_file_not_found", "Media file not found", "field", field, "value", value)
}

func (s *Server) checkMessage(a args, name string) *problem {
	m, given := a.group(name)
	if !given {
		return nil
	}
	value := m.text("value")
	if m.text("type") == "media" {
		id, err := strconv.ParseInt(value, 10, 64)
		if err != nil || !slices.Contains(s.account.media, id) {
			return noMedia(name+".value", value)
		}
		return nil
	}
	if utf8.RuneCountInString(value) > maxTTS {
		return wrong(-32602, "tts_text_exceeded", "The text is too long", "field", name+".value", "value", value)
	}
	return nil
}

// begin starts a call: the contact and the employees ring one after the other, as first_call says.
func (s *Server) begin(a args, data *session, employees exchange.Step) (any, *problem) {
	vnum := s.account.number(a.text("virtual_phone_number"))
	contact := exchange.Step{Role: exchange.Contact, Targets: []exchange.Target{{Number: a.text("contact"), Calling: vnum.Number}}}
	plan := []exchange.Step{employees, contact}
	if a.text("first_call") == "contact" {
		plan = []exchange.Step{contact, employees}
	}
	c := s.board.Start(&exchange.Call{
		Direction: cmp.Or(exchange.Direction(a.text("direction")), s.opts.DefaultDirection), Virtual: vnum.Number, Contact: a.text("contact"),
		ExternalID: a.text("external_id"), Recording: vnum.Recorded, Data: data,
	}, plan...)
	return object{"call_session_id": c.ID}, nil
}

// shown is the number an employee sees.
func shown(a args) string {
	if a.flag("show_virtual_phone_number", true) {
		return a.text("virtual_phone_number")
	}
	return a.text("contact")
}

func (s *Server) startEmployeeCall(a args) (any, *problem) {
	if p := s.start(a); p != nil {
		return nil, p
	}
	who, _ := a.group("employee")
	id := who.number("id")
	e := s.account.employee(id)
	if e == nil {
		return nil, wrong(-32602, "employee_not_found", "Employee with id "+itoa(id)+" not found. It is not your employee.", "field", "employee.id", "value", id)
	}
	targets := e.targets(shown(a), 0)
	if number := who.text("phone_number"); number != "" {
		targets = slices.DeleteFunc(targets, func(t exchange.Target) bool { return t.Number != number })
	}
	if len(targets) == 0 {
		return nil, wrong(-32602, "no_active_phone_number", "Employee has no active phone number", "field", "employee.phone_number", "value", who["phone_number"])
	}
	data := s.account.newSession("callapi")
	data.employee, data.employeePhone = e.ID, targets[0].Number
	return s.begin(a, data, exchange.Step{Role: exchange.Employee, Targets: targets})
}

func (s *Server) startSimpleCall(a args) (any, *problem) {
	if p := s.start(a); p != nil {
		return nil, p
	}
	operator := a.text("operator")
	switch {
	case s.account.number(operator) != nil:
		return nil, wrong(-32602, "own_virtual_phone_number_not_allowed", "Own virtual phone number is not allowed", "field", "operator", "value", operator)
	case s.abroad(operator):
		return nil, wrong(-32002, "direction_forbidden", "Calls in this direction are forbidden", "field", "operator", "value", operator)
	}
	data := s.account.newSession("callapi")
	data.employeePhone = operator
	return s.begin(a, data, exchange.Step{Role: exchange.Employee, Targets: []exchange.Target{{Number: operator, Calling: shown(a)}}})
}

func (s *Server) startScenarioCall(a args) (any, *problem) {
	if p := s.start(a); p != nil {
		if p.mnemonic == "contact_in_blacklist" {
			p.code = -32602 // here it is one of the parameters' errors
		}
		return nil, p
	}
	sc := s.account.scenario(a.number("scenario_id"))
	if sc == nil {
		return nil, wrong(-32602, "scenario_not_found", "Scenario not found", "field", "scenario_id", "value", a.number("scenario_id"))
	}
	data := s.account.newSession("callapi")
	data.scenario = sc
	return s.begin(a, data, exchange.Step{Role: exchange.Employee, Parallel: sc.Parallel, Targets: s.account.targets(sc, a.text("virtual_phone_number"))})
}

// startVnumberCall goes through the scenario of the virtual number.
func (s *Server) startVnumberCall(a args) (any, *problem) {
	if p := s.start(a); p != nil {
		if p.mnemonic == "contact_in_blacklist" {
			p.code = -32602
		}
		return nil, p
	}
	data, vnum := s.account.newSession("callapi"), a.text("virtual_phone_number")
	data.scenario = s.account.scenario(s.account.number(vnum).Scenario)
	if data.scenario == nil {
		return nil, wrong(-32007, "scenario_not_found", "Scenario not found", "field", "virtual_phone_number", "value", vnum)
	}
	return s.begin(a, data, exchange.Step{Role: exchange.Employee, Parallel: data.scenario.Parallel, Targets: s.account.targets(data.scenario, vnum)})
}

func (s *Server) hold(c *exchange.Call, a args) *problem {
	if p := s.checkMessage(a, "contact_message"); p != nil {
		return p
	}
	return state(s.board.Hold(c))
}

func (s *Server) makeCall(c *exchange.Call, a args) *problem {
	to := a.text("to")
	switch {
	case s.abroad(to):
		return wrong(-32002, "direction_forbidden", "Calls in this direction are forbidden", "field", "to", "value", to)
	case s.account.number(to) != nil:
		return wrong(-32602, "own_virtual_phone_number_not_allowed", "Own virtual phone number is not allowed", "field", "to", "value", to)
	}
	if p := s.checkMessage(a, "to_message"); p != nil {
		return p
	}
	return state(s.board.Consult(c, exchange.Target{Number: to, Owner: s.ownerOf(to)}))
}

// ownerOf returns the employee a number belongs to, 0 = nobody.
func (s *Server) ownerOf(number string) int64 {
	for _, e := range s.account.employees {
		if slices.ContainsFunc(e.Numbers, func(p Phone) bool { return p.Number == number }) {
			return e.ID
		}
	}
	return 0
}

func (s *Server) disconnectLeg(c *exchange.Call, a args) *problem {
	l := c.Leg(a.number("leg_id"))
	if l == nil || !l.Live() {
		return wrong(-32602, "leg_not_found", "Leg with id "+itoa(a.number("leg_id"))+" not found", "field", "leg_id", "value", a.number("leg_id"))
	}
	return state(s.board.HangUp(c, l, exchange.ReasonCommand))
}

func (s *Server) tagCall(c *exchange.Call, a args) *problem {
	id := a.number("tag_id")
	switch {
	case s.account.tag(id) == nil:
		return wrong(-32602, "tag_not_found", "Tag with id "+itoa(id)+" not found", "field", "tag_id", "value", id)
	case slices.Contains(c.Tags, id):
		return wrong(-32602, "duplicate_tag", "The call has this tag already", "field", "tag_id", "value", id)
	}
	c.Tags = append(c.Tags, id)
	return nil
}

func (s *Server) recordCall(c *exchange.Call, a args) *problem {
	n := s.account.number(c.Virtual)
	if a.text("action") == "off" && n != nil && n.Recorded {
		return wrong(-32003, "forbidden", "Permission denied", "field", "action", "value", "off")
	}
	return state(s.board.Record(c, a.text("action") == "on"))
}

func (s *Server) sendDTMF(c *exchange.Call, a args) *problem {
	if c.Stage != exchange.StageTalk {
		return state(exchange.ErrState)
	}
	return state(s.board.Digits(c, c.LiveLeg(exchange.Employee), a.text("dtmf_string")))
}

func (s *Server) listCalls(a args) (any, *problem) {
	out := []object{}
	for _, c := range s.board.Calls() {
		if !c.Live() || a.text("direction") != "" && string(c.Direction) != a.text("direction") || a.text("virtual_phone_number") != "" && c.Virtual != a.text("virtual_phone_number") {
			continue
		}
		out = append(out, s.listed(c))
	}
	return out, nil
}

func (s *Server) listed(c *exchange.Call) object {
	tags, legs := []object{}, []object{}
	for _, id := range c.Tags {
		tags = append(tags, object{"tag_id": id, "tag_name": s.account.tag(id).Name})
	}
	for _, l := range c.Legs {
		if !l.Live() {
			continue
		}
		leg := object{
			"leg_id": l.ID, "calling_phone_number": l.Calling, "called_phone_number": l.Number, "is_operator": l.Role != exchange.Contact,
			"employee_id": nil, "employee_full_name": nil, "record_call_enabled": c.Recording, "state": legState(c, l),
		}
		if c.Direction == exchange.In && l.Role == exchange.Contact && l.Calling == l.Number {
			leg["called_phone_number"] = c.Virtual
		}
		if e := s.account.employee(l.Owner); e != nil {
			leg["employee_id"], leg["employee_full_name"] = e.ID, e.Name
		}
		legs = append(legs, leg)
	}
	return object{
		"call_session_id": c.ID, "direction": string(c.Direction), "start_time": c.StartedAt.In(moscow).Format("2006-01-02T15:04:05"),
		"virtual_phone_number": c.Virtual, "contact_phone_number": c.Contact, "external_id": null(c.ExternalID), "tags": tags, "legs": legs,
	}
}

// null is nil for an empty text.
func null(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// legState is the vendor's word for what a leg does.
func legState(c *exchange.Call, l *exchange.Leg) string {
	switch {
	case l.State == exchange.LegRinging:
		return "Дозвон"
	case l.State == exchange.LegHeld:
		return "На удержании"
	case c.Stage == exchange.StageConsult:
		return "Разговор операторов"
	case c.Stage == exchange.StageConsultDialing:
		return "Трансфер"
	case l.State == exchange.LegTalking:
		return "Разговор"
	}
	return "В очереди"
}
