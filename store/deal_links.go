package store

import (
	"context"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/reports"
)

var _ deals.LinkStore = (*DB)(nil)

// ClaimMarks implements deals.LinkStore.
func (db *DB) ClaimMarks(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]deals.LinkMark, error) {
	q := `SELECT 1 FROM deal_work WHERE due_at <= $1 LIMIT 1`
	waiting := false
	err := db.rawReader().query(ctx, q, []any{millis(now)}, func(scanner) error { waiting = true; return nil })
	if err != nil || !waiting { // mostly there is nothing to do, and then nobody need write
		return nil, err
	}
	q = `UPDATE deal_work SET due_at = $3 WHERE (account_id, deal_id) IN (
  SELECT w.account_id, w.deal_id FROM deal_work w WHERE w.due_at <= $1 ORDER BY w.due_at LIMIT $2` + skipLocked(db.Engine, "UPDATE") + `)
RETURNING account_id, deal_id, version`
	var marks []deals.LinkMark
	err = db.inRawTx(ctx, func(tx conn) (err error) {
		marks, err = tx.readMarks(ctx, q, millis(now), limit, millis(now.Add(lease)))
		return err
	})
	return marks, err
}

// skipLocked locks the rows of a SELECT on PostgreSQL, but for those that others have locked. SQLite has one writer.
func skipLocked(engine Engine, strength string) string {
	if engine == Postgres {
		return " FOR " + strength + " SKIP LOCKED"
	}
	return ""
}

func (c conn) readMarks(ctx context.Context, q string, args ...any) ([]deals.LinkMark, error) {
	var out []deals.LinkMark
	err := c.query(ctx, q, args, func(row scanner) error {
		var m deals.LinkMark
		err := row.Scan(&m.AccountID, &m.DealID, &m.Version)
		out = append(out, m)
		return err
	})
	return out, err
}

// AccountMarks implements deals.LinkStore.
func (db *DB) AccountMarks(ctx context.Context, account core.AccountID, after core.DealID, limit int) ([]deals.LinkMark, error) {
	return db.rawReader().readMarks(ctx, `SELECT account_id, deal_id, version FROM deal_work WHERE account_id = $1 AND deal_id > $2 ORDER BY deal_id LIMIT $3`, account, after, limit)
}

// PutOff implements deals.LinkStore.
func (db *DB) PutOff(ctx context.Context, mark deals.LinkMark, until time.Time) error {
	return db.inRawTx(ctx, func(tx conn) error {
		_, err := tx.exec(ctx, `UPDATE deal_work SET due_at = $4 WHERE account_id = $1 AND deal_id = $2 AND version = $3`, mark.AccountID, mark.DealID, mark.Version, millis(until))
		return err
	})
}

// MarkAllDeals implements deals.LinkStore.
func (db *DB) MarkAllDeals(ctx context.Context, account core.AccountID) error {
	return db.inRawTx(ctx, func(tx conn) error { return tx.markAllDeals(ctx, account) })
}

// SaveLinked implements deals.LinkStore. On PostgreSQL it waits for nobody: who changes deals holds their rows and then wants the marks.
func (db *DB) SaveLinked(ctx context.Context, account core.AccountID, now time.Time, list []deals.LinkedDeal) (left []core.DealID, err error) {
	err = db.inRawTx(ctx, func(tx conn) error {
		s := savedLinks{conn: tx, account: account}
		left, err = s.take(ctx, list)
		if err != nil {
			return err
		}
		return s.save(ctx, millis(now))
	})
	return left, err
}

// savedLinks writes the outcome for some deals of an account.
type savedLinks struct {
	conn
	account core.AccountID
	// stored is what is kept of how the deals were matched. deals are those that may be written; done are marks to remove, again those to put off.
	stored      map[core.DealID]deals.Match
	deals       []deals.LinkedDeal
	ids         []core.DealID
	done, again []core.DealID
}

// take locks the deals and their marks and returns the deals that must be left alone.
func (s *savedLinks) take(ctx context.Context, list []deals.LinkedDeal) (left []core.DealID, err error) {
	all := make([]core.DealID, len(list))
	for i := range list {
		all[i] = list[i].DealID
	}
	if s.stored, err = s.free(ctx, all); err != nil {
		return nil, err
	}
	versions := make(map[core.DealID]int64)
	marks, err := s.readMarks(ctx, `SELECT account_id, deal_id, version FROM deal_work WHERE account_id = $1 AND deal_id {in $2} ORDER BY deal_id`+skipLocked(s.engine, "UPDATE"),
		s.account, idsArg(s.engine, all))
	for _, m := range marks {
		versions[m.DealID] = m.Version
	}
	for _, d := range list {
		_, isFree := s.stored[d.DealID]
		if versions[d.DealID] != d.Version || !d.IsGone && !isFree {
			left = append(left, d.DealID)
			continue
		}
		s.add(d)
	}
	return left, err
}

// free locks deals and returns those nobody else has locked, with how they were matched.
func (s *savedLinks) free(ctx context.Context, ids []core.DealID) (map[core.DealID]deals.Match, error) {
	out := make(map[core.DealID]deals.Match, len(ids))
	q := `SELECT id, match FROM deals WHERE account_id = $1 AND id {in $2} ORDER BY id` + skipLocked(s.engine, "NO KEY UPDATE")
	err := s.query(ctx, q, []any{s.account, idsArg(s.engine, ids)}, func(row scanner) error {
		var id core.DealID
		var match deals.Match
		err := row.Scan(&id, &match)
		out[id] = match
		return err
	})
	return out, err
}

func (s *savedLinks) add(d deals.LinkedDeal) {
	if d.AgainAt.IsZero() {
		s.done = append(s.done, d.DealID)
	} else {
		s.again = append(s.again, d.DealID)
	}
	if !d.IsGone {
		s.deals, s.ids = append(s.deals, d), append(s.ids, d.DealID)
	}
}

func (s *savedLinks) save(ctx context.Context, now int64) error {
	changed, err := s.changed(ctx)
	if err != nil {
		return err
	}
	for _, write := range []func() error{
		func() error { return s.replace(ctx, changed) },
		func() error { return s.setMatches(ctx, now) },
		func() error {
			return s.onDeals(ctx, `DELETE FROM deal_work WHERE account_id = $1 AND deal_id {in $2}`, s.done)
		},
		func() error { return s.putOff(ctx) },
		func() error { return s.bumpDays(ctx, s.account, reports.FactDeals, creationDays(changed)...) },
	} {
		if err := write(); err != nil {
			return err
		}
	}
	return nil
}

// onDeals runs a statement about deals, $2, of the account, $1.
func (s *savedLinks) onDeals(ctx context.Context, q string, ids []core.DealID, more ...any) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := s.exec(ctx, q, append([]any{s.account, idsArg(s.engine, ids)}, more...)...)
	return err
}

// setMatches keeps how and when the deals were matched.
func (s *savedLinks) setMatches(ctx context.Context, now int64) error {
	byMatch := make(map[deals.Match][]core.DealID)
	for _, d := range s.deals {
		byMatch[d.Match] = append(byMatch[d.Match], d.DealID)
	}
	for match, ids := range byMatch {
		if err := s.onDeals(ctx, `UPDATE deals SET linked_at = $3, match = $4 WHERE account_id = $1 AND id {in $2}`, ids, now, string(match)); err != nil {
			return err
		}
	}
	return nil
}

// putOff makes the marks of those due that are to be computed once more.
func (s *savedLinks) putOff(ctx context.Context) error {
	again := make(map[core.DealID]bool, len(s.again))
	for _, id := range s.again {
		again[id] = true
	}
	byTime := make(map[int64][]core.DealID) // the deals of one second are put off together
	for _, d := range s.deals {
		if again[d.DealID] {
			byTime[millis(d.AgainAt)] = append(byTime[millis(d.AgainAt)], d.DealID)
		}
	}
	for at, ids := range byTime {
		if err := s.onDeals(ctx, `UPDATE deal_work SET due_at = $3 WHERE account_id = $1 AND deal_id {in $2}`, ids, at); err != nil {
			return err
		}
	}
	return nil
}

func creationDays(list []deals.LinkedDeal) []int {
	days := make([]int, len(list))
	for i := range list {
		days[i] = dayOf(millis(list[i].CreatedAt))
	}
	return days
}

// changed returns those deals whose links, path or match are other than what is stored.
func (s *savedLinks) changed(ctx context.Context) ([]deals.LinkedDeal, error) {
	links, err := s.dealLinks(ctx, s.account, s.ids)
	if err != nil {
		return nil, err
	}
	steps, err := s.dealSteps(ctx, s.account, s.ids)
	var out []deals.LinkedDeal
	for _, d := range s.deals {
		if s.stored[d.DealID] != d.Match || !sameLinks(links[d.DealID], d.Links) || !sameSteps(steps[d.DealID], d.Steps) {
			out = append(out, d)
		}
	}
	return out, err
}

func sameLinks(stored, found []deals.Link) bool {
	if len(stored) != len(found) {
		return false
	}
	for i := range stored {
		a, b := stored[i], found[i]
		a.At, b.At = time.Time{}, time.Time{}
		if a != b || !stored[i].At.Equal(found[i].At) {
			return false
		}
	}
	return true
}

func sameSteps(stored, found []deals.Step) bool {
	if len(stored) != len(found) {
		return false
	}
	for i := range stored {
		a, b := stored[i], found[i]
		a.At, b.At = time.Time{}, time.Time{}
		if a != b || !stored[i].At.Equal(found[i].At) {
			return false
		}
	}
	return true
}

// dealLinks reads the links of deals, ordered as deals.LinkDeal does.
func (c conn) dealLinks(ctx context.Context, account core.AccountID, ids []core.DealID) (map[core.DealID][]deals.Link, error) {
	out := make(map[core.DealID][]deals.Link)
	q := `SELECT l.deal_id, l.communication_id, l.kind, l.at, l.matched_by, l.matched_value ` + c.each("deal_links l", "deal_id", "bigint", 2, `l.deal_id <> 0`) +
		` ORDER BY l.deal_id, l.at, l.communication_id`
	err := c.query(ctx, q, []any{account, idsArg(c.engine, ids)}, func(row scanner) error {
		var id core.DealID
		var l deals.Link
		var at int64
		err := row.Scan(&id, &l.CommunicationID, &l.Kind, &at, &l.MatchedBy, &l.MatchedValue)
		l.At = fromMillis(at)
		out[id] = append(out[id], l)
		return err
	})
	return out, err
}

// dealSteps reads the paths of deals, oldest step first.
func (c conn) dealSteps(ctx context.Context, account core.AccountID, ids []core.DealID) (map[core.DealID][]deals.Step, error) {
	out := make(map[core.DealID][]deals.Step)
	q := `SELECT s.deal_id, s.at, s.visitor_id, s.session_id, s.communication_id, s.matched_by, s.matched_value ` +
		c.each("deal_steps s", "deal_id", "bigint", 2, `s.deal_id <> 0`) + ` ORDER BY s.deal_id, s.position`
	err := c.query(ctx, q, []any{account, idsArg(c.engine, ids)}, func(row scanner) error {
		var id core.DealID
		var s deals.Step
		var at int64
		err := row.Scan(&id, &at, &s.VisitorID, &s.SessionID, &s.CommunicationID, &s.MatchedBy, &s.MatchedValue)
		s.At = fromMillis(at)
		out[id] = append(out[id], s)
		return err
	})
	return out, err
}

// replace writes the links and paths of deals in place of the old ones.
func (s *savedLinks) replace(ctx context.Context, list []deals.LinkedDeal) error {
	if len(list) == 0 {
		return nil
	}
	ids := make([]core.DealID, len(list))
	links, steps := newDealRows(s.engine, 3, 3), newDealRows(s.engine, 6, 2)
	for i, d := range list {
		ids[i] = d.DealID
		for _, l := range d.Links {
			links.add([]int64{int64(d.DealID), int64(l.CommunicationID), millis(l.At)}, string(l.Kind), string(l.MatchedBy), l.MatchedValue)
		}
		for n, p := range d.Steps {
			steps.add([]int64{int64(d.DealID), int64(n), millis(p.At), int64(p.VisitorID), int64(p.SessionID), int64(p.CommunicationID)}, string(p.MatchedBy), p.MatchedValue)
		}
	}
	for _, table := range []string{"deal_links", "deal_steps"} {
		if err := s.onDeals(ctx, `DELETE FROM `+table+` WHERE account_id = $1 AND deal_id {in $2}`, ids); err != nil {
			return err
		}
	}
	if err := links.insert(ctx, s, `deal_links (account_id, deal_id, communication_id, at, kind, matched_by, matched_value)`); err != nil {
		return err
	}
	return steps.insert(ctx, s, `deal_steps (account_id, deal_id, position, at, visitor_id, session_id, communication_id, matched_by, matched_value)`)
}
