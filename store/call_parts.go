package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/core/visits"
)

// communicationsOfCalls: the rows' parameters are written by storeFresh; the visitor's name is taken over.
const communicationsOfCalls = `INSERT INTO communications (account_id, id, kind, site_id, at, name, name_search, phone, email, visitor_id, session_id, hit_id, goal_id, goal_reach_id,
  message, form_name, sale_minor, sale_currency, user_fields, page_url, external_id, created_at, is_outgoing, campaign_id, is_first, employee_id) VALUES `

// storeCommunications writes the communications of calls that are new, and keeps those that are there up to date.
func (s *callSaving) storeCommunications(ctx context.Context) error {
	for list := range slices.Chunk(s.fresh, callsAtOnce) {
		if err := s.storeFresh(ctx, list); err != nil {
			return err
		}
	}
	for _, c := range s.fresh {
		s.communicationChanged(&c.Call)
	}
	for _, c := range s.changed {
		if !s.has[c.ID] {
			continue
		}
		b := c.Before
		if b.VisitorID == c.VisitorID && b.SessionID == c.SessionID && b.CampaignID == c.CampaignID && b.EmployeeID == c.EmployeeID && b.ContactPhone == c.ContactPhone &&
			b.StartedAt.Equal(c.StartedAt) {
			continue
		}
		if err := s.updateCommunication(ctx, &c.Call); err != nil {
			return err
		}
		if b.VisitorID != c.VisitorID || b.SessionID != c.SessionID || b.CampaignID != c.CampaignID || b.ContactPhone != c.ContactPhone || !b.StartedAt.Equal(c.StartedAt) {
			s.communicationChanged(b)
			s.communicationChanged(&c.Call)
		}
	}
	return nil
}

func (s *callSaving) storeFresh(ctx context.Context, list []*telephony.FoldedCall) error {
	names, err := s.visitorNames(ctx, list)
	if err != nil {
		return err
	}
	var q strings.Builder
	q.WriteString(communicationsOfCalls)
	var args []any
	for i, c := range list {
		q.WriteString([...]string{"", ", "}[min(i, 1)])
		n := len(args)
		fmt.Fprintf(&q, "($%d, $%d, 'call', $%d, $%d, $%d, $%d, $%d, '', $%d, $%d, 0, 0, 0, '', '', NULL, '', '[]', '', '', $%d, $%d, $%d, $%d, $%d)",
			n+1, n+2, n+3, n+4, n+5, n+6, n+7, n+8, n+9, n+10, n+11, n+12, n+13, n+14)
		name := names[c.VisitorID]
		args = append(args, int64(s.account), int64(c.ID), int64(c.SiteID), millis(c.StartedAt), name, strings.ToLower(name), string(c.ContactPhone), int64(c.VisitorID),
			int64(c.SessionID), s.now, c.Direction == telephony.Outbound, int64(c.CampaignID), c.IsFirst, int64(c.EmployeeID))
	}
	q.WriteString(" ON CONFLICT DO NOTHING")
	_, err = s.exec(ctx, q.String(), args...)
	return err
}

func (s *callSaving) visitorNames(ctx context.Context, list []*telephony.FoldedCall) (map[core.VisitorID]string, error) {
	var ids []core.VisitorID
	for _, c := range list {
		if c.VisitorID != 0 {
			ids = append(ids, c.VisitorID)
		}
	}
	out := map[core.VisitorID]string{}
	if len(ids) == 0 {
		return out, nil
	}
	q := `SELECT id, name FROM visitors WHERE account_id = $1 AND id {in $2}`
	err := s.query(ctx, q, []any{int64(s.account), idsArg(s.engine, ids)}, func(row scanner) error {
		var id core.VisitorID
		var name string
		err := row.Scan(&id, &name)
		out[id] = name
		return err
	})
	return out, err
}

// updateCommunication gives a call's communication what the call says now.
func (c conn) updateCommunication(ctx context.Context, call *telephony.Call) error {
	_, err := c.exec(ctx, `UPDATE communications SET at = $3, phone = $4, visitor_id = $5, session_id = $6, campaign_id = $7, employee_id = $8 WHERE account_id = $1 AND id = $2`,
		int64(call.AccountID), int64(call.ID), millis(call.StartedAt), string(call.ContactPhone), int64(call.VisitorID), int64(call.SessionID), int64(call.CampaignID),
		int64(call.EmployeeID))
	return err
}

// communicationChanged notes what deals and reports are to be told of.
func (s *callSaving) communicationChanged(c *telephony.Call) {
	s.days = append(s.days, dayOf(millis(c.StartedAt)))
	if c.ContactPhone != "" {
		s.phones = append(s.phones, visits.ContactValue{Kind: visits.ContactPhone, Value: string(c.ContactPhone)})
	}
	if c.VisitorID != 0 {
		s.visitors = append(s.visitors, c.VisitorID)
	}
}

// storeParticipants writes who took part.
func (s *callSaving) storeParticipants(ctx context.Context) error {
	var rows [][]any
	var gone []core.CallID
	for _, c := range s.changed {
		if c.Before != nil {
			before := telephony.Participants(c.Before)
			if slices.Equal(before, c.Participants) {
				continue
			}
			if len(before) > 0 {
				gone = append(gone, c.ID)
			}
		}
		for _, p := range c.Participants {
			rows = append(rows, []any{int64(s.account), int64(c.ID), int64(p.EmployeeID), p.IsAnswered, p.HasTalked, millis(p.RangAt), string(p.Reason)})
		}
	}
	if len(gone) > 0 {
		if _, err := s.exec(ctx, `DELETE FROM call_employees WHERE account_id = $1 AND call_id {in $2}`, int64(s.account), idsArg(s.engine, gone)); err != nil {
			return err
		}
	}
	return s.insertRows(ctx, "INSERT INTO call_employees (account_id, call_id, employee_id, is_answered, is_talked, rang_at, reason) VALUES ", "", rows)
}

// insertRows inserts rows many to a statement.
func (c conn) insertRows(ctx context.Context, begin, end string, rows [][]any) error {
	for list := range slices.Chunk(rows, 4*callsAtOnce) {
		var q strings.Builder
		q.WriteString(begin)
		args := make([]any, 0, len(list)*len(list[0]))
		for i, row := range list {
			q.WriteString([...]string{"(", ", ("}[min(i, 1)])
			for k, v := range row {
				args = append(args, v)
				fmt.Fprintf(&q, [...]string{"$%d", ", $%d"}[min(k, 1)], len(args))
			}
			q.WriteString(")")
		}
		if _, err := c.exec(ctx, q.String()+end, args...); err != nil {
			return err
		}
	}
	return nil
}

// storeTags puts tags on calls as the events' last word on each says.
func (s *callSaving) storeTags(ctx context.Context) error {
	for _, c := range s.all {
		for _, t := range c.Tags {
			id, err := core.ParseID[core.CallTagID](t.TagID)
			if err != nil {
				continue
			}
			q := `INSERT INTO call_taggings (account_id, call_id, tag_id, origin, user_id, tagged_at)
SELECT account_id, CAST($2 AS BIGINT), id, 'auto', 0, CAST($4 AS BIGINT) FROM call_tags WHERE account_id = $1 AND id = $3 ON CONFLICT DO NOTHING`
			if t.IsRemoved {
				q = `DELETE FROM call_taggings WHERE account_id = $1 AND call_id = $2 AND tag_id = $3 AND tagged_at <= $4`
			}
			n, err := s.exec(ctx, q, int64(s.account), int64(c.ID), int64(id), millis(t.At))
			if err != nil {
				return err
			}
			if n > 0 {
				s.tellOf(c.ID, telephony.WhatTag)
			}
		}
	}
	return nil
}

// storedRecording is what is known of a recording already.
type storedRecording struct {
	state, failure string
	expiresAt      int64
}

// failedAtPBX is why a recording can't be fetched that the PBX could not make.
const failedAtPBX = "pbx"

// wants reports whether what a PBX tells of a recording takes the place of what is stored: a link after a failure of its own, or another link than the one
// that did not work.
func (old storedRecording) wants(r *telephony.RecordingFact) bool {
	isOpen := old.state == "waiting" || old.state == "failed"
	return isOpen && r.State == "ready" && (old.failure == failedAtPBX || old.expiresAt != expiry(r))
}

func expiry(r *telephony.RecordingFact) int64 {
	if r.ExpiresAt == nil {
		return 0
	}
	return millis(*r.ExpiresAt)
}

// storeRecordings notes recordings that can be fetched, and those that failed at the PBX. A link that is sent again takes the place of one that did not work.
func (s *callSaving) storeRecordings(ctx context.Context) error {
	for _, c := range s.all {
		if len(c.Recordings) == 0 {
			continue
		}
		there := map[string]storedRecording{}
		q := `SELECT remote_id, state, failure, expires_at FROM recordings WHERE account_id = $1 AND connection_id = $2 AND call_id = $3`
		err := s.query(ctx, q, []any{int64(s.account), int64(c.ConnectionID), int64(c.ID)}, func(row scanner) error {
			var id string
			var r storedRecording
			err := row.Scan(&id, &r.state, &r.failure, &r.expiresAt)
			there[id] = r
			return err
		})
		if err != nil {
			return err
		}
		for i := range c.Recordings {
			r := &c.Recordings[i]
			if old, ok := there[r.RemoteID]; ok && !old.wants(r) {
				continue
			}
			if err := s.storeRecording(ctx, &c.Call, r); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *callSaving) storeRecording(ctx context.Context, c *telephony.Call, r *telephony.RecordingFact) error {
	source, state, failure := "", "waiting", ""
	if r.State != "ready" {
		state, failure = "failed", failedAtPBX
	} else if r.URL != "" {
		sealed, err := s.store.sealer.Seal([]byte(r.URL), telephony.RecordingContext(s.account, c.ConnectionID, r.RemoteID))
		if err != nil {
			return err
		}
		source = sealed
	}
	n, err := s.exec(ctx, `INSERT INTO recordings (account_id, id, call_id, connection_id, talk_id, remote_id, state, source_url, expires_at, tries, next_try_at, locked_until, failure,
  format, channels, duration_ms, bytes, sha256, path, peaks, started_at, stored_at, deleted_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, 0, $11, $12, $13, $14, $15, $16, '', '', $17, NULL, NULL)
ON CONFLICT (account_id, connection_id, remote_id) DO UPDATE SET state = excluded.state, source_url = excluded.source_url, expires_at = excluded.expires_at, tries = 0,
  next_try_at = excluded.next_try_at, failure = excluded.failure, format = excluded.format, channels = excluded.channels, duration_ms = excluded.duration_ms,
  bytes = excluded.bytes, sha256 = excluded.sha256 WHERE recordings.state IN ('waiting', 'failed')`,
		int64(s.account), s.store.db.ids.New(), int64(c.ID), int64(c.ConnectionID), r.TalkID, r.RemoteID, state, source, expiry(r), s.now, failure,
		r.Format, r.Channels, r.Duration.Milliseconds(), r.Bytes, r.SHA256, millis(r.StartedAt))
	if n > 0 {
		s.tellOf(c.ID, telephony.WhatRecording)
	}
	return err
}

// callBacks marks lost calls whose caller was reached later.
func (s *callSaving) callBacks(ctx context.Context) error {
	for _, c := range s.changed {
		if !c.IsOutside() || c.ContactPhone == "" {
			continue
		}
		b := c.Before
		var err error
		switch {
		case c.AnsweredAt != nil && (b == nil || b.AnsweredAt == nil):
			q := `UPDATE calls SET called_back_at = $3, called_back_id = $4, version = version + 1
WHERE account_id = $1 AND contact_phone = $2 AND contact_phone <> '' AND is_lost AND called_back_at IS NULL AND started_at < $5 AND id <> $4 RETURNING id, connection_id, version`
			err = s.updateOthers(ctx, q, telephony.WhatCalledBack, int64(s.account), string(c.ContactPhone), millis(*c.AnsweredAt), int64(c.ID), millis(c.StartedAt))
		case c.IsLost && (b == nil || !b.IsLost): // told of late
			err = s.reachedSince(ctx, c)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *callSaving) reachedSince(ctx context.Context, c *telephony.FoldedCall) error {
	q := `UPDATE calls SET called_back_at = later.answered_at, called_back_id = later.id, version = calls.version + 1
FROM (SELECT o.id, o.answered_at FROM calls o WHERE o.account_id = $1 AND o.contact_phone = $2 AND o.contact_phone <> '' AND o.started_at > $4 AND o.answered_at IS NOT NULL
  AND o.direction <> 'internal' ORDER BY o.started_at, o.id LIMIT 1) later
WHERE calls.account_id = $1 AND calls.id = $3 AND calls.called_back_at IS NULL RETURNING calls.id, calls.connection_id, calls.version`
	return s.updateOthers(ctx, q, telephony.WhatCalledBack, int64(s.account), string(c.ContactPhone), int64(c.ID), millis(c.StartedAt))
}
