package store

import (
	"context"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/visits"
)

var _ visits.JoinStore = (*DB)(nil)

// joinVisitor gives a visitor who has just left contact values its person: that of the visitors with the same values, several of them becoming one.
// It is what visits.JoinPersons says for added values, without reading whole persons: a new value can only bring persons together.
func (c conn) joinVisitor(ctx context.Context, db *DB, account core.AccountID, visitor core.VisitorID, added []visits.ContactValue) (core.PersonID, error) {
	var own core.PersonID
	var isSeparate bool
	err := c.queryRow(ctx, `SELECT person_id, is_separate FROM visitors WHERE account_id = $1 AND id = $2`, account, visitor).Scan(&own, &isSeparate)
	if err != nil || len(added) == 0 {
		return own, err
	}
	var met []core.PersonID
	if !isSeparate {
		if met, err = c.personsWith(ctx, account, visitor, added); err != nil {
			return 0, err
		}
	}
	keep := smallest(own, met)
	if keep == 0 {
		keep = core.PersonID(db.ids.New())
		if err := c.addPerson(ctx, account, keep, db.now()); err != nil {
			return 0, err
		}
	}
	_, err = c.exec(ctx, `UPDATE visitors SET person_id = $3, has_contacts = TRUE WHERE account_id = $1 AND id = $2`, account, visitor, keep)
	if err != nil {
		return 0, err
	}
	moved, err := c.dissolve(ctx, account, without(append(met, own), keep), keep)
	if err != nil {
		return 0, err
	}
	if own != keep {
		moved = append(moved, visitor)
	}
	return keep, c.visitorJoined(ctx, account, visitor, moved)
}

// visitorJoined tells deals and reports of new contact values of a visitor and of those who moved to another person by them.
func (c conn) visitorJoined(ctx context.Context, account core.AccountID, visitor core.VisitorID, moved []core.VisitorID) error {
	if len(moved) == 0 {
		return c.markDealsOfVisitors(ctx, account, []core.VisitorID{visitor})
	}
	since, err := c.firstSession(ctx, account, moved)
	if err != nil {
		return err
	}
	return c.personsChanged(ctx, account, moved, []core.VisitorID{visitor}, since)
}

func smallest(own core.PersonID, met []core.PersonID) core.PersonID {
	for _, p := range met {
		if own == 0 || p < own {
			own = p
		}
	}
	return own
}

func without(list []core.PersonID, drop core.PersonID) []core.PersonID {
	var out []core.PersonID
	for _, p := range list {
		if p != drop && p != 0 {
			out = append(out, p)
		}
	}
	return out
}

// personsWith returns the persons of other visitors whom the values join.
func (c conn) personsWith(ctx context.Context, account core.AccountID, visitor core.VisitorID, values []visits.ContactValue) ([]core.PersonID, error) {
	var out []core.PersonID
	for _, v := range values {
		err := c.query(ctx, `SELECT DISTINCT v.person_id FROM visitor_contacts c JOIN visitors v ON v.account_id = c.account_id AND v.id = c.visitor_id
WHERE c.account_id = $1 AND c.kind = $2 AND c.value = $3 AND c.visitor_id <> $4 AND NOT v.is_separate AND v.person_id <> 0
  AND NOT EXISTS (SELECT 1 FROM contact_exclusions e WHERE e.account_id = c.account_id AND e.kind = c.kind AND e.value = c.value)`,
			[]any{account, string(v.Kind), v.Value, visitor}, func(rows scanner) error {
				var p core.PersonID
				err := rows.Scan(&p)
				out = append(out, p)
				return err
			})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (c conn) addPerson(ctx context.Context, account core.AccountID, id core.PersonID, now int64) error {
	_, err := c.exec(ctx, `INSERT INTO persons (account_id, id, created_at) VALUES ($1, $2, $3)`, account, id, now)
	return err
}

// dissolve moves the visitors of some persons to another, removes those persons and returns the visitors.
func (c conn) dissolve(ctx context.Context, account core.AccountID, persons []core.PersonID, into core.PersonID) (moved []core.VisitorID, err error) {
	if len(persons) == 0 {
		return nil, nil
	}
	list := idsArg(c.engine, persons)
	q := `UPDATE visitors SET person_id = $3 WHERE account_id = $1 AND person_id <> 0 AND person_id {in $2} RETURNING id`
	err = c.query(ctx, q, []any{account, list, into}, func(row scanner) error {
		var id core.VisitorID
		err := row.Scan(&id)
		moved = append(moved, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	_, err = c.exec(ctx, `DELETE FROM persons WHERE account_id = $1 AND id {in $2}`, account, list)
	return moved, err
}

// SetContactJoining implements visits.JoinStore.
func (db *DB) SetContactJoining(ctx context.Context, account core.AccountID, by core.UserID, value visits.ContactValue, isJoining bool) (int, error) {
	changed := 0
	err := db.inRawTx(ctx, func(c conn) error {
		if err := c.lockContacts(ctx, account); err != nil {
			return err
		}
		q, args := `INSERT INTO contact_exclusions (account_id, kind, value, excluded_at, excluded_by) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
			[]any{account, string(value.Kind), value.Value, db.now(), by}
		if isJoining {
			q, args = `DELETE FROM contact_exclusions WHERE account_id = $1 AND kind = $2 AND value = $3`, args[:3]
		}
		n, err := c.exec(ctx, q, args...)
		if err != nil || n == 0 {
			return err
		}
		if err := c.markDealsOfValues(ctx, account, []visits.ContactValue{value}); err != nil {
			return err
		}
		persons, err := c.personIDs(ctx, `SELECT DISTINCT v.person_id FROM visitor_contacts c JOIN visitors v ON v.account_id = c.account_id AND v.id = c.visitor_id
WHERE c.account_id = $1 AND c.kind = $2 AND c.value = $3 AND v.person_id <> 0`, account, string(value.Kind), value.Value)
		if err != nil {
			return err
		}
		changed, err = c.rejoin(ctx, db, account, persons)
		return err
	})
	return changed, err
}

// SetVisitorSeparate implements visits.JoinStore.
func (db *DB) SetVisitorSeparate(ctx context.Context, account core.AccountID, visitor core.VisitorID, isSeparate bool) error {
	return db.inRawTx(ctx, func(c conn) error {
		if err := c.lockContacts(ctx, account); err != nil {
			return err
		}
		n, err := c.exec(ctx, `UPDATE visitors SET is_separate = $3 WHERE account_id = $1 AND id = $2`, account, visitor, isSeparate)
		if err != nil {
			return err
		}
		if n == 0 {
			return core.NotFound("visitor")
		}
		persons, err := c.personIDs(ctx, `SELECT DISTINCT o.person_id FROM visitor_contacts c
JOIN visitor_contacts same ON same.account_id = c.account_id AND same.kind = c.kind AND same.value = c.value
JOIN visitors o ON o.account_id = same.account_id AND o.id = same.visitor_id
WHERE c.account_id = $1 AND c.visitor_id = $2 AND o.person_id <> 0`, account, visitor)
		if err != nil {
			return err
		}
		_, err = c.rejoin(ctx, db, account, persons)
		return err
	})
}

func (c conn) personIDs(ctx context.Context, q string, args ...any) ([]core.PersonID, error) {
	var out []core.PersonID
	err := c.query(ctx, q, args, func(rows scanner) error {
		var p core.PersonID
		err := rows.Scan(&p)
		out = append(out, p)
		return err
	})
	return out, err
}

// rejoin puts some persons together anew from the facts and returns how many visitors changed person. The persons must be all that the change can touch.
func (c conn) rejoin(ctx context.Context, db *DB, account core.AccountID, persons []core.PersonID) (int, error) {
	members, err := c.personMembers(ctx, account, persons)
	if err != nil {
		return 0, err
	}
	excluded, err := c.excludedValues(ctx, account)
	if err != nil {
		return 0, err
	}
	fresh := make(map[core.PersonID]bool)
	joined := visits.JoinPersons(members, excluded, func() core.PersonID {
		id := core.PersonID(db.ids.New())
		fresh[id] = true
		return id
	})
	moved, changed := make(map[core.PersonID][]core.VisitorID), 0
	gone := make(map[core.PersonID]bool)
	for _, m := range members {
		gone[m.PersonID] = true
		if to := joined[m.ID]; to != m.PersonID {
			moved[to] = append(moved[to], m.ID)
			changed++
		}
	}
	for _, p := range joined {
		delete(gone, p)
	}
	if err := c.movePersons(ctx, db, account, fresh, moved, gone); err != nil || changed == 0 {
		return 0, err
	}
	return changed, c.membersMoved(ctx, account, members, moved)
}

// membersMoved tells deals and reports which visitors of some persons have changed person.
func (c conn) membersMoved(ctx context.Context, account core.AccountID, members []visits.PersonMember, moved map[core.PersonID][]core.VisitorID) error {
	var changed []core.VisitorID
	for _, visitors := range moved {
		changed = append(changed, visitors...)
	}
	others := make([]core.VisitorID, len(members))
	for i, m := range members {
		others[i] = m.ID
	}
	since, err := c.firstSession(ctx, account, changed)
	if err != nil {
		return err
	}
	return c.personsChanged(ctx, account, changed, others, since)
}

func (c conn) movePersons(ctx context.Context, db *DB, account core.AccountID, fresh map[core.PersonID]bool, moved map[core.PersonID][]core.VisitorID, gone map[core.PersonID]bool) error {
	for id := range fresh {
		if err := c.addPerson(ctx, account, id, db.now()); err != nil {
			return err
		}
	}
	for to, visitors := range moved {
		_, err := c.exec(ctx, `UPDATE visitors SET person_id = $3 WHERE account_id = $1 AND id {in $2}`, account, idsArg(c.engine, visitors), to)
		if err != nil {
			return err
		}
	}
	for id := range gone {
		if _, err := c.exec(ctx, `DELETE FROM persons WHERE account_id = $1 AND id = $2`, account, id); err != nil {
			return err
		}
	}
	return nil
}

// personMembers reads all visitors of some persons with their contacts.
func (c conn) personMembers(ctx context.Context, account core.AccountID, persons []core.PersonID) ([]visits.PersonMember, error) {
	var out []visits.PersonMember
	q := `SELECT v.id, v.person_id, v.is_separate, c.kind, c.value FROM visitors v
JOIN visitor_contacts c ON c.account_id = v.account_id AND c.visitor_id = v.id
WHERE v.account_id = $1 AND v.person_id <> 0 AND v.person_id {in $2} ORDER BY v.id`
	err := c.query(ctx, q, []any{account, idsArg(c.engine, persons)}, func(rows scanner) error {
		var m visits.PersonMember
		var v visits.ContactValue
		if err := rows.Scan(&m.ID, &m.PersonID, &m.IsSeparate, &v.Kind, &v.Value); err != nil {
			return err
		}
		if n := len(out); n == 0 || out[n-1].ID != m.ID {
			out = append(out, m)
		}
		last := &out[len(out)-1]
		last.Contacts = append(last.Contacts, v)
		return nil
	})
	return out, err
}

func (c conn) excludedValues(ctx context.Context, account core.AccountID) (map[visits.ContactValue]bool, error) {
	out := make(map[visits.ContactValue]bool)
	err := c.query(ctx, `SELECT kind, value FROM contact_exclusions WHERE account_id = $1`, []any{account}, func(rows scanner) error {
		var v visits.ContactValue
		err := rows.Scan(&v.Kind, &v.Value)
		out[v] = true
		return err
	})
	return out, err
}
