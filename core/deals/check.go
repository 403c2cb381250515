package deals

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/skvoz/skvoz/core"
)

// The reasons of refusals: mnemonics of the Data API.
const (
	reasonMissing     = "entity_not_found"
	reasonDuplicate   = "duplicate_entity"
	reasonDependent   = "dependency_error"
	reasonBadValue    = "invalid_parameter_value"
	reasonBadTime     = "invalid_date_time"
	reasonRequired    = "required_parameter_missed"
	reasonCombination = "invalid_parameters_combination"
	reasonTooMany     = "data_limit_exceeded"
	reasonForbidden   = "forbidden"
)

// MaxAtOnce is how many deals, leads or contacts one request may have.
const MaxAtOnce = 1000

// Limits of texts, in characters.
const (
	maxExternalID = 255
	maxName       = 1000
	maxText       = 20000
	// maxList bounds the lists within a record: contacts, tags, fields, phones, e-mails.
	maxList = 500
)

func missing(what, field string, value any) error {
	return core.E(core.KindNotFound, fmt.Sprintf("there is no %s %v", what, value)).WithReason(reasonMissing).WithField(field).WithValue(value)
}

func duplicate(what, field string, value any) error {
	article := "a"
	if strings.ContainsRune("aeio", rune(what[0])) {
		article = "an"
	}
	return core.E(core.KindConflict, fmt.Sprintf("there is %s %s %v already", article, what, value)).WithReason(reasonDuplicate).WithField(field).WithValue(value)
}

func dependent(message, field string, value any) error {
	return core.E(core.KindConflict, message).WithReason(reasonDependent).WithField(field).WithValue(value)
}

func required(field string) error {
	return core.Invalid(field, reasonRequired, "%s is missing", field)
}

func badValue(field string, value any, format string, args ...any) error {
	return core.Invalid(field, reasonBadValue, format, args...).WithValue(value)
}

// checks gathers the first fault of a request; what comes after it is passed over.
type checks struct {
	// at is the path all fields begin with, like "deals.3."; empty at the top.
	at  string
	err error
}

func (c *checks) fail(err error) {
	if c.err == nil {
		c.err = err
	}
}

// needed wants a text of at most max characters that is not empty.
func (c *checks) needed(field, value string, limit int) {
	if strings.TrimSpace(value) == "" {
		c.fail(required(c.at + field))
		return
	}
	c.text(field, value, limit)
}

// text wants a text of at most max characters a database can hold.
func (c *checks) text(field, value string, limit int) {
	switch {
	case !utf8.ValidString(value), strings.ContainsRune(value, 0):
		c.fail(badValue(c.at+field, strings.ToValidUTF8(value, "\ufffd"), "%s is not a text", c.at+field))
	case utf8.RuneCountInString(value) > limit:
		c.fail(badValue(c.at+field, value, "%s is longer than %d characters", c.at+field, limit))
	}
}

// identity wants an external identifier and a name.
func (c *checks) identity(externalID, name string) {
	c.needed("ext_id", externalID, maxExternalID)
	c.needed("name", name, maxName)
}

// count wants a list of a sane length.
func (c *checks) count(field string, n int) {
	if n > maxList {
		c.fail(core.Invalid(c.at+field, reasonTooMany, "%s has more than %d items", c.at+field, maxList).WithValue(n))
	}
}

// that refuses a value unless ok.
func (c *checks) that(ok bool, field string, value any, format string, args ...any) {
	if !ok {
		c.fail(badValue(c.at+field, value, format, args...))
	}
}

func checkBatch(field string, n int) error {
	switch {
	case n == 0:
		return required(field)
	case n > MaxAtOnce:
		return core.Invalid(field, reasonTooMany, "send at most %d at once", MaxAtOnce).WithValue(n)
	}
	return nil
}

func checkCRM(c CRM) error {
	var check checks
	check.needed("name", c.Name, maxName)
	check.text("description", c.Description, maxText)
	check.text("url", c.URL, maxText)
	check.that(slices.Contains([]Kind{KindCustom, KindAmoCRM, KindBitrix, KindConnected}, c.Kind), "type", string(c.Kind), "unknown type of CRM %q", c.Kind)
	check.that(slices.Contains([]ConversionModel{LastBeforeDeal, LastBeforeContact, LastBeforeLead}, c.ConversionModel),
		"deal_conversion_model", string(c.ConversionModel), "unknown conversion model %q", c.ConversionModel)
	check.that(slices.Contains([]Terms{TermsDeals, TermsAppointments}, c.Terms), "terms", string(c.Terms), "unknown terms %q", c.Terms)
	check.count("goal_ids", len(c.GoalIDs))
	return check.err
}

func (p CRMPatch) apply(c CRM) CRM {
	c.Kind, c.Name, c.Description, c.URL = p.Kind.Or(c.Kind), p.Name.Or(c.Name), p.Description.Or(c.Description), p.URL.Or(c.URL)
	c.ConversionModel, c.Terms = p.ConversionModel.Or(c.ConversionModel), p.Terms.Or(c.Terms)
	c.IgnoreOutgoingCalls, c.IgnoreOutgoingChats = p.IgnoreOutgoingCalls.Or(c.IgnoreOutgoingCalls), p.IgnoreOutgoingChats.Or(c.IgnoreOutgoingChats)
	if p.GoalIDs.Set {
		c.GoalIDs = slices.Compact(slices.Sorted(slices.Values(p.GoalIDs.Value)))
	}
	return c
}

// linksDifferently reports whether deals of a CRM are linked to other communications after a change.
func linksDifferently(old, c CRM) bool {
	return old.IgnoreOutgoingCalls != c.IgnoreOutgoingCalls || old.IgnoreOutgoingChats != c.IgnoreOutgoingChats || !slices.Equal(old.GoalIDs, c.GoalIDs)
}
