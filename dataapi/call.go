package dataapi

import (
	"encoding/json"
	"net/netip"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
)

// call is a call in progress.
type call struct {
	h         *handler
	method    *method
	raw       map[string]any
	ip        netip.Addr
	userAgent string
	began     time.Time

	caller accounts.DataAPICaller
	// session is what login.user began, and loginRefused why it did not although the password is right.
	session      session
	loginRefused error
	// journal says whether the call is to be kept in the account's journal, charged whether a point was taken.
	journal, charged bool
	points           accounts.DataAPIPoints
	limits           *limits

	// zone, args, list and fields are there once the parameters are checked; list and fields for lists only.
	zone   *time.Location
	args   object
	list   core.ListRequest
	fields []string
	// total is set by lists.
	total *int
}

// ipText is the caller's address in words.
func (c *call) ipText() string {
	if !c.ip.IsValid() {
		return "unknown"
	}
	return c.ip.String()
}

func (c *call) account() core.AccountID { return c.caller.AccountID }

// prepare checks the parameters.
func (c *call) prepare() error {
	var err error
	if c.zone, err = time.LoadLocation(c.caller.Account.Timezone); err != nil {
		c.zone = time.UTC
	}
	r := reader{c.zone}
	if c.args, err = r.object(c.method.params, c.raw, ""); err != nil || c.method.fields == nil {
		return err
	}
	c.list, c.fields, err = r.readList(c.method, c.args)
	return err
}

// row is a row of a list: every field by its name, or what makes it.
type row map[string]any

// rows puts a listing into the API's words: of each row the wanted fields, and the number of all rows.
func rows[T any](c *call, l core.Listing[T], err error, read func(T) row) (any, error) {
	if err != nil {
		return nil, err
	}
	c.total = &l.Total
	out := make([]orderedRow, len(l.Rows))
	for i, r := range l.Rows {
		cells := read(r)
		out[i].names = c.fields
		for _, name := range c.fields {
			out[i].cells = append(out[i].cells, cell(cells[name], c.zone))
		}
	}
	return out, nil
}

// orderedRow is a row that keeps the order of its fields.
type orderedRow struct {
	names []string
	cells []any
}

// MarshalJSON implements json.Marshaler.
func (r orderedRow) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, name := range r.names {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, '"'), name...), '"', ':')
		b = append(b, trimmed(encode(r.cells[i]))...)
	}
	return append(b, '}'), nil
}

func trimmed(b []byte) []byte {
	if n := len(b); n > 0 && b[n-1] == '\n' {
		return b[:n-1]
	}
	return b
}

// cell puts a value into the API's words: what is empty is null, times are in the account's zone, amounts are numbers.
func cell(v any, zone *time.Location) any {
	switch v := v.(type) {
	case string:
		if v == "" {
			return nil
		}
	case time.Time:
		if v.IsZero() {
			return nil
		}
		return v.In(zone).Format(time.DateTime)
	case *time.Time:
		if v == nil {
			return nil
		}
		return v.In(zone).Format(time.DateTime)
	case []string:
		if v == nil {
			return []string{}
		}
	case []core.Phone:
		return plain(v)
	case []core.Email:
		return plain(v)
	case core.Money:
		return json.Number(v.Amount())
	}
	return v
}

func plain[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}
