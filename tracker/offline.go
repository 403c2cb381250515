package tracker

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
)

const (
	maxFields     = 50
	maxFieldValue = 1000
	maxNonce      = 64
)

var nullResult = json.RawMessage("null")

// offlineRequest answers /api/add_offline_message/.
func (s *Server) offlineRequest(q *request) (publicAnswer, *refusal) {
	if bad := s.findPublic(q, "site_key", "key", "uri"); bad != nil {
		return publicAnswer{}, bad
	}
	p := &q.params
	in := comms.RequestInput{
		Origin: comms.Origin{
			AccountID: q.site.AccountID, SiteID: q.site.ID, VisitorID: core.VisitorID(p.known("visitor_id")),
			SessionID: core.SessionID(p.known("session_id")), HitID: core.HitID(p.known("hit_id")),
		},
		Message: p.first(maxMessage, "text", "message"), FormName: p.first(maxText, "form_name"), UserFields: userFields(p), Nonce: p.text("nonce", maxNonce),
	}
	in.Name, in.Phone, in.Email = s.contacts(p, "name", "phone", "email")
	if in.Name == "" && in.Phone == "" && in.Email == "" {
		return publicAnswer{}, nothingFilled("name, phone or email")
	}
	if isTrue(p.raw("is_sale")) {
		sale := saleOf(p.text("sale_cost", maxText), q.site.Currency)
		in.Sale = &sale
	}
	if referer := clean(q.Header.Get("Referer"), maxAddress); q.site.Owns(hostOf(referer)) {
		in.PageURL = referer
	}
	// A lead is kept even if its sender has hung up.
	if _, err := s.cfg.Contacts.AddOfflineRequest(context.WithoutCancel(q.Context()), in); err != nil {
		return publicAnswer{}, asRefusal(err)
	}
	return publicAnswer{Result: &nullResult}, nil
}

// isTrue reads a boolean as PHP, jQuery and people write it.
func isTrue(s string) bool {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "", "0", "false", "no", "off", "null", "undefined":
		return false
	}
	return true
}

// saleOf reads what a sale is worth: "1 250,50 ₽" counts as 1250.50, and nonsense as nothing.
func saleOf(s, currency string) core.Money {
	amount := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '.' || r == ',' || r == '-' {
			return r
		}
		return -1
	}, s)
	sale, err := core.ParseMoney(strings.Trim(amount, ".,"), currency)
	if err != nil {
		return core.Money{Currency: currency}
	}
	return sale
}

// userFields reads further fields of a request: user_fields as a JSON object, or user_fields[id] as PHP and jQuery send it.
func userFields(p *params) []comms.UserField {
	fields := objectFields(p.raw("user_fields"))
	for i := range p.list {
		rest, isField := strings.CutPrefix(p.list[i].key, "user_fields[")
		name, isClosed := strings.CutSuffix(rest, "]")
		if !isField || !isClosed || name == "" || len(fields) >= maxFields {
			continue
		}
		value := p.list[i].value
		if !p.list[i].plain {
			value = unescape(value)
		}
		fields = append(fields, comms.UserField{Name: clean(name, maxText), Value: clean(value, maxFieldValue)})
	}
	return fields
}

// objectFields reads the fields of a JSON object in their order; anything else has none.
func objectFields(text string) []comms.UserField {
	var fields []comms.UserField
	eachField(text, func(name, value string) bool {
		fields = append(fields, comms.UserField{Name: clean(name, maxText), Value: clean(value, maxFieldValue)})
		return len(fields) < maxFields
	})
	return fields
}

// readObject adds the fields of a JSON object as parameters; objects within it stay text. It reports whether the text is an object.
func (p *params) readObject(text string) bool {
	return eachField(text, func(name, value string) bool {
		p.add(name, value)
		return len(p.list) < maxParams
	})
}

// eachField hands the fields of a JSON object to use until it says no, and reports whether the text is an object.
func eachField(text string, use func(name, value string) bool) bool {
	d := json.NewDecoder(strings.NewReader(text))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return false
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return false
		}
		name, ok := key.(string)
		var value json.RawMessage
		if !ok || d.Decode(&value) != nil {
			return false
		}
		if !use(name, plainValue(value)) {
			return true
		}
	}
	return true
}

// plainValue turns a JSON value into the text a form would have sent.
func plainValue(v json.RawMessage) string {
	var s string
	if json.Unmarshal(v, &s) == nil {
		return s // a text; null is the empty one
	}
	return string(v)
}
