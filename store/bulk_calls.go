package store

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/reports"
	"github.com/skvoz/skvoz/core/telephony"
)

// LoadCalls writes made-up calls that are over in one transaction, with their communications, the employees that took part, tags and recordings. Ids must
// be new, visitors and sessions there already. It implements demo.CallLoader.
func (db *DB) LoadCalls(ctx context.Context, account core.AccountID, h *telephony.CallHistory) error {
	load := newBulk(account, db.now())
	var days []int
	for i := range h.Calls {
		load.call(&h.Calls[i], h.Names[h.Calls[i].ID])
		days = append(days, dayOf(millis(h.Calls[i].StartedAt)))
	}
	for _, t := range h.Taggings {
		load.add("call_taggings", "call_id tag_id origin user_id tagged_at", int64(t.CallID), int64(t.TagID), "manual", int64(t.UserID), millis(t.At))
	}
	for i := range h.Recordings {
		load.recording(&h.Recordings[i])
	}
	return db.writeBulk(ctx, load, map[reports.Fact][]int{reports.FactCommunications: days})
}

func (l *bulk) call(c *telephony.Call, name string) {
	l.add("calls", strings.Join(callColumnNames[1:], " "), callValues(c, l.now)[1:]...)
	for _, p := range telephony.Participants(c) {
		l.add("call_employees", "call_id employee_id is_answered is_talked rang_at reason",
			int64(c.ID), int64(p.EmployeeID), p.IsAnswered, p.HasTalked, millis(p.RangAt), string(p.Reason))
	}
	if !c.IsOutside() {
		return
	}
	l.add("communications", "id kind site_id at name name_search phone email visitor_id session_id hit_id goal_id goal_reach_id message form_name sale_minor sale_currency "+
		"user_fields page_url external_id created_at is_outgoing campaign_id is_first employee_id",
		int64(c.ID), "call", int64(c.SiteID), millis(c.StartedAt), name, strings.ToLower(name), string(c.ContactPhone), "", int64(c.VisitorID), int64(c.SessionID), int64(0), int64(0), int64(0),
		"", "", nil, "", "[]", "", "", l.now, c.Direction == telephony.Outbound, int64(c.CampaignID), c.IsFirst, int64(c.EmployeeID))
}

func (l *bulk) recording(r *telephony.Recording) {
	peaks, _ := json.Marshal(r.Peaks) // numbers always marshal
	l.add("recordings", "id call_id connection_id talk_id remote_id state source_url expires_at tries next_try_at locked_until failure format channels duration_ms bytes sha256 path peaks "+
		"started_at stored_at deleted_at",
		int64(r.ID), int64(r.CallID), int64(r.ConnectionID), r.TalkID, r.RemoteID, string(r.State), "", int64(0), int64(r.Tries), int64(0), int64(0), r.Failure, r.Format, int64(r.Channels),
		r.Duration.Milliseconds(), r.Bytes, r.SHA256, r.Path, string(peaks), millis(r.StartedAt), millisPtr(r.StoredAt), millisPtr(r.DeletedAt))
}
