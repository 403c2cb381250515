package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	sqlite3 "github.com/mattn/go-sqlite3"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/core/visits"
)

var _ comms.Writer = (*DB)(nil)

// commsTx is one transaction of contact data and communications.
type commsTx struct {
	conn
	db *DB
}

// Write implements comms.Writer.
func (db *DB) Write(ctx context.Context, account core.AccountID, fn func(comms.Tx) error) error {
	return db.inRawTx(ctx, func(c conn) error {
		if err := c.lockContacts(ctx, account); err != nil {
			return err
		}
		return fn(commsTx{c, db})
	})
}

// contactsLock is the first half of the advisory lock under which an account's contacts change.
const contactsLock = 0x736b7600

// lockContacts makes those who change an account's contacts and persons take turns: two visitors who leave the same new phone at once must see each
// other. SQLite has one writer anyway.
func (c conn) lockContacts(ctx context.Context, account core.AccountID) error {
	if c.engine != Postgres {
		return nil
	}
	_, err := c.exec(ctx, `SELECT pg_advisory_xact_lock($1, $2)`, int32(contactsLock), int32(account%(1<<31)))
	return err
}

// senderSQL: $1 account, $2 site, $3 visitor, $4 session, 0 = the newest.
const senderSQL = `
SELECT COALESCE(v.id, 0), COALESCE(v.name, ''), COALESCE(v.last_session_id, 0), COALESCE(s.id, 0), COALESCE(s.started_at, 0), COALESCE(s.exit_page_id, 0),
  COALESCE((SELECT c.value FROM visitor_contacts c WHERE c.account_id = $1 AND c.visitor_id = v.id AND c.kind = 'phone' ORDER BY c.first_at DESC, c.value LIMIT 1), ''),
  COALESCE((SELECT c.value FROM visitor_contacts c WHERE c.account_id = $1 AND c.visitor_id = v.id AND c.kind = 'email' ORDER BY c.first_at DESC, c.value LIMIT 1), '')
FROM sites
LEFT JOIN visitors v ON v.account_id = sites.account_id AND v.site_id = sites.id AND v.id = $3
LEFT JOIN sessions s ON s.account_id = v.account_id AND s.visitor_id = v.id AND s.id = CASE WHEN CAST($4 AS BIGINT) = 0 THEN v.last_session_id ELSE CAST($4 AS BIGINT) END
WHERE sites.account_id = $1 AND sites.id = $2 AND sites.deleted_at IS NULL`

// Sender implements comms.Tx.
func (t commsTx) Sender(ctx context.Context, o comms.Origin) (comms.KnownSender, error) {
	if o.VisitorID == 0 && o.SessionID != 0 {
		err := t.queryRow(ctx, `SELECT visitor_id FROM sessions WHERE account_id = $1 AND id = $2`, o.AccountID, o.SessionID).Scan(&o.VisitorID)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return comms.KnownSender{}, err
		}
	}
	var k comms.KnownSender
	var startedAt int64
	err := t.queryRow(ctx, senderSQL, o.AccountID, o.SiteID, o.VisitorID, o.SessionID).
		Scan(&k.VisitorID, &k.Name, &k.RunningSession, &k.SessionID, &startedAt, &k.PageID, &k.Phone, &k.Email)
	if errors.Is(err, sql.ErrNoRows) {
		return comms.KnownSender{}, core.NotFound("site")
	}
	if err != nil {
		return comms.KnownSender{}, err
	}
	if !fits(o, k, startedAt) {
		return comms.KnownSender{}, nil
	}
	k.IsWhole = true
	if o.HitID != 0 {
		if err := t.checkHit(ctx, o, &k); err != nil || !k.IsWhole {
			return comms.KnownSender{}, err
		}
	}
	k.PageURL, err = t.dimension(ctx, o.AccountID, k.PageID)
	return k, err
}

// fits reports whether everything an origin names, but for the hit, is what was found.
func fits(o comms.Origin, k comms.KnownSender, startedAt int64) bool {
	if o.VisitorID != k.VisitorID || o.SessionID != 0 && o.SessionID != k.SessionID {
		return false
	}
	if o.VisitorID == 0 {
		return o.SessionID == 0 && o.HitID == 0
	}
	return o.SessionStartedAt.IsZero() || o.SessionStartedAt.Unix() == startedAt/1000
}

func (t commsTx) checkHit(ctx context.Context, o comms.Origin, k *comms.KnownSender) error {
	q := `SELECT page_id FROM ` + t.db.hitTable(k.SessionID) + ` WHERE account_id = $1 AND session_id = $2 AND id = $3`
	err := t.queryRow(ctx, q, o.AccountID, k.SessionID, o.HitID).Scan(&k.PageID)
	if errors.Is(err, sql.ErrNoRows) || isNoTable(err) {
		*k = comms.KnownSender{}
		return nil
	}
	k.HitID = o.HitID
	return err
}

// isNoTable reports whether SQLite said that a table is missing.
func isNoTable(err error) bool {
	var lite sqlite3.Error
	return errors.As(err, &lite) && lite.Code == sqlite3.ErrError && strings.Contains(lite.Error(), "no such table")
}

func (c conn) dimension(ctx context.Context, account core.AccountID, id core.DimensionID) (string, error) {
	if id == 0 {
		return "", nil
	}
	var text string
	err := c.queryRow(ctx, `SELECT value FROM dimensions WHERE account_id = $1 AND id = $2`, account, id).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return text, err
}

// SaveContacts implements comms.Tx.
func (t commsTx) SaveContacts(ctx context.Context, account core.AccountID, visitor core.VisitorID, name string, contacts []visits.Contact) (core.PersonID, error) {
	if name != "" {
		_, err := t.exec(ctx, `UPDATE visitors SET name = $3, name_search = $4 WHERE account_id = $1 AND id = $2`, account, visitor, name, strings.ToLower(name))
		if err != nil {
			return 0, err
		}
	}
	var added []visits.ContactValue
	for _, c := range contacts {
		n, err := t.exec(ctx, `INSERT INTO visitor_contacts (account_id, visitor_id, kind, value, first_at, origin) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
			account, visitor, string(c.Kind), c.Value, millis(c.FirstAt), string(c.Origin))
		if err != nil {
			return 0, err
		}
		if n > 0 {
			added = append(added, visits.ContactValue{Kind: c.Kind, Value: c.Value})
		}
	}
	return t.joinVisitor(ctx, t.db, account, visitor, added)
}

// Reach implements comms.Tx.
func (t commsTx) Reach(ctx context.Context, r comms.SystemReach) error {
	goal, isGoal, err := t.systemGoal(ctx, r)
	if err != nil || goal == 0 {
		return err
	}
	_, err = t.exec(ctx, `INSERT INTO goal_reaches (account_id, id, site_id, goal_id, is_goal, visitor_id, session_id, hit_id, reached_at, page_id, category, action, label, value)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', $11, '', '') ON CONFLICT DO NOTHING`,
		r.AccountID, r.ID(goal), r.SiteID, goal, isGoal, r.Sender.VisitorID, r.Sender.SessionID, r.Sender.HitID, millis(r.At), r.Sender.PageID, string(r.Event))
	if err != nil {
		return err
	}
	return t.deliverSystemGoal(ctx, r, goal)
}

// systemGoal returns the switched-on goal of a site for an event of the product; 0 = none.
func (t commsTx) systemGoal(ctx context.Context, r comms.SystemReach) (id core.GoalID, isGoal bool, err error) {
	q := `SELECT id, is_goal, conditions FROM goals WHERE account_id = $1 AND site_id = $2 AND type = 'system' AND is_enabled AND deleted_at IS NULL ORDER BY id DESC`
	err = t.query(ctx, q, []any{r.AccountID, r.SiteID}, func(rows scanner) error {
		var goal core.GoalID
		var counts bool
		var text string
		var cond goals.Conditions
		if err := rows.Scan(&goal, &counts, &text); err != nil {
			return err
		}
		if json.Unmarshal([]byte(text), &cond) == nil && cond.SystemEvent == r.Event {
			id, isGoal = goal, counts
		}
		return nil
	})
	return id, isGoal, err
}

// Save implements comms.Tx.
func (t commsTx) Save(ctx context.Context, c comms.Communication) (core.CommunicationID, bool, error) {
	fields, err := json.Marshal(slices.Concat([]comms.UserField{}, c.UserFields))
	if err != nil {
		return 0, false, err
	}
	var minor *int64
	var currency string
	if c.Sale != nil {
		minor, currency = &c.Sale.Minor, c.Sale.Currency
	}
	id := core.CommunicationID(t.db.ids.New())
	n, err := t.exec(ctx, `INSERT INTO communications (account_id, id, kind, site_id, at, name, name_search, phone, email, visitor_id, session_id, hit_id, goal_id, goal_reach_id,
  message, form_name, sale_minor, sale_currency, user_fields, page_url, external_id, created_at, is_outgoing)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, 0, $13, $14, $15, $16, $17, $18, $19, $20, $21) ON CONFLICT DO NOTHING`,
		c.AccountID, id, string(c.Kind), c.SiteID, millis(c.At), c.Name, strings.ToLower(c.Name), string(c.Phone), string(c.Email), c.VisitorID, c.SessionID, c.HitID,
		c.Message, c.FormName, minor, currency, string(fields), c.PageURL, c.ExternalID, t.db.now(), c.IsOutgoing)
	if err != nil {
		return 0, false, err
	}
	if n > 0 {
		return id, true, t.communicationChanged(ctx, c.AccountID, millis(c.At), c.Phone, c.Email, c.VisitorID)
	}
	id, err = t.merge(ctx, c)
	return id, false, err
}

// merge finds the stored communication with the same external id and gives a chat what it lacked.
func (t commsTx) merge(ctx context.Context, c comms.Communication) (core.CommunicationID, error) {
	var id core.CommunicationID
	var at int64
	var old comms.Communication
	q := `SELECT id, at, phone, email, visitor_id FROM communications WHERE account_id = $1 AND site_id = $2 AND kind = $3 AND external_id = $4 AND external_id <> ''`
	err := t.queryRow(ctx, q, c.AccountID, c.SiteID, string(c.Kind), c.ExternalID).Scan(&id, &at, &old.Phone, &old.Email, &old.VisitorID)
	if err != nil || c.Kind != comms.KindChat {
		return id, err
	}
	if err := t.fillChat(ctx, id, c); err != nil {
		return 0, err
	}
	if fillsIn(old.Phone, c.Phone) || fillsIn(old.Email, c.Email) || fillsIn(old.VisitorID, c.VisitorID) {
		err = t.communicationChanged(ctx, c.AccountID, at, c.Phone, c.Email, max(old.VisitorID, c.VisitorID))
	}
	return id, err
}

// fillsIn reports whether there was nothing and is something now.
func fillsIn[T comparable](old, now T) bool {
	var none T
	return old == none && now != none
}

func (t commsTx) fillChat(ctx context.Context, id core.CommunicationID, c comms.Communication) error {
	_, err := t.exec(ctx, `UPDATE communications SET name_search = CASE WHEN name = '' THEN $4 ELSE name_search END, name = CASE WHEN name = '' THEN $3 ELSE name END,
  phone = CASE WHEN phone = '' THEN $5 ELSE phone END, email = CASE WHEN email = '' THEN $6 ELSE email END WHERE account_id = $1 AND id = $2`,
		c.AccountID, id, c.Name, strings.ToLower(c.Name), string(c.Phone), string(c.Email))
	if err != nil || c.VisitorID == 0 {
		return err
	}
	_, err = t.exec(ctx, `UPDATE communications SET visitor_id = $3, session_id = $4, hit_id = $5 WHERE account_id = $1 AND id = $2 AND visitor_id = 0`,
		c.AccountID, id, c.VisitorID, c.SessionID, c.HitID)
	return err
}

// AddMessages implements comms.Tx.
func (t commsTx) AddMessages(ctx context.Context, account core.AccountID, chat core.CommunicationID, messages []comms.ChatMessage) error {
	known, err := readMessages(ctx, t.conn, account, []core.CommunicationID{chat})
	if err != nil {
		return err
	}
	seen := make(map[comms.ChatMessage]bool)
	for _, m := range known[chat] {
		seen[m] = true
	}
	var values []string
	args := []any{account, chat}
	for _, m := range messages {
		m.At = fromMillis(millis(m.At))
		if seen[m] {
			continue
		}
		seen[m] = true
		n := len(args)
		values = append(values, fmt.Sprintf("($1, $2, $%d, $%d, $%d, $%d)", n+1, n+2, n+3, n+4))
		args = append(args, len(known[chat])+len(values), millis(m.At), string(m.Sender), m.Text)
	}
	if len(values) == 0 {
		return nil
	}
	_, err = t.exec(ctx, `INSERT INTO chat_messages (account_id, communication_id, position, at, sender, text) VALUES `+strings.Join(values, ", "), args...)
	return err
}

// GoalCommunications implements comms.Tx.
func (t commsTx) GoalCommunications(ctx context.Context, account core.AccountID, sessions []core.SessionID) error {
	return t.db.addSessionGoalCommunications(ctx, t.querier, account, t.db.now(), sessions)
}
