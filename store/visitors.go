package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/visits"
)

var _ comms.CardReader = (*DB)(nil)

const (
	visitorsSQL = `
SELECT v.id, v.site_id, v.name, v.first_seen_at, v.last_session_at, v.session_count, v.earlier_hits, v.person_id, v.is_separate, v.first_traffic_id, v.last_traffic_id,
  ` + visitorReferrers + `, COALESCE(ls.last_activity_at, v.last_session_at), COALESCE(ls.hit_count, 0),
  ` + visitorClients + `
FROM visitors v
LEFT JOIN sessions ls ON ls.account_id = v.account_id AND ls.id = v.last_session_id` + visitorReferrerJoins + `
WHERE `
	visitorReferrers = `COALESCE(fr.value, ''), COALESCE(lr.value, '')`
	visitorClients   = `COALESCE(ls.device_type, 'other'), COALESCE(ls.browser, ''), COALESCE(ls.os, ''), COALESCE(ls.language, ''), COALESCE(ls.screen, ''), COALESCE(ls.ip, ''),
  COALESCE(ls.country, ''), COALESCE(ls.region, ''), COALESCE(ls.city, '')`
	visitorReferrerJoins = `
LEFT JOIN dimensions fr ON fr.account_id = v.account_id AND fr.id = v.first_referrer_id AND v.first_referrer_id <> 0
LEFT JOIN dimensions lr ON lr.account_id = v.account_id AND lr.id = ls.referrer_id AND ls.referrer_id <> 0`
	noClients = `'other', '', '', '', '', '', '', '', ''`
)

// leaving replaces parts of a statement where it says so.
func leaving(q string, changes ...leave) string {
	for _, c := range changes {
		if c.out {
			q = strings.Replace(q, c.part, c.by, 1)
		}
	}
	return q
}

type leave struct {
	out      bool
	part, by string
}

func visitorsSQLWithout(d comms.Details) string {
	return leaving(visitorsSQL,
		leave{d.VisitorClients, visitorClients, noClients},
		leave{d.VisitorReferrers, visitorReferrers, "'', ''"},
		leave{d.VisitorReferrers, visitorReferrerJoins, ""})
}

// visitorRow is a visitor with what its sources are found by and its place in a list.
type visitorRow struct {
	comms.VisitorCard
	lastSessionAt             int64
	firstTraffic, lastTraffic core.TrafficID
	firstReferrer             string
	lastReferrer              string
}

// Visitors implements comms.CardReader.
func (db *DB) Visitors(ctx context.Context, account core.AccountID, q comms.VisitorQuery, s comms.Search, page core.PageRequest, parts comms.VisitorParts) (core.Page[comms.VisitorCard], error) {
	w := &where{}
	w.and("v.account_id = ?", account)
	db.filterVisitors(w, account, q)
	searchVisitors(w, account, s)
	column := "v.last_session_at"
	if q.Sort == comms.ByFirstSeen {
		column = "v.first_seen_at"
	}
	if err := w.page(column, "v.id", q.Ascending, page); err != nil {
		return core.Page[comms.VisitorCard]{}, err
	}
	rows, err := db.readVisitors(ctx, account, w, parts.Without)
	if err != nil {
		return core.Page[comms.VisitorCard]{}, err
	}
	cut := paged(rows, page.First, func(r visitorRow) timeCursor {
		if q.Sort == comms.ByFirstSeen {
			return timeCursor{millis(r.FirstSeenAt), int64(r.ID)}
		}
		return timeCursor{r.lastSessionAt, int64(r.ID)}
	})
	cards, err := db.visitorCards(ctx, account, cut.Nodes, parts)
	return core.Page[comms.VisitorCard]{Nodes: cards, EndCursor: cut.EndCursor, HasNext: cut.HasNext}, err
}

// longestSession bounds how long before its last activity a session may have begun, so that the index on its start can be used.
const longestSession = 24 * time.Hour

func (db *DB) filterVisitors(w *where, account core.AccountID, q comms.VisitorQuery) {
	if q.SiteID != 0 {
		w.and("v.site_id = ?", q.SiteID)
	}
	if !q.Seen.From.IsZero() {
		w.and("v.last_session_at >= ? AND COALESCE(ls.last_activity_at, v.last_session_at) >= ?", millis(q.Seen.From.Add(-longestSession)), millis(q.Seen.From))
	}
	if !q.Seen.To.IsZero() {
		w.and("v.last_session_at < ?", millis(q.Seen.To))
	}
	if q.HasContacts != nil {
		w.and("v.has_contacts = ?", *q.HasContacts)
	}
	if len(q.Channels) > 0 {
		w.and("v.last_traffic_id IN (SELECT t.id FROM traffic_sources t WHERE t.account_id = ? AND t.channel {in ?})", account, textsArg(db.Engine, q.Channels))
	}
	if q.CampaignID != 0 {
		w.and("ls.campaign_id = ?", q.CampaignID)
	}
}

// searchVisitors finds by part of the name, by phone, by part of the e-mail and by identifier.
func searchVisitors(w *where, account core.AccountID, s comms.Search) {
	if s.IsZero() {
		return
	}
	w.and(`(v.name_search LIKE ? ESCAPE '\' OR v.id IN (SELECT c.visitor_id FROM visitor_contacts c WHERE c.account_id = ? AND (c.kind = 'email' AND c.value LIKE ? ESCAPE '\'`,
		containing(s.Text), account, containing(s.Text))
	if s.IsWholePhone {
		w.add(" OR c.kind = 'phone' AND c.value = ?", s.Digits)
	} else if s.Digits != "" {
		w.add(" OR c.kind = 'phone' AND c.value LIKE ?", "%"+s.Digits+"%")
	}
	w.add("))")
	if s.ID != 0 {
		w.add(" OR v.id = ?", s.ID)
	}
	w.add(")")
}

// VisitorCards implements comms.CardReader.
func (db *DB) VisitorCards(ctx context.Context, account core.AccountID, ids []core.VisitorID, parts comms.VisitorParts) ([]comms.VisitorCard, error) {
	w := &where{}
	w.and("v.account_id = ? AND v.id {in ?}", account, idsArg(db.Engine, ids))
	rows, err := db.readVisitors(ctx, account, w, parts.Without)
	if err != nil {
		return nil, err
	}
	return db.visitorCards(ctx, account, rows, parts)
}

// readVisitors reads visitors with their sources.
func (db *DB) readVisitors(ctx context.Context, account core.AccountID, w *where, d comms.Details) ([]visitorRow, error) {
	var rows []visitorRow
	var traffic []core.TrafficID
	online := db.Clock.Now().Add(-visits.OnlineWindow)
	err := db.rawReader().query(ctx, visitorsSQLWithout(d)+w.text.String(), w.args, func(row scanner) error {
		r, err := scanVisitor(row, account)
		r.IsOnline = !r.LastSeenAt.Before(online)
		rows = append(rows, r)
		traffic = append(traffic, r.firstTraffic, r.lastTraffic)
		return err
	})
	if err != nil {
		return nil, err
	}
	known, err := db.trafficSources(ctx, account, traffic)
	for i := range rows {
		r := &rows[i]
		r.FirstSource, r.LastSource = known.of(r.firstTraffic, r.firstReferrer), known.of(r.lastTraffic, r.lastReferrer)
	}
	return rows, err
}

func scanVisitor(row scanner, account core.AccountID) (visitorRow, error) {
	var r visitorRow
	var firstSeen, lastActivity int64
	var earlierHits int
	c := &r.Client
	err := row.Scan(&r.ID, &r.SiteID, &r.Name, &firstSeen, &r.lastSessionAt, &r.SessionCount, &earlierHits, &r.PersonID, &r.IsSeparate, &r.firstTraffic, &r.lastTraffic,
		&r.firstReferrer, &r.lastReferrer, &lastActivity, &r.HitCount,
		&c.DeviceType, &c.Browser, &c.OS, &c.Language, &c.Screen, &c.IP, &c.Country, &c.Region, &c.City)
	r.AccountID, r.HitCount = account, r.HitCount+earlierHits
	r.FirstSeenAt, r.LastSeenAt = fromMillis(firstSeen), fromMillis(lastActivity)
	return r, err
}

// visitorCards adds to visitors what parts asks for, with one statement for each part.
func (db *DB) visitorCards(ctx context.Context, account core.AccountID, rows []visitorRow, parts comms.VisitorParts) ([]comms.VisitorCard, error) {
	cards := make([]comms.VisitorCard, len(rows))
	ids := make([]core.VisitorID, len(rows))
	place := make(map[core.VisitorID]*comms.VisitorCard, len(rows))
	for i := range rows {
		cards[i], ids[i] = rows[i].VisitorCard, rows[i].ID
		place[ids[i]] = &cards[i]
	}
	if len(ids) == 0 {
		return cards, nil
	}
	var list []reading
	if parts.Contacts {
		list = append(list, db.contactsOf(account, ids, place))
	}
	if parts.Sessions > 0 {
		list = append(list, db.newestSessions(ctx, account, ids, parts, place))
	}
	if parts.Communications > 0 {
		list = append(list, db.newestCommunications(ctx, account, ids, parts, place))
	}
	return cards, db.rawReader().queryAll(ctx, list)
}

const contactsSQL = `
SELECT c.visitor_id, c.kind, c.value, c.first_at, c.origin, e.value IS NULL
FROM visitor_contacts c
LEFT JOIN contact_exclusions e ON e.account_id = c.account_id AND e.kind = c.kind AND e.value = c.value
WHERE c.account_id = $1 AND c.visitor_id {in $2} ORDER BY c.first_at, c.kind DESC, c.value`

func (db *DB) contactsOf(account core.AccountID, ids []core.VisitorID, place map[core.VisitorID]*comms.VisitorCard) reading {
	scan := func(row scanner) error {
		c, err := scanContact(row)
		if card := place[c.VisitorID]; card != nil {
			card.Contacts = append(card.Contacts, c)
		}
		return err
	}
	return reading{contactsSQL, []any{account, idsArg(db.Engine, ids)}, scan, func() error { return nil }}
}

func scanContact(row scanner) (visits.Contact, error) {
	var c visits.Contact
	var at int64
	err := row.Scan(&c.VisitorID, &c.Kind, &c.Value, &at, &c.Origin, &c.IsJoining)
	c.FirstAt = fromMillis(at)
	return c, err
}

// Persons implements comms.CardReader.
func (db *DB) Persons(ctx context.Context, account core.AccountID, ids []core.PersonID, parts comms.VisitorParts) (map[core.PersonID]*comms.PersonCard, error) {
	out := make(map[core.PersonID]*comms.PersonCard, len(ids))
	list := idsArg(db.Engine, ids)
	err := db.rawReader().query(ctx, `SELECT id, created_at FROM persons WHERE account_id = $1 AND id {in $2}`, []any{account, list}, func(row scanner) error {
		var at int64
		p := &comms.PersonCard{}
		err := row.Scan(&p.ID, &at)
		p.AccountID, p.CreatedAt = account, fromMillis(at)
		out[p.ID] = p
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := db.addPersonVisitors(ctx, account, list, parts, out); err != nil {
		return nil, err
	}
	return out, db.addPersonContacts(ctx, account, list, out)
}

func (db *DB) addPersonVisitors(ctx context.Context, account core.AccountID, ids any, parts comms.VisitorParts, out map[core.PersonID]*comms.PersonCard) error {
	w := &where{}
	w.and(fmt.Sprintf(`v.account_id = ? AND v.id IN (SELECT n.id FROM (
  SELECT m.id, ROW_NUMBER() OVER (PARTITION BY m.person_id ORDER BY m.last_session_at DESC, m.id DESC) AS place
  FROM visitors m WHERE m.account_id = ? AND m.person_id <> 0 AND m.person_id {in ?}) n WHERE n.place <= %d) ORDER BY v.last_session_at DESC, v.id DESC`, comms.MaxPersonVisitors),
		account, account, ids)
	rows, err := db.readVisitors(ctx, account, w, parts.Without)
	if err != nil {
		return err
	}
	cards, err := db.visitorCards(ctx, account, rows, parts)
	for _, c := range cards {
		if p := out[c.PersonID]; p != nil {
			p.Visitors = append(p.Visitors, c)
		}
	}
	return err
}

const personContactsSQL = `
SELECT v.person_id, c.visitor_id, c.kind, c.value, c.first_at, c.origin, e.value IS NULL
FROM visitors v
JOIN visitor_contacts c ON c.account_id = v.account_id AND c.visitor_id = v.id
LEFT JOIN contact_exclusions e ON e.account_id = c.account_id AND e.kind = c.kind AND e.value = c.value
WHERE v.account_id = $1 AND v.person_id <> 0 AND v.person_id {in $2} ORDER BY c.first_at, c.kind DESC, c.value`

// addPersonContacts shows each value once, as it came first.
func (db *DB) addPersonContacts(ctx context.Context, account core.AccountID, ids any, out map[core.PersonID]*comms.PersonCard) error {
	type mention struct {
		person core.PersonID
		kind   visits.ContactKind
		value  string
	}
	seen := make(map[mention]bool)
	return db.rawReader().query(ctx, personContactsSQL, []any{account, ids}, func(row scanner) error {
		var person core.PersonID
		var c visits.Contact
		var at int64
		err := row.Scan(&person, &c.VisitorID, &c.Kind, &c.Value, &at, &c.Origin, &c.IsJoining)
		c.FirstAt = fromMillis(at)
		m, p := mention{person, c.Kind, c.Value}, out[person]
		if p != nil && !seen[m] && len(p.Contacts) < comms.MaxPersonContacts {
			seen[m] = true
			p.Contacts = append(p.Contacts, c)
		}
		return err
	})
}

// Properties implements visits.Reader.
func (db *DB) Properties(ctx context.Context, account core.AccountID, visitors []core.VisitorID) (map[core.VisitorID][]visits.Property, error) {
	out := make(map[core.VisitorID][]visits.Property)
	q := `SELECT visitor_id, name, value FROM visitor_properties WHERE account_id = $1 AND visitor_id {in $2} ORDER BY visitor_id, name`
	err := db.rawReader().query(ctx, q, []any{account, idsArg(db.Engine, visitors)}, func(row scanner) error {
		var id core.VisitorID
		var p visits.Property
		err := row.Scan(&id, &p.Name, &p.Value)
		out[id] = append(out[id], p)
		return err
	})
	return out, err
}

// newest reads the newest rows of each of several visitors: a table with visitor_id and a column of time. $1 account, $2 visitors, $3 how many.
func newest(engine Engine, table, at, condition string) string {
	q := `FROM json_each($2) want JOIN @table r ON r.account_id = $1 AND r.id IN (SELECT n.id FROM @table n
  WHERE n.account_id = $1 AND n.visitor_id = want.value @condition ORDER BY n.@at DESC, n.id DESC LIMIT $3)`
	if engine == Postgres {
		q = `FROM unnest($2::bigint[]) AS want (id) CROSS JOIN LATERAL (SELECT * FROM @table n
  WHERE n.account_id = $1 AND n.visitor_id = want.id @condition ORDER BY n.@at DESC, n.id DESC LIMIT $3) r`
	}
	return strings.NewReplacer("@table", table, "@at", at, "@condition", condition).Replace(q)
}
