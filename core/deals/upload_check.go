package deals

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
)

// earliest and latest bound the moments a record may name: what every database and every zone can hold.
var (
	earliest = time.Date(1970, 1, 2, 0, 0, 0, 0, time.UTC)
	latest   = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
)

// maxRevenue bounds what a deal is worth, in minor units: sums over millions of deals must stay exact.
const maxRevenue = 1e14

func badTime(field string, at time.Time, format string, args ...any) error {
	return core.Invalid(field, reasonBadTime, format, args...).WithValue(at)
}

func (c *checks) notFuture(field string, at, now time.Time) {
	if at.After(now) {
		c.fail(badTime(c.at+field, at, "%s lies in the future", c.at+field))
	}
	c.sane(field, at)
}

func (c *checks) sane(field string, at time.Time) {
	if at.Before(earliest) || at.After(latest) {
		c.fail(badTime(c.at+field, at, "%s does not lie between 1970 and 2199", c.at+field))
	}
}

// times checks the moments of a record of a deal or lead.
func (c *checks) times(created, modified, stage time.Time, closed *time.Time, now time.Time) {
	if created.IsZero() {
		c.fail(required(c.at + "created_date_time"))
	}
	if stage.IsZero() {
		c.fail(required(c.at + "modified_stage_date_time"))
	}
	c.notFuture("created_date_time", created, now)
	c.sane("modified_stage_date_time", stage)
	if !modified.IsZero() {
		c.sane("modified_date_time", modified)
	}
	if stage.Before(created) {
		c.fail(badTime(c.at+"modified_stage_date_time", stage, "it came to its stage before it was created"))
	}
	if closed == nil {
		return
	}
	c.sane("closed_date_time", *closed)
	if closed.Before(created) {
		c.fail(badTime(c.at+"closed_date_time", *closed, "it was closed before it was created"))
	}
}

// check looks at a record alone, and cuts its times to what is stored.
func (r *DealRecord) check(at string, now time.Time) error {
	c := checks{at: at}
	c.identity(r.ExternalID, r.Name)
	r.CreatedAt, r.ModifiedAt, r.StageAt, r.ClosedAt = stored(r.CreatedAt), stored(r.ModifiedAt), stored(r.StageAt), storedPtr(r.ClosedAt)
	c.times(r.CreatedAt, r.ModifiedAt, r.StageAt, r.ClosedAt, now)
	c.needed("sales_funnel_ext_id", r.FunnelExternalID, maxExternalID)
	c.needed("stage_ext_id", r.StageExternalID, maxExternalID)
	c.text("lead_ext_id", r.LeadExternalID, maxExternalID)
	c.text("comments", r.Comments, maxText)
	c.text("source", r.Source, maxName)
	c.text("url", r.URL, maxText)
	if r.RevenueMinor != nil {
		c.that(*r.RevenueMinor >= -maxRevenue && *r.RevenueMinor <= maxRevenue, "revenue", *r.RevenueMinor, "this is more than a deal can be worth")
	}
	r.checkContacts(&c)
	c.communication(r.Communication)
	c.fields(r.Fields)
	c.tags(r.Tags)
	return c.err
}

// stored cuts a moment to what databases keep: milliseconds in UTC.
func stored(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.UTC().Truncate(time.Millisecond)
}

func storedPtr(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := stored(*t)
	return &u
}

func (r *DealRecord) checkContacts(c *checks) {
	c.count("contact_ext_ids", len(r.ContactExternalIDs))
	if len(r.ContactExternalIDs) == 0 && r.MainContactExternalID != "" {
		c.fail(apart(c.at+"contact_ext_ids", "main_contact_ext_id needs contact_ext_ids", nil))
	}
	if len(r.ContactExternalIDs) > 0 && r.MainContactExternalID == "" {
		c.fail(apart(c.at+"main_contact_ext_id", "contact_ext_ids needs main_contact_ext_id", nil))
	}
	isAmong := r.MainContactExternalID == ""
	for i, id := range r.ContactExternalIDs {
		c.needed(fmt.Sprintf("contact_ext_ids.%d", i), id, maxExternalID)
		isAmong = isAmong || id == r.MainContactExternalID
	}
	if !isAmong {
		c.fail(apart(c.at+"main_contact_ext_id", "the main contact is not among contact_ext_ids", r.MainContactExternalID))
	}
}

func apart(field, message string, value any) error {
	return core.Invalid(field, reasonCombination, "%s", message).WithValue(value)
}

// kindEmail is a kind of communication a record may name although none is received yet.
const kindEmail comms.Kind = "email"

func (c *checks) communication(ref CommunicationRef) {
	switch {
	case ref.ID == 0 && ref.Kind != "":
		c.fail(apart(c.at+"communication_id", "communication_type needs communication_id", nil))
	case ref.ID != 0 && ref.Kind == "":
		c.fail(apart(c.at+"communication_type", "communication_id needs communication_type", nil))
	}
	c.that(ref.ID >= 0 && ref.ID <= core.MaxID, "communication_id", int64(ref.ID), "this is no identifier of a communication")
	switch ref.Kind {
	case "", comms.KindChat, comms.KindOfflineRequest, comms.KindCall, comms.KindGoal, kindEmail:
	default:
		c.fail(badValue(c.at+"communication_type", string(ref.Kind), "unknown type of communication %q", ref.Kind))
	}
}

func (c *checks) fields(list []FieldValue) {
	c.count("user_fields", len(list))
	seen := map[string]bool{}
	for i, f := range list {
		at := fmt.Sprintf("user_fields.%d.", i)
		c.needed(at+"ext_id", f.ExternalID, maxExternalID)
		c.text(at+"value", f.Value, maxText)
		if seen[f.ExternalID] {
			c.fail(core.Invalid(c.at+at+"ext_id", reasonDuplicate, "the field %q is given twice", f.ExternalID).WithValue(f.ExternalID))
		}
		seen[f.ExternalID] = true
	}
}

func (c *checks) tags(list []Tag) {
	c.count("tags", len(list))
	for i, t := range list {
		at := fmt.Sprintf("tags.%d.", i)
		c.needed(at+"ext_id", t.ExternalID, maxExternalID)
		c.needed(at+"name", t.Name, maxName)
	}
}

// isNumeric reports whether the value of a numeric field is a decimal number; empty is none.
func isNumeric(value string) bool {
	value = strings.TrimSpace(value)
	if value == "" {
		return true
	}
	n, err := strconv.ParseFloat(value, 64)
	return err == nil && !math.IsInf(n, 0) && strings.Trim(value, "+-.0123456789eE") == ""
}
