package store

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/reports"
	"github.com/skvoz/skvoz/core/visits"
)

// Deals are marked in the transaction that changed what their links or paths are made of; deals.Linker works the marks off. A mark's version is a
// number drawn anew each time: it tells a worker that the deal was marked again while it was at work, even if another one removed the mark between.
// due_at 0 is at once.
//
// On PostgreSQL marking takes the account's lock (lockContacts). Otherwise two changes at once could miss each other: the one that finds the deals a
// visitor belongs to does not see a deal that is being uploaded, and the linker may compute that deal before the first change is committed. Mark after
// the change itself and late in the transaction: others wait for its end.

// markEnd closes a statement that finds deals. $1 account, $2 version.
const (
	markBegin = `INSERT INTO deal_work (account_id, deal_id, due_at, version) SELECT CAST($1 AS BIGINT), d.id, 0, CAST($2 AS BIGINT) FROM deals d WHERE d.account_id = $1 AND `
	markEnd   = ` ORDER BY d.id ON CONFLICT (account_id, deal_id) DO UPDATE SET due_at = 0, version = excluded.version`
)

// mark marks the deals d that a condition finds; its parameters begin at $3.
func (c conn) mark(ctx context.Context, account core.AccountID, condition string, args ...any) error {
	if err := c.lockContacts(ctx, account); err != nil {
		return err
	}
	_, err := c.exec(ctx, markBegin+condition+markEnd, append([]any{account, markVersion()}, args...)...)
	return err
}

func markVersion() int64 { return rand.Int64N(core.MaxID) + 1 }

// markDeals marks deals for linking; those that do not exist are passed over.
func (c conn) markDeals(ctx context.Context, account core.AccountID, ids []core.DealID) error {
	if len(ids) == 0 {
		return nil
	}
	return c.mark(ctx, account, `d.id {in $3}`, idsArg(c.engine, ids))
}

// markDealsOfCRM marks all deals of a CRM: its linking goals or what it ignores have changed.
func (c conn) markDealsOfCRM(ctx context.Context, account core.AccountID, crm core.CRMID) error {
	return c.mark(ctx, account, `d.crm_id = $3`, crm)
}

// markDealsOfContacts marks the deals that have any of the contacts: its phones, e-mails or time of creation have changed.
func (c conn) markDealsOfContacts(ctx context.Context, account core.AccountID, contacts []core.DealContactID) error {
	if len(contacts) == 0 {
		return nil
	}
	return c.mark(ctx, account, `d.id IN (SELECT l.deal_id FROM deal_contact_links l WHERE l.account_id = $1 AND l.contact_id {in $3})`, idsArg(c.engine, contacts))
}

// markDealsOfLeads marks the deals that came from any of the leads.
func (c conn) markDealsOfLeads(ctx context.Context, account core.AccountID, crm core.CRMID, externalIDs []string) error {
	if len(externalIDs) == 0 {
		return nil
	}
	return c.mark(ctx, account, `d.crm_id = $3 AND d.lead_external_id <> '' AND d.lead_external_id {in $4}`, crm, textsArg(c.engine, externalIDs))
}

// markAllDeals marks all deals of an account.
func (c conn) markAllDeals(ctx context.Context, account core.AccountID) error {
	return c.mark(ctx, account, `d.id > 0`)
}

// markDealsOfValues marks the deals one of whose contacts has any of the values.
func (c conn) markDealsOfValues(ctx context.Context, account core.AccountID, values []visits.ContactValue) error {
	phones, emails := splitValues(values)
	if len(phones)+len(emails) == 0 {
		return nil
	}
	part := `SELECT l.deal_id FROM deal_contact_values v CROSS JOIN deal_contact_links l
  WHERE v.account_id = $1 AND v.kind = '%s' AND v.value {in $%d} AND l.account_id = $1 AND l.contact_id = v.contact_id`
	return c.mark(ctx, account, `d.id IN (`+fmt.Sprintf(part, visits.ContactPhone, 3)+` UNION ALL `+fmt.Sprintf(part, visits.ContactEmail, 4)+`)`,
		textsArg(c.engine, phones), textsArg(c.engine, emails))
}

// splitValues returns the phones and e-mails among values, without the empty ones.
func splitValues(values []visits.ContactValue) (phones, emails []string) {
	for _, v := range values {
		switch {
		case v.Value == "":
		case v.Kind == visits.ContactPhone:
			phones = append(phones, v.Value)
		case v.Kind == visits.ContactEmail:
			emails = append(emails, v.Value)
		}
	}
	return phones, emails
}

// markOfVisitors finds the deals whose paths or links have to do with visitors: $3 is the list. CROSS JOIN and UNION ALL keep SQLite, which knows
// little about its tables, to the indexes.
const markOfVisitors = `d.id IN (
  SELECT s.deal_id FROM deal_steps s WHERE s.account_id = $1 AND s.visitor_id <> 0 AND s.visitor_id {in $3}
  UNION ALL SELECT k.deal_id FROM communications r CROSS JOIN deal_links k
    WHERE r.account_id = $1 AND r.visitor_id <> 0 AND r.visitor_id {in $3} AND k.account_id = $1 AND k.communication_id = r.id
  UNION ALL SELECT l.deal_id FROM visitor_contacts c CROSS JOIN deal_contact_values v CROSS JOIN deal_contact_links l
    WHERE c.account_id = $1 AND c.visitor_id {in $3} AND v.account_id = $1 AND v.kind = c.kind AND v.value = c.value AND l.account_id = $1 AND l.contact_id = v.contact_id)`

// markDealsOfVisitors marks the deals that have to do with the visitors or with others of their persons: by a step of the path, by a linked
// communication, or by a phone or e-mail of a contact.
func (c conn) markDealsOfVisitors(ctx context.Context, account core.AccountID, visitors []core.VisitorID) error {
	all, err := c.withPersons(ctx, account, visitors)
	if err != nil || len(all) == 0 {
		return err
	}
	return c.mark(ctx, account, markOfVisitors, idsArg(c.engine, all))
}

// withPersons adds to visitors all others of the same persons.
func (c conn) withPersons(ctx context.Context, account core.AccountID, visitors []core.VisitorID) ([]core.VisitorID, error) {
	if len(visitors) == 0 {
		return nil, nil
	}
	var out []core.VisitorID
	q := `SELECT v.id FROM visitors v WHERE v.account_id = $1 AND v.id {in $2}
UNION ALL SELECT o.id FROM visitors o WHERE o.account_id = $1 AND o.person_id <> 0
  AND o.person_id IN (SELECT v.person_id FROM visitors v WHERE v.account_id = $1 AND v.person_id <> 0 AND v.id {in $2})`
	err := c.query(ctx, q, []any{account, idsArg(c.engine, visitors)}, func(row scanner) error {
		var id core.VisitorID
		err := row.Scan(&id)
		out = append(out, id)
		return err
	})
	slices.Sort(out)
	return slices.Compact(out), err
}

// personsChanged tells deals and reports that visitors have changed person or got sessions of the past, after the change. Others are visitors who were
// of the same persons before. Since is the first moment of what came or went: communications from then on show other visits before them, and those
// of the visitors themselves another person.
func (c conn) personsChanged(ctx context.Context, account core.AccountID, visitors, others []core.VisitorID, since int64) error {
	if err := c.lockContacts(ctx, account); err != nil {
		return err
	}
	all, err := c.withPersons(ctx, account, visitors)
	if err != nil || len(all) == 0 {
		return err
	}
	list := idsArg(c.engine, append(all, others...))
	if err := c.mark(ctx, account, markOfVisitors, list); err != nil {
		return err
	}
	var days []int
	q := `SELECT DISTINCT r.at / 86400000 FROM communications r WHERE r.account_id = $1 AND r.visitor_id <> 0 AND r.visitor_id {in $2} AND r.at >= $3
UNION SELECT DISTINCT r.at / 86400000 FROM communications r WHERE r.account_id = $1 AND r.visitor_id <> 0 AND r.visitor_id {in $4}`
	err = c.query(ctx, q, []any{account, list, since, idsArg(c.engine, visitors)}, func(row scanner) error {
		var day int
		err := row.Scan(&day)
		days = append(days, day)
		return err
	})
	if err != nil {
		return err
	}
	return c.bumpDays(ctx, account, reports.FactCommunications, days...)
}

// firstSession returns when the first session of some visitors began; 0 = none has any.
func (c conn) firstSession(ctx context.Context, account core.AccountID, visitors []core.VisitorID) (at int64, err error) {
	q := `SELECT COALESCE(MIN(s.started_at), 0) FROM sessions s WHERE s.account_id = $1 AND s.visitor_id {in $2}`
	err = c.queryRow(ctx, q, account, idsArg(c.engine, visitors)).Scan(&at)
	return at, err
}

// communicationChanged tells deals and reports that a communication is new, or has new contacts or a visitor now.
func (c conn) communicationChanged(ctx context.Context, account core.AccountID, at int64, phone core.Phone, email core.Email, visitor core.VisitorID) error {
	values := []visits.ContactValue{{Kind: visits.ContactPhone, Value: string(phone)}, {Kind: visits.ContactEmail, Value: string(email)}}
	if err := c.markDealsOfValues(ctx, account, values); err != nil {
		return err
	}
	if visitor != 0 {
		if err := c.markDealsOfVisitors(ctx, account, []core.VisitorID{visitor}); err != nil {
			return err
		}
	}
	return c.bumpDays(ctx, account, reports.FactCommunications, dayOf(at))
}

// lateSession is how long after its beginning a session may be written without deals being told: a deal as young as that is looked at again anyway.
const lateSession = 10 * time.Second

// lateSessions tells deals and reports of those sessions of a batch that began long ago, such as refused ones counted after all. Only sessions of
// known visitors matter: a new one has neither contacts nor a person.
func (c conn) lateSessions(ctx context.Context, b *visits.Batch) error {
	for i := range b.Returns {
		if r := &b.Returns[i]; isLateSession(b, r.At) {
			if err := c.personsChanged(ctx, r.AccountID, []core.VisitorID{r.ID}, nil, millis(r.At)); err != nil {
				return err
			}
		}
	}
	return nil
}

func isLateSession(b *visits.Batch, at time.Time) bool { return at.Before(b.Now.Add(-lateSession)) }
