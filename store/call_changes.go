package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/reports"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/core/visits"
)

var _ telephony.CallStore = (*CallStore)(nil)

// TagsOfCalls implements telephony.CallStore.
func (s *CallStore) TagsOfCalls(ctx context.Context, account core.AccountID, ids []core.CallID) (map[core.CallID][]telephony.CallTag, error) {
	out := map[core.CallID][]telephony.CallTag{}
	q := `SELECT g.call_id, t.id, t.name, t.created_at FROM call_taggings g JOIN call_tags t ON t.account_id = g.account_id AND t.id = g.tag_id
WHERE g.account_id = $1 AND g.call_id {in $2} ORDER BY g.call_id, t.name`
	err := s.db.rawReader().query(ctx, q, []any{int64(account), idsArg(s.db.Engine, ids)}, func(row scanner) error {
		var id core.CallID
		t := telephony.CallTag{AccountID: account}
		var created int64
		err := row.Scan(&id, &t.ID, &t.Name, &created)
		t.CreatedAt = fromMillis(created)
		out[id] = append(out[id], t)
		return err
	})
	return out, err
}

// Corrections implements telephony.CallStore.
func (s *CallStore) Corrections(ctx context.Context, account core.AccountID, ids []core.CallID) (map[core.CallID][]telephony.Correction, error) {
	out := map[core.CallID][]telephony.Correction{}
	q := `SELECT call_id, at, user_id, before, after FROM call_corrections WHERE account_id = $1 AND call_id {in $2} ORDER BY call_id, at DESC`
	err := s.db.rawReader().query(ctx, q, []any{int64(account), idsArg(s.db.Engine, ids)}, func(row scanner) error {
		var id core.CallID
		var c telephony.Correction
		var at int64
		var before, after string
		if err := row.Scan(&id, &at, &c.UserID, &before, &after); err != nil {
			return err
		}
		c.At = fromMillis(at)
		if err := errors.Join(readJSON(before, &c.Before), readJSON(after, &c.After)); err != nil {
			return err
		}
		out[id] = append(out[id], c)
		return nil
	})
	return out, err
}

// CallTags implements telephony.CallStore.
func (s *CallStore) CallTags(ctx context.Context, account core.AccountID) ([]telephony.CallTag, error) {
	var out []telephony.CallTag
	err := s.db.rawReader().query(ctx, `SELECT id, name, created_at FROM call_tags WHERE account_id = $1 ORDER BY name, id`, []any{int64(account)}, func(row scanner) error {
		t := telephony.CallTag{AccountID: account}
		var created int64
		err := row.Scan(&t.ID, &t.Name, &created)
		t.CreatedAt = fromMillis(created)
		out = append(out, t)
		return err
	})
	return out, err
}

// CreateCallTag implements telephony.CallStore.
func (s *CallStore) CreateCallTag(ctx context.Context, t telephony.CallTag, limit int) (telephony.CallTag, error) {
	t.ID = core.CallTagID(s.db.ids.New())
	err := s.db.inRawTx(ctx, func(tx conn) error {
		n := 0
		if err := tx.queryRow(ctx, `SELECT COUNT(*) FROM call_tags WHERE account_id = $1`, int64(t.AccountID)).Scan(&n); err != nil {
			return err
		}
		if n >= limit {
			return core.Invalid("name", "too_many", "an account has at most %d tags", limit)
		}
		_, err := tx.exec(ctx, `INSERT INTO call_tags (account_id, id, name, created_at) VALUES ($1, $2, $3, $4)`, int64(t.AccountID), int64(t.ID), t.Name, millis(t.CreatedAt))
		return err
	})
	if core.KindOf(err) == core.KindConflict {
		err = core.E(core.KindConflict, "there is a tag of that name").WithReason("name_taken").WithField("name")
	}
	return t, err
}

// DeleteCallTag implements telephony.CallStore.
func (s *CallStore) DeleteCallTag(ctx context.Context, account core.AccountID, id core.CallTagID) error {
	return s.db.inRawTx(ctx, func(tx conn) error {
		n, err := tx.exec(ctx, `DELETE FROM call_tags WHERE account_id = $1 AND id = $2`, int64(account), int64(id))
		if err == nil && n == 0 {
			err = core.NotFound("tag")
		}
		return err
	})
}

// lockedCall reads a call that nobody else changes until the transaction ends.
func (c conn) lockedCall(ctx context.Context, account core.AccountID, id core.CallID) (call telephony.Call, err error) {
	q := `SELECT ` + callColumns + ` FROM calls r WHERE r.account_id = $1 AND r.id = $2`
	if c.engine == Postgres {
		q += ` FOR UPDATE`
	}
	err = scanCall(c.queryRow(ctx, q, int64(account), int64(id)), &call)
	if errors.Is(err, sql.ErrNoRows) {
		err = core.NotFound("call")
	}
	return call, err
}

// TagCall implements telephony.CallStore.
func (s *CallStore) TagCall(ctx context.Context, account core.AccountID, id core.CallID, user core.UserID, add, remove []core.CallTagID) error {
	return s.db.inLiveTx(ctx, func(tx conn, tell func(...telephony.Change)) error {
		c, err := tx.lockedCall(ctx, account, id)
		if err != nil {
			return err
		}
		changed := int64(0)
		for _, t := range add {
			var one int
			err := tx.queryRow(ctx, `SELECT 1 FROM call_tags WHERE account_id = $1 AND id = $2`, int64(account), int64(t)).Scan(&one)
			if errors.Is(err, sql.ErrNoRows) {
				return core.NotFound("tag").WithField("add")
			}
			if err != nil {
				return err
			}
			n, err := tx.exec(ctx, `INSERT INTO call_taggings (account_id, call_id, tag_id, origin, user_id, tagged_at) VALUES ($1, $2, $3, 'manual', $4, $5) ON CONFLICT DO NOTHING`,
				int64(account), int64(id), int64(t), int64(user), s.db.now())
			if err != nil {
				return err
			}
			changed += n
		}
		n, err := tx.exec(ctx, `DELETE FROM call_taggings WHERE account_id = $1 AND call_id = $2 AND tag_id {in $3}`, int64(account), int64(id), idsArg(tx.engine, remove))
		if err != nil || changed+n == 0 {
			return err
		}
		return tx.callChanged(ctx, &c, telephony.WhatTag, tell)
	})
}

// callChanged raises a call's version and tells those who watch.
func (c conn) callChanged(ctx context.Context, call *telephony.Call, what string, tell func(...telephony.Change)) error {
	q := `UPDATE calls SET version = version + 1 WHERE account_id = $1 AND id = $2 RETURNING version`
	if err := c.queryRow(ctx, q, int64(call.AccountID), int64(call.ID)).Scan(&call.Version); err != nil {
		return err
	}
	tell(telephony.Change{
		AccountID: call.AccountID, Topic: telephony.TopicCall, CallID: call.ID, ConnectionID: call.ConnectionID, Version: call.Version, What: what,
	})
	return nil
}

// CorrectCall implements telephony.CallStore.
func (s *CallStore) CorrectCall(ctx context.Context, account core.AccountID, id core.CallID, user core.UserID, to telephony.Counted) error {
	return s.db.inLiveTx(ctx, func(tx conn, tell func(...telephony.Change)) error {
		before, err := tx.lockedCall(ctx, account, id)
		if err != nil {
			return err
		}
		if err := tx.lockContacts(ctx, account); err != nil {
			return err
		}
		if err := tx.complete(ctx, account, &to); err != nil {
			return err
		}
		after := before
		after.Method, after.Probability, after.VisitorID, after.SessionID, after.CampaignID, after.LeaseID = to.Method, 1, to.VisitorID, to.SessionID, to.CampaignID, 0
		f := &foldTx{conn: tx, store: s, tell: tell}
		for _, step := range []func() error{
			func() error { return s.storeCorrection(ctx, tx, user, &before, &after) },
			func() error { return tx.updateCommunication(ctx, &after) },
			func() error { return f.moveContact(ctx, &before, &after) },
			func() error { return tx.correctionFollows(ctx, &before, &after) },
			func() error { return tx.callChanged(ctx, &after, telephony.WhatAttribution, tell) },
		} {
			if err := step(); err != nil {
				return err
			}
		}
		return nil
	})
}

// complete finds the visitor and campaign of a session, and looks whether a campaign exists.
func (c conn) complete(ctx context.Context, account core.AccountID, to *telephony.Counted) error {
	var err error
	what := "session"
	switch {
	case to.SessionID != 0:
		q := `SELECT visitor_id, campaign_id FROM sessions WHERE account_id = $1 AND id = $2`
		err = c.queryRow(ctx, q, int64(account), int64(to.SessionID)).Scan(&to.VisitorID, &to.CampaignID)
	case to.CampaignID != 0:
		what = "campaign"
		err = c.queryRow(ctx, `SELECT id FROM campaigns WHERE account_id = $1 AND id = $2`, int64(account), int64(to.CampaignID)).Scan(&to.CampaignID)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return core.NotFound(what).WithField(what + "Id")
	}
	return err
}

func counted(c *telephony.Call) telephony.Counted {
	return telephony.Counted{Method: c.Method, VisitorID: c.VisitorID, SessionID: c.SessionID, CampaignID: c.CampaignID}
}

func (s *CallStore) storeCorrection(ctx context.Context, tx conn, user core.UserID, before, after *telephony.Call) error {
	account, id := int64(before.AccountID), int64(before.ID)
	_, err := tx.exec(ctx, `INSERT INTO call_corrections (account_id, call_id, at, user_id, before, after)
SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), CASE WHEN COALESCE(MAX(k.at), 0) >= CAST($3 AS BIGINT) THEN MAX(k.at) + 1 ELSE CAST($3 AS BIGINT) END,
  CAST($4 AS BIGINT), CAST($5 AS TEXT), CAST($6 AS TEXT) FROM call_corrections k WHERE k.account_id = $1 AND k.call_id = $2`,
		account, id, s.db.now(), int64(user), jsonText(counted(before)), jsonText(counted(after)))
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `UPDATE calls SET attribution = $3, probability = $4, visitor_id = $5, session_id = $6, campaign_id = $7, lease_id = 0 WHERE account_id = $1 AND id = $2`,
		account, id, string(after.Method), millionths(after.Probability), int64(after.VisitorID), int64(after.SessionID), int64(after.CampaignID))
	return err
}

// moveContact takes the phone from the visitor who was given it by this call alone, and gives it to the right one.
func (f *foldTx) moveContact(ctx context.Context, before, after *telephony.Call) error {
	if before.VisitorID == after.VisitorID || before.ContactPhone == "" {
		return nil
	}
	if before.VisitorID != 0 {
		if err := f.takeContact(ctx, before); err != nil {
			return err
		}
	}
	if after.VisitorID == 0 {
		return nil
	}
	if err := f.giveContact(ctx, after); err != nil {
		return err
	}
	if after.SessionID == 0 {
		return nil
	}
	return f.store.db.addSessionGoalCommunications(ctx, f.querier, after.AccountID, f.store.db.now(), []core.SessionID{after.SessionID})
}

func (f *foldTx) takeContact(ctx context.Context, c *telephony.Call) error {
	account, visitor := int64(c.AccountID), int64(c.VisitorID)
	n, err := f.exec(ctx, `DELETE FROM visitor_contacts WHERE account_id = $1 AND visitor_id = $2 AND kind = 'phone' AND value = $3 AND origin = 'call' AND first_at = $4`,
		account, visitor, string(c.ContactPhone), millis(c.StartedAt))
	if err != nil || n == 0 {
		return err
	}
	persons, err := f.personIDs(ctx, `SELECT person_id FROM visitors WHERE account_id = $1 AND id = $2 AND person_id <> 0`, account, visitor)
	if err != nil {
		return err
	}
	_, err = f.exec(ctx, `UPDATE visitors SET has_contacts = FALSE, person_id = 0 WHERE account_id = $1 AND id = $2
AND NOT EXISTS (SELECT 1 FROM visitor_contacts c WHERE c.account_id = visitors.account_id AND c.visitor_id = visitors.id)`, account, visitor)
	if err != nil || len(persons) == 0 {
		return err
	}
	if _, err := f.rejoin(ctx, f.store.db, c.AccountID, persons); err != nil {
		return err
	}
	_, err = f.exec(ctx, `DELETE FROM persons WHERE account_id = $1 AND id {in $2}
AND NOT EXISTS (SELECT 1 FROM visitors v WHERE v.account_id = persons.account_id AND v.person_id = persons.id AND v.person_id <> 0)`, account, idsArg(f.engine, persons))
	return err
}

// correctionFollows tells deals and reports that a call's communication is another visit's now.
func (c conn) correctionFollows(ctx context.Context, before, after *telephony.Call) error {
	if after.ContactPhone != "" {
		value := visits.ContactValue{Kind: visits.ContactPhone, Value: string(after.ContactPhone)}
		if err := c.markDealsOfValues(ctx, after.AccountID, []visits.ContactValue{value}); err != nil {
			return err
		}
	}
	var visitors []core.VisitorID
	for _, v := range []core.VisitorID{before.VisitorID, after.VisitorID} {
		if v != 0 {
			visitors = append(visitors, v)
		}
	}
	if err := c.markDealsOfVisitors(ctx, after.AccountID, visitors); err != nil {
		return err
	}
	return c.bumpDays(ctx, after.AccountID, reports.FactCommunications, dayOf(millis(after.StartedAt)))
}
