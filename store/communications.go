package store

import (
	"context"
	"encoding/json"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/core/sites"
)

var _ comms.CommunicationReader = (*DB)(nil)

// The communications r of a FROM clause, with what they refer to.
const (
	communicationColumns = `
SELECT r.id, r.kind, r.site_id, r.at, r.name, r.phone, r.email, r.visitor_id, r.session_id, r.hit_id, r.goal_id, COALESCE(g.name, ''), ` + communicationTexts + `,
  r.sale_minor, r.sale_currency, r.external_id, ` + communicationSources + ` `
	communicationTexts   = `r.message, r.form_name, r.user_fields, r.page_url`
	communicationSources = `COALESCE(s.traffic_id, 0), COALESCE(rf.value, ''), ` + communicationCampaign + `, COALESCE(cp.name, '')`

	// communicationCampaign is the session's, else that of the number a call came to.
	communicationCampaign = `COALESCE(NULLIF(s.campaign_id, 0), r.campaign_id)`

	communicationJoins = `
LEFT JOIN goals g ON g.account_id = r.account_id AND g.id = r.goal_id AND r.goal_id <> 0` + communicationSourceJoins + ` `
	communicationSourceJoins = `
LEFT JOIN sessions s ON s.account_id = r.account_id AND s.id = r.session_id AND r.session_id <> 0
LEFT JOIN dimensions rf ON rf.account_id = s.account_id AND rf.id = s.referrer_id AND s.referrer_id <> 0
LEFT JOIN campaigns cp ON cp.account_id = r.account_id AND cp.id = ` + communicationCampaign
)

func communicationsSQLWithout(q string, d comms.Details) string {
	return leaving(q,
		leave{d.CommunicationTexts, communicationTexts, "'', '', '[]', ''"},
		leave{d.CommunicationSources, communicationSources, "CAST(0 AS BIGINT), '', CAST(0 AS BIGINT), ''"},
		leave{d.CommunicationSources, communicationSourceJoins, ""})
}

// Communications implements comms.CommunicationReader.
func (db *DB) Communications(ctx context.Context, account core.AccountID, q comms.CommunicationQuery, s comms.Search, page core.PageRequest) (core.Page[comms.Communication], error) {
	w := &where{}
	w.and("r.account_id = ?", account)
	db.filterCommunications(w, account, q)
	searchCommunications(w, s)
	if err := w.page("r.at", "r.id", q.Ascending, page); err != nil {
		return core.Page[comms.Communication]{}, err
	}
	list, err := db.readCommunications(ctx, account, communicationColumns+"FROM communications r"+communicationJoins+"WHERE "+w.text.String(), w.args, page.First+1)
	return paged(list, page.First, func(c comms.Communication) timeCursor { return timeCursor{millis(c.At), int64(c.ID)} }), err
}

func (db *DB) filterCommunications(w *where, account core.AccountID, q comms.CommunicationQuery) {
	if q.SiteID != 0 {
		w.and("r.site_id = ?", q.SiteID)
	}
	if q.VisitorID != 0 { // "<> 0" lets the partial index be used
		w.and("r.visitor_id = ? AND r.visitor_id <> 0", q.VisitorID)
	}
	if len(q.Kinds) > 0 {
		w.and("r.kind {in ?}", textsArg(db.Engine, q.Kinds))
	}
	if !q.At.From.IsZero() {
		w.and("r.at >= ?", millis(q.At.From))
	}
	if !q.At.To.IsZero() {
		w.and("r.at < ?", millis(q.At.To))
	}
	if len(q.Channels) > 0 {
		w.and("s.traffic_id IN (SELECT t.id FROM traffic_sources t WHERE t.account_id = ? AND t.channel {in ?})", account, textsArg(db.Engine, q.Channels))
	}
	if q.CampaignID != 0 {
		w.and(communicationCampaign+" = ?", q.CampaignID)
	}
	if q.GoalID != 0 {
		w.and("r.goal_id = ?", q.GoalID)
	}
}

func searchCommunications(w *where, s comms.Search) {
	if s.IsZero() {
		return
	}
	w.and(`(r.name_search LIKE ? ESCAPE '\' OR r.email LIKE ? ESCAPE '\'`, containing(s.Text), containing(s.Text))
	if s.IsWholePhone {
		w.add(" OR r.phone = ?", s.Digits)
	} else if s.Digits != "" {
		w.add(" OR r.phone LIKE ?", "%"+s.Digits+"%")
	}
	w.add(")")
}

// Communication implements comms.CommunicationReader.
func (db *DB) Communication(ctx context.Context, account core.AccountID, id core.CommunicationID) (comms.Communication, error) {
	q := communicationColumns + "FROM communications r" + communicationJoins + "WHERE r.account_id = $1 AND r.id = $2"
	list, err := db.readCommunications(ctx, account, q, []any{account, id}, 1)
	if err != nil {
		return comms.Communication{}, err
	}
	if len(list) == 0 {
		return comms.Communication{}, core.NotFound("communication")
	}
	return list[0], nil
}

// CommunicationsByID implements comms.CommunicationReader.
func (db *DB) CommunicationsByID(ctx context.Context, account core.AccountID, ids []core.CommunicationID) ([]comms.Communication, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	q := communicationColumns + "FROM communications r" + communicationJoins + "WHERE r.account_id = $1 AND r.id {in $2}"
	return db.readCommunications(ctx, account, q, []any{account, idsArg(db.Engine, ids)}, len(ids))
}

func (db *DB) newestCommunications(ctx context.Context, account core.AccountID, ids []core.VisitorID, parts comms.VisitorParts, place map[core.VisitorID]*comms.VisitorCard) reading {
	q := communicationColumns + newest(db.Engine, "communications", "at", "AND n.visitor_id <> 0") + communicationJoins + "ORDER BY r.visitor_id, r.at DESC, r.id DESC"
	args := []any{account, idsArg(db.Engine, ids), parts.Communications}
	return db.communicationsReading(ctx, account, communicationsSQLWithout(q, parts.Without), args, len(ids), func(list []comms.Communication) {
		each(list, func(c *comms.Communication) core.VisitorID { return c.VisitorID }, func(id core.VisitorID, own []comms.Communication) {
			if card := place[id]; card != nil {
				card.Communications = own
			}
		})
	})
}

// readCommunications reads communications with their sources, about size.
func (db *DB) readCommunications(ctx context.Context, account core.AccountID, q string, args []any, size int) (list []comms.Communication, err error) {
	r := db.communicationsReading(ctx, account, q, args, size, func(found []comms.Communication) { list = found })
	err = db.rawReader().queryAll(ctx, []reading{r})
	return list, err
}

func (db *DB) communicationsReading(ctx context.Context, account core.AccountID, q string, args []any, size int, done func([]comms.Communication)) reading {
	list := make([]comms.Communication, 0, size)
	traffic := make([]core.TrafficID, 0, size) // 0 = no session
	referrers := make([]string, 0, size)
	scan := func(row scanner) error {
		list, traffic, referrers = append(list, comms.Communication{AccountID: account}), append(traffic, 0), append(referrers, "")
		last := len(list) - 1
		return scanCommunication(row, &list[last], &traffic[last], &referrers[last])
	}
	return reading{q, args, scan, func() error {
		known, err := db.trafficSources(ctx, account, traffic)
		for i := range list {
			if traffic[i] != 0 {
				source := known.of(traffic[i], referrers[i])
				list[i].Source = &source
			}
		}
		done(list)
		return err
	}}
}

func scanCommunication(row scanner, c *comms.Communication, traffic *core.TrafficID, referrer *string) error {
	var goal goals.Ref
	var campaign sites.Ref
	var at int64
	var minor *int64
	var currency, fields string
	err := row.Scan(&c.ID, &c.Kind, &c.SiteID, &at, &c.Name, &c.Phone, &c.Email, &c.VisitorID, &c.SessionID, &c.HitID, &goal.ID, &goal.Name, &c.Message, &c.FormName, &fields, &c.PageURL,
		&minor, &currency, &c.ExternalID, traffic, referrer, &campaign.ID, &campaign.Name)
	if err != nil {
		return err
	}
	c.At, c.Campaign = fromMillis(at), campaignRef(campaign)
	if goal.ID != 0 {
		c.Goal = &goal
	}
	if minor != nil {
		c.Sale = &core.Money{Minor: *minor, Currency: currency}
	}
	if fields == "[]" {
		return nil
	}
	return json.Unmarshal([]byte(fields), &c.UserFields)
}

// Messages implements comms.CommunicationReader.
func (db *DB) Messages(ctx context.Context, account core.AccountID, chats []core.CommunicationID) (map[core.CommunicationID][]comms.ChatMessage, error) {
	return readMessages(ctx, db.rawReader(), account, chats)
}

func readMessages(ctx context.Context, c conn, account core.AccountID, chats []core.CommunicationID) (map[core.CommunicationID][]comms.ChatMessage, error) {
	out := make(map[core.CommunicationID][]comms.ChatMessage)
	q := `SELECT communication_id, at, sender, text FROM chat_messages WHERE account_id = $1 AND communication_id {in $2} ORDER BY communication_id, at, position`
	err := c.query(ctx, q, []any{account, idsArg(c.engine, chats)}, func(row scanner) error {
		var id core.CommunicationID
		var m comms.ChatMessage
		var at int64
		err := row.Scan(&id, &at, &m.Sender, &m.Text)
		m.At = fromMillis(at)
		out[id] = append(out[id], m)
		return err
	})
	return out, err
}
