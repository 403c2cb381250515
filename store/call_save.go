package store

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/calltracking"
	"github.com/skvoz/skvoz/core/reports"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/core/visits"
)

// Numbers implements telephony.FoldTx.
func (f *foldTx) Numbers(ctx context.Context, account core.AccountID, digits []core.Phone) (map[core.Phone]calltracking.VirtualNumber, error) {
	list, err := f.numbers(ctx, account, `AND n.number {in $2} AND n.deleted_at IS NULL`, textsArg(f.engine, digits))
	out := make(map[core.Phone]calltracking.VirtualNumber, len(list))
	for _, n := range list {
		out[n.Number] = n
	}
	return out, err
}

// Attribute implements telephony.FoldTx.
func (f *foldTx) Attribute(ctx context.Context, account core.AccountID, n calltracking.VirtualNumber, contact core.Phone, at time.Time) (calltracking.Attribution, error) {
	return f.callAttribution(ctx, account, n.ID, contact, at)
}

// VisitorOf implements telephony.FoldTx.
func (f *foldTx) VisitorOf(ctx context.Context, account core.AccountID, phone core.Phone) (visitor core.VisitorID, err error) {
	people := map[core.PersonID]bool{}
	q := `SELECT v.id, v.person_id FROM visitor_contacts c JOIN visitors v ON v.account_id = c.account_id AND v.id = c.visitor_id
WHERE c.account_id = $1 AND c.kind = 'phone' AND c.value = $2
  AND NOT EXISTS (SELECT 1 FROM contact_exclusions e WHERE e.account_id = c.account_id AND e.kind = c.kind AND e.value = c.value)
ORDER BY v.last_session_at, v.id LIMIT 100`
	err = f.query(ctx, q, []any{int64(account), string(phone)}, func(row scanner) error {
		var person core.PersonID
		err := row.Scan(&visitor, &person)
		people[person] = true
		return err
	})
	if len(people) > 1 {
		return 0, err
	}
	return visitor, err
}

// Save implements telephony.FoldTx.
func (f *foldTx) Save(ctx context.Context, account core.AccountID, calls []telephony.FoldedCall) error {
	s := &callSaving{foldTx: f, account: account, now: f.store.db.now(), values: make(map[core.CallID][]any, len(calls))}
	for i := range calls {
		c := &calls[i]
		if !c.Again.IsZero() {
			f.again[telephony.CallRef{AccountID: account, ConnectionID: c.ConnectionID, PBXCallID: c.PBXCallID}] = *c
		}
		if c.IsUnfit {
			continue
		}
		s.all = append(s.all, c)
		values := callValues(&c.Call, s.now)
		if c.Before == nil || !isSameCall(values, callValues(c.Before, s.now)) {
			s.changed, s.values[c.ID] = append(s.changed, c), values
		} else if c.LastEventAt.After(c.Before.LastEventAt) {
			s.heard = append(s.heard, c)
		}
	}
	for _, step := range []func(context.Context) error{
		s.known, s.lock, s.giveContacts, s.decideFirst, s.storeCalls, s.storeHeard, s.storeCommunications, s.storeParticipants, s.storeTags, s.storeRecordings,
		s.callBacks, s.follow, s.tellSystems,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	s.publish()
	return nil
}

// callSaving is the saving of calls of an account.
type callSaving struct {
	*foldTx
	account core.AccountID
	now     int64
	// all are the calls to be stored, changed those that are new or different, heard those whose last event is later and nothing else.
	all, changed, heard []*telephony.FoldedCall
	// values are the columns of the changed calls.
	values map[core.CallID][]any
	// has are the calls that have a communication, fresh those that get one.
	has   map[core.CallID]bool
	fresh []*telephony.FoldedCall
	// given are calls whose visitor got the phone just now.
	given []*telephony.FoldedCall
	// visitors and phones changed communications, days are theirs.
	visitors []core.VisitorID
	phones   []visits.ContactValue
	days     []int
	// told are words to add to what calls tell those who watch.
	told map[core.CallID][]string
	// versions are those of the calls that were stored.
	versions map[core.CallID]int64
	// others are changes of calls that are not being folded.
	others []telephony.Change
}

func (s *callSaving) tellOf(id core.CallID, word string) {
	if s.told == nil {
		s.told = map[core.CallID][]string{}
	}
	if !slices.Contains(s.told[id], word) {
		s.told[id] = append(s.told[id], word)
	}
}

// known finds which of the calls have a communication.
func (s *callSaving) known(ctx context.Context) error {
	s.has = map[core.CallID]bool{}
	var ids []core.CallID
	for _, c := range s.changed {
		if c.Before != nil && c.HasCommunication {
			ids = append(ids, c.ID)
		}
	}
	if len(ids) > 0 {
		q := `SELECT id FROM communications WHERE account_id = $1 AND id {in $2}`
		err := s.query(ctx, q, []any{int64(s.account), idsArg(s.engine, ids)}, func(row scanner) error {
			var id core.CallID
			err := row.Scan(&id)
			s.has[id] = true
			return err
		})
		if err != nil {
			return err
		}
	}
	for _, c := range s.changed {
		if c.HasCommunication && !s.has[c.ID] {
			s.fresh = append(s.fresh, c)
		}
	}
	slices.SortFunc(s.fresh, func(a, b *telephony.FoldedCall) int {
		return cmp.Or(a.StartedAt.Compare(b.StartedAt), cmp.Compare(a.ID, b.ID))
	})
	return nil
}

// lock makes those who change an account's contacts take turns: who is first must be seen by who is second.
func (s *callSaving) lock(ctx context.Context) error {
	if len(s.fresh) == 0 {
		return nil
	}
	return s.lockContacts(ctx, s.account)
}

// giveContacts gives visitors the phones they have surely called from.
func (s *callSaving) giveContacts(ctx context.Context) error {
	var list []*telephony.FoldedCall
	var ids []core.VisitorID
	for _, c := range s.changed {
		wasCertain := c.Before != nil && c.Before.VisitorID == c.VisitorID && s.has[c.ID] && telephony.IsCertain(c.Before)
		if c.IsCertain && c.HasCommunication && !wasCertain {
			list, ids = append(list, c), append(ids, c.VisitorID)
		}
	}
	if len(list) == 0 {
		return nil
	}
	there := map[core.VisitorID]bool{}
	q := `SELECT id FROM visitors WHERE account_id = $1 AND id {in $2}`
	err := s.query(ctx, q, []any{int64(s.account), idsArg(s.engine, ids)}, func(row scanner) error {
		var id core.VisitorID
		err := row.Scan(&id)
		there[id] = true
		return err
	})
	if err != nil {
		return err
	}
	for _, c := range list {
		if !there[c.VisitorID] {
			continue
		}
		if err := s.giveContact(ctx, &c.Call); err != nil {
			return err
		}
		s.given = append(s.given, c)
	}
	return nil
}

func (f *foldTx) giveContact(ctx context.Context, c *telephony.Call) error {
	contact := visits.Contact{Kind: visits.ContactPhone, Value: string(c.ContactPhone), FirstAt: c.StartedAt, Origin: visits.OriginCall}
	_, err := commsTx{f.conn, f.store.db}.SaveContacts(ctx, c.AccountID, c.VisitorID, "", []visits.Contact{contact})
	return err
}

// firstOf is when somebody communicated first, and when the last communication was that counts as first.
type firstOf struct{ at, counted int64 }

// decideFirst says which new communications are the first of their phone and person.
func (s *callSaving) decideFirst(ctx context.Context) error {
	if len(s.fresh) == 0 {
		return nil
	}
	phones, err := s.firstOfPhones(ctx)
	if err != nil {
		return err
	}
	visitors, err := s.firstOfVisitors(ctx)
	if err != nil {
		return err
	}
	for _, c := range s.fresh {
		at := millis(c.StartedAt)
		phone, isKnown := phones[string(c.ContactPhone)]
		person, isVisitor := visitors[c.VisitorID]
		c.IsFirst = !(isKnown && phone.at <= at) && !(isVisitor && person <= at)
		if c.IsFirst && phone.counted > at { // told of late: those that came after it are not the first any more
			if err := s.notFirst(ctx, c.ContactPhone, at); err != nil {
				return err
			}
		}
		if c.ContactPhone != "" {
			phones[string(c.ContactPhone)] = firstOf{at: min(at, cmp.Or(phone.at, at)), counted: phone.counted}
		}
		if c.VisitorID != 0 {
			visitors[c.VisitorID] = min(at, cmp.Or(person, at))
		}
	}
	return nil
}

func (s *callSaving) firstOfPhones(ctx context.Context) (map[string]firstOf, error) {
	out := map[string]firstOf{}
	var list []string
	for _, c := range s.fresh {
		if c.ContactPhone != "" && !slices.Contains(list, string(c.ContactPhone)) {
			list = append(list, string(c.ContactPhone))
		}
	}
	if len(list) == 0 {
		return out, nil
	}
	q := `SELECT phone, MIN(at), COALESCE(MAX(CASE WHEN is_first THEN at END), 0) FROM communications
WHERE account_id = $1 AND phone <> '' AND phone {in $2} GROUP BY phone`
	err := s.query(ctx, q, []any{int64(s.account), listArg(s.engine, list)}, func(row scanner) error {
		var phone string
		var f firstOf
		err := row.Scan(&phone, &f.at, &f.counted)
		out[phone] = f
		return err
	})
	return out, err
}

func (s *callSaving) firstOfVisitors(ctx context.Context) (map[core.VisitorID]int64, error) {
	out := map[core.VisitorID]int64{}
	var list []core.VisitorID
	for _, c := range s.fresh {
		if c.VisitorID != 0 {
			list = append(list, c.VisitorID)
		}
	}
	if len(list) == 0 {
		return out, nil
	}
	q := `SELECT v.id, MIN(r.at) FROM visitors v
JOIN visitors o ON o.account_id = v.account_id AND (o.id = v.id OR v.person_id <> 0 AND o.person_id <> 0 AND o.person_id = v.person_id)
JOIN communications r ON r.account_id = o.account_id AND r.visitor_id = o.id AND r.visitor_id <> 0
WHERE v.account_id = $1 AND v.id {in $2} GROUP BY v.id`
	err := s.query(ctx, q, []any{int64(s.account), idsArg(s.engine, list)}, func(row scanner) error {
		var id core.VisitorID
		var at int64
		err := row.Scan(&id, &at)
		out[id] = at
		return err
	})
	return out, err
}

func (s *callSaving) notFirst(ctx context.Context, phone core.Phone, after int64) error {
	_, err := s.exec(ctx, `UPDATE communications SET is_first = FALSE WHERE account_id = $1 AND phone = $2 AND phone <> '' AND is_first AND at > $3`,
		int64(s.account), string(phone), after)
	if err != nil {
		return err
	}
	q := `UPDATE calls SET is_first = FALSE, version = version + 1 WHERE account_id = $1 AND contact_phone = $2 AND contact_phone <> '' AND is_first AND started_at > $3
RETURNING id, connection_id, version`
	return s.updateOthers(ctx, q, "", int64(s.account), string(phone), after)
}

// updateOthers changes calls that may not be among those being folded; what says what changed.
func (s *callSaving) updateOthers(ctx context.Context, q, what string, args ...any) error {
	return s.query(ctx, q, args, func(row scanner) error {
		c := telephony.Change{AccountID: s.account, Topic: telephony.TopicCall, What: what}
		err := row.Scan(&c.CallID, &c.ConnectionID, &c.Version)
		s.others = append(s.others, c)
		return err
	})
}

// storeCalls writes the calls that are new or different.
func (s *callSaving) storeCalls(ctx context.Context) error {
	s.versions = make(map[core.CallID]int64, len(s.changed))
	for list := range slices.Chunk(s.changed, callsAtOnce) {
		q, args := s.upsertCalls(list)
		err := s.query(ctx, q, args, func(row scanner) error {
			var id core.CallID
			var version int64
			err := row.Scan(&id, &version)
			s.versions[id] = version
			return err
		})
		if err != nil {
			return err
		}
	}
	return s.storeFirst(ctx)
}

// firstColumn is the place of is_first among a call's columns: it is known only after the others.
var firstColumn = slices.Index(callColumnNames, "is_first")

func (s *callSaving) upsertCalls(list []*telephony.FoldedCall) (q string, args []any) {
	rows := make([][]any, len(list))
	for i, c := range list {
		rows[i] = s.values[c.ID]
		rows[i][firstColumn] = c.IsFirst
	}
	switch {
	case s.engine != Postgres:
		return upsertCallsLite, []any{jsonText(rows)}
	case len(list) == callsAtOnce:
		return upsertCallsFull, slices.Concat(rows...)
	default:
		return upsertCallsSQL(Postgres, len(list)), slices.Concat(rows...)
	}
}

// storeFirst tells calls that got a communication later than their row whether it is the first.
func (s *callSaving) storeFirst(ctx context.Context) error {
	var ids []core.CallID
	for _, c := range s.fresh {
		if c.Before != nil && c.IsFirst {
			ids = append(ids, c.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	_, err := s.exec(ctx, `UPDATE calls SET is_first = TRUE WHERE account_id = $1 AND id {in $2}`, int64(s.account), idsArg(s.engine, ids))
	return err
}

// storeHeard keeps when calls were heard of last, which changes nothing of them.
func (s *callSaving) storeHeard(ctx context.Context) error {
	for _, c := range s.heard {
		_, err := s.exec(ctx, `UPDATE calls SET last_event_at = $3 WHERE account_id = $1 AND id = $2`, int64(s.account), int64(c.ID), millis(c.LastEventAt))
		if err != nil {
			return err
		}
	}
	return nil
}

// publish tells those who watch what changed.
func (s *callSaving) publish() {
	for _, c := range s.all {
		version, isChanged := s.versions[c.ID]
		what := c.What
		if words := s.told[c.ID]; len(words) > 0 {
			what = strings.Trim(what+","+strings.Join(words, ","), ",")
		}
		if !isChanged {
			if what == "" {
				continue
			}
			version = c.Version
		}
		s.tell(telephony.Change{AccountID: s.account, Topic: telephony.TopicCall, CallID: c.ID, ConnectionID: c.ConnectionID, Version: version, What: what})
	}
	s.tell(s.others...)
}

// follow tells deals and reports of new and changed communications, and makes communications of the goals of visitors whose phone is known now.
func (s *callSaving) follow(ctx context.Context) error {
	sessions := []core.SessionID(nil)
	for _, c := range s.given {
		if c.SessionID != 0 {
			sessions = append(sessions, c.SessionID)
		}
	}
	if len(sessions) > 0 {
		if err := s.store.db.addSessionGoalCommunications(ctx, s.querier, s.account, s.now, sessions); err != nil {
			return err
		}
	}
	if len(s.phones) > 0 {
		if err := s.markDealsOfValues(ctx, s.account, s.phones); err != nil {
			return err
		}
	}
	if len(s.visitors) > 0 {
		if err := s.markDealsOfVisitors(ctx, s.account, s.visitors); err != nil {
			return err
		}
	}
	return s.bumpDays(ctx, s.account, reports.FactCommunications, s.days...)
}
