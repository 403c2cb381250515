package emulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"time"
)

type object = map[string]any

// problem is an error of the protocol.
type problem struct {
	code     int
	mnemonic string
	message  string
	data     object // field, value, params
	bare     bool   // without metadata
}

func wrong(code int, mnemonic, message string, data ...any) *problem {
	p := &problem{code: code, mnemonic: mnemonic, message: message, data: object{}}
	for i := 0; i+1 < len(data); i += 2 {
		p.data[data[i].(string)] = data[i+1]
	}
	return p
}

func bare(code int, mnemonic, message string, data ...any) *problem {
	p := wrong(code, mnemonic, message, data...)
	p.bare = true
	return p
}

// request is a call that has the right shape.
type request struct {
	id     json.RawMessage
	method string
	params map[string]any
}

// answer carries a request out and returns the answer's body.
func (s *Server) answer(body []byte, remote string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.board.Settle()
	req, p := read(body)
	var data any
	if p == nil {
		data, p = s.carryOut(req, remote)
	}
	if req.id == nil {
		req.id = json.RawMessage("null")
	}
	out := object{"jsonrpc": "2.0", "id": req.id}
	if p == nil {
		out["result"] = object{"data": data, "metadata": s.metadata()}
	} else {
		p.data["mnemonic"] = p.mnemonic
		if !p.bare {
			p.data["metadata"] = s.metadata()
		}
		out["error"] = object{"code": p.code, "message": p.message, "data": p.data}
	}
	var raw bytes.Buffer
	enc := json.NewEncoder(&raw)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(out) // of plain values: never fails
	return raw.Bytes()
}

// read checks the shape of a request.
func read(body []byte) (request, *problem) {
	var req request
	body = bytes.TrimSpace(body)
	invalid := func() *problem {
		return bare(-32600, "invalid_request", "Invalid Request The JSON sent is not a valid Request object")
	}
	switch {
	case !json.Valid(body):
		return req, bare(-32700, "parse_error", "Invalid JSON was received by the server.")
	case body[0] == '[':
		return req, bare(-32099, "batch_opreations_not_supported", "Batch operations not supported")
	case body[0] != '{':
		return req, invalid()
	}
	var shape struct {
		JSONRPC string          `json:"jsonrpc"`
		ID      json.RawMessage `json:"id"`
		Method  string          `json:"method"`
		Params  json.RawMessage `json:"params"`
	}
	err := json.Unmarshal(body, &shape)
	switch {
	case err != nil || len(shape.ID) > 0 && !isID(shape.ID):
		return req, invalid()
	case len(shape.ID) == 0:
		return req, bare(-32099, "notifications_not_supported", "Notifications not supported")
	}
	req.id, req.method = shape.ID, shape.Method
	if shape.JSONRPC != "2.0" || shape.Method == "" || !readParams(shape.Params, &req.params) {
		return req, invalid()
	}
	return req, nil
}

func isID(raw json.RawMessage) bool {
	return raw[0] == '"' || raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9'
}

func readParams(raw json.RawMessage, into *map[string]any) bool {
	if len(raw) == 0 {
		*into = object{}
		return true
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	return raw[0] == '{' && dec.Decode(into) == nil && !dec.More()
}

// method is one of the Call API's.
type method struct {
	params []param
	open   bool // without a token
	do     func(*Server, args) (any, *problem)
}

// carryOut checks who asks, from where, how often and for what, in this order.
func (s *Server) carryOut(req request, remote string) (any, *problem) {
	m, known := methods()[req.method]
	if !known {
		return nil, bare(-32601, "method_not_found", "The method does not exist / is not available")
	}
	a := s.account
	specs := m.params
	if !m.open {
		specs = append([]param{{name: "access_token", kind: text, required: true}}, specs...)
		if p := s.admitToken(req.params); p != nil {
			return nil, p
		}
	}
	switch {
	case !s.admitIP(remote):
		return nil, bare(-32003, "ip_not_whitelisted", "Your IP "+ipOf(remote)+" is not whitelisted")
	case a.inactive:
		return nil, wrong(-32009, "account_inactive", "Your account has been disabled, contact the support service")
	case a.disabledComponent != "":
		return nil, wrong(-32008, "component_disabled", "Component "+a.disabledComponent+" has been disabled")
	}
	if p := s.limited(); p != nil {
		return nil, p
	}
	if p := check(specs, req.params); p != nil {
		return nil, p
	}
	data, p := m.do(s, args(req.params))
	if p == nil {
		a.spent = append(a.spent, s.kit.Clock.Now())
	}
	return data, p
}

func (s *Server) admitToken(params map[string]any) *problem {
	raw, given := params["access_token"]
	if !given || raw == nil {
		return bare(-32602, "required_parameter_missed", "The required parameter has been missed", "field", "access_token")
	}
	value, isText := raw.(string)
	t := s.account.tokens[value]
	now := s.kit.Clock.Now()
	switch {
	case !isText || t == nil || !t.permanent && !now.Before(t.expires):
		return bare(-32001, "access_token_invalid", "Access token is invalid")
	case t.blocked:
		return bare(-32001, "access_token_blocked", "Access token has been blocked")
	case !t.expires.IsZero() && !now.Before(t.expires):
		return bare(-32001, "access_token_expired", "Access token has been expired")
	}
	return nil
}

func ipOf(remote string) string {
	at, err := netip.ParseAddrPort(remote)
	if err != nil {
		return remote
	}
	return at.Addr().Unmap().String()
}

func (s *Server) admitIP(remote string) bool {
	at, err := netip.ParseAddrPort(remote)
	list := s.account.allowIPs
	if list == nil {
		list = s.opts.AllowIPs
	}
	return err == nil && slices.ContainsFunc(list, func(p netip.Prefix) bool { return p.Contains(at.Addr().Unmap()) })
}

// used counts the points of the last minute and the last day.
func (s *Server) used() (minute, day int) {
	now := s.kit.Clock.Now()
	a := s.account
	a.spent = slices.DeleteFunc(a.spent, func(t time.Time) bool { return now.Sub(t) >= 24*time.Hour })
	for _, t := range a.spent {
		if now.Sub(t) < time.Minute {
			minute++
		}
	}
	return minute, len(a.spent)
}

func (s *Server) limited() *problem {
	minute, day := s.used()
	for _, l := range []struct {
		kind      string
		used, max int
	}{{"day", day, s.opts.DayLimit}, {"minute", minute, s.opts.MinuteLimit}} {
		if l.used >= l.max {
			return wrong(-32029, "limit_exceeded", fmt.Sprintf("Limit per %s has been exceeded. Value of current limit per %s is %d", l.kind, l.kind, l.max),
				"params", object{"limit_type": l.kind, "limit_max_value": l.max})
		}
	}
	return nil
}

func (s *Server) metadata() object {
	minute, day := s.used()
	now := s.kit.Clock.Now()
	return object{"limits": object{
		"day_limit": s.opts.DayLimit, "day_remaining": s.opts.DayLimit - day, "day_reset": 86400 - (now.Hour()*3600 + now.Minute()*60 + now.Second()),
		"minute_limit": s.opts.MinuteLimit, "minute_remaining": s.opts.MinuteLimit - minute, "minute_reset": 60 - now.Second(),
	}}
}
