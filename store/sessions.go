package store

import (
	"context"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/core/sites"
	"github.com/skvoz/skvoz/core/visits"
)

var _ visits.Reader = (*DB)(nil)

// The sessions r of a FROM clause, with what they refer to.
const (
	sessionColumns = `
SELECT r.id, r.visitor_id, r.site_id, r.number, r.started_at, r.last_activity_at, r.hit_count, r.visible_ms, ` + sessionPages + `,
  ` + sessionReferrers + `, r.traffic_id, r.campaign_id, COALESCE(cp.name, ''), ` + sessionClients + ` `
	sessionPages     = `COALESCE(ep.value, ''), COALESCE(xp.value, '')`
	sessionReferrers = `COALESCE(rf.value, '')`
	sessionClients   = `r.device_type, r.browser, r.os, r.language, r.screen, r.ip, r.country, r.region, r.city`

	sessionJoins     = sessionPageJoins + sessionReferrerJoins + sessionCampaigns
	sessionPageJoins = `
LEFT JOIN dimensions ep ON ep.account_id = r.account_id AND ep.id = r.entrance_page_id
LEFT JOIN dimensions xp ON xp.account_id = r.account_id AND xp.id = r.exit_page_id`
	sessionReferrerJoins = `
LEFT JOIN dimensions rf ON rf.account_id = r.account_id AND rf.id = r.referrer_id AND r.referrer_id <> 0`
	sessionCampaigns = `
LEFT JOIN campaigns cp ON cp.account_id = r.account_id AND cp.id = r.campaign_id AND r.campaign_id <> 0 `
)

func sessionsSQLWithout(q string, d comms.Details) string {
	return leaving(q,
		leave{d.SessionClients, sessionClients, noClients},
		leave{d.SessionPages, sessionPages, "'', ''"}, leave{d.SessionPages, sessionPageJoins, ""},
		leave{d.SessionReferrers, sessionReferrers, "''"}, leave{d.SessionReferrers, sessionReferrerJoins, ""})
}

// Sessions implements visits.Reader.
func (db *DB) Sessions(ctx context.Context, account core.AccountID, visitor core.VisitorID, page core.PageRequest) (core.Page[visits.Session], error) {
	w := &where{}
	w.and("r.account_id = ? AND r.visitor_id = ?", account, visitor)
	if err := w.page("r.started_at", "r.id", false, page); err != nil {
		return core.Page[visits.Session]{}, err
	}
	list, err := db.readSessions(ctx, account, sessionColumns+"FROM sessions r"+sessionJoins+"WHERE "+w.text.String(), w.args, page.First+1)
	return paged(list, page.First, func(s visits.Session) timeCursor { return timeCursor{millis(s.StartedAt), int64(s.ID)} }), err
}

// SessionsByID implements visits.Reader.
func (db *DB) SessionsByID(ctx context.Context, account core.AccountID, ids []core.SessionID) ([]visits.Session, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	q := sessionColumns + "FROM sessions r" + sessionJoins + "WHERE r.account_id = $1 AND r.id {in $2}"
	return db.readSessions(ctx, account, q, []any{account, idsArg(db.Engine, ids)}, len(ids))
}

func (db *DB) newestSessions(ctx context.Context, account core.AccountID, ids []core.VisitorID, parts comms.VisitorParts, place map[core.VisitorID]*comms.VisitorCard) reading {
	q := sessionColumns + newest(db.Engine, "sessions", "started_at", "") + sessionJoins + "ORDER BY r.visitor_id, r.started_at DESC, r.id DESC"
	args := []any{account, idsArg(db.Engine, ids), parts.Sessions}
	return db.sessionsReading(ctx, account, sessionsSQLWithout(q, parts.Without), args, len(ids)*parts.Sessions, func(list []visits.Session) {
		each(list, func(s *visits.Session) core.VisitorID { return s.VisitorID }, func(id core.VisitorID, own []visits.Session) {
			if card := place[id]; card != nil {
				card.Sessions = own
			}
		})
	})
}

// each hands out the runs of rows with the same key.
func each[T any, K comparable](list []T, key func(*T) K, do func(K, []T)) {
	for from := 0; from < len(list); {
		k, to := key(&list[from]), from+1
		for to < len(list) && key(&list[to]) == k {
			to++
		}
		do(k, list[from:to:to])
		from = to
	}
}

// readSessions reads sessions with their sources, up to about size.
func (db *DB) readSessions(ctx context.Context, account core.AccountID, q string, args []any, size int) (list []visits.Session, err error) {
	r := db.sessionsReading(ctx, account, q, args, size, func(found []visits.Session) { list = found })
	err = db.rawReader().queryAll(ctx, []reading{r})
	return list, err
}

func (db *DB) sessionsReading(ctx context.Context, account core.AccountID, q string, args []any, size int, done func([]visits.Session)) reading {
	list := make([]visits.Session, 0, size)
	traffic := make([]core.TrafficID, 0, size)
	scan := func(row scanner) error {
		list, traffic = append(list, visits.Session{AccountID: account}), append(traffic, 0)
		return scanSession(row, &list[len(list)-1], &traffic[len(traffic)-1])
	}
	return reading{q, args, scan, func() error {
		known, err := db.trafficSources(ctx, account, traffic)
		for i := range list {
			list[i].Source = known.of(traffic[i], list[i].Source.Referrer)
		}
		done(list)
		return err
	}}
}

func scanSession(row scanner, s *visits.Session, traffic *core.TrafficID) error {
	var started, active, visible int64
	var campaign sites.Ref
	c := &s.Client
	err := row.Scan(&s.ID, &s.VisitorID, &s.SiteID, &s.Number, &started, &active, &s.HitCount, &visible, &s.EntrancePage, &s.ExitPage,
		&s.Source.Referrer, traffic, &campaign.ID, &campaign.Name, &c.DeviceType, &c.Browser, &c.OS, &c.Language, &c.Screen, &c.IP, &c.Country, &c.Region, &c.City)
	s.StartedAt, s.LastActivityAt = fromMillis(started), fromMillis(active)
	s.Duration = time.Duration(visible) * time.Millisecond
	s.Campaign = campaignRef(campaign)
	return err
}

// campaignRef is nil for no campaign, or one that was removed.
func campaignRef(ref sites.Ref) *sites.Ref {
	if ref.ID == 0 || ref.Name == "" {
		return nil
	}
	return &ref
}

// Hits implements visits.Reader.
func (db *DB) Hits(ctx context.Context, account core.AccountID, session core.SessionID, page core.PageRequest) (core.Page[visits.Hit], error) {
	w := &where{}
	w.and("h.account_id = ? AND h.session_id = ?", account, session)
	if err := w.page("h.hit_at", "h.id", true, page); err != nil {
		return core.Page[visits.Hit]{}, err
	}
	q := `SELECT h.id, h.hit_at, h.visible_ms, COALESCE(p.value, ''), COALESCE(t.value, '') FROM ` + db.hitTable(session) + ` h
LEFT JOIN dimensions p ON p.account_id = h.account_id AND p.id = h.page_id
LEFT JOIN dimensions t ON t.account_id = h.account_id AND t.id = h.title_id AND h.title_id <> 0
WHERE ` + w.text.String()
	var hits []visits.Hit
	err := db.rawReader().query(ctx, q, w.args, func(row scanner) error {
		h := visits.Hit{SessionID: session}
		var at, visible int64
		err := row.Scan(&h.ID, &at, &visible, &h.URL, &h.Title)
		h.At, h.Duration = fromMillis(at), time.Duration(visible)*time.Millisecond
		hits = append(hits, h)
		return err
	})
	if isNoTable(err) {
		err = nil
	}
	return paged(hits, page.First, func(h visits.Hit) timeCursor { return timeCursor{millis(h.At), int64(h.ID)} }), err
}

// The goal reaches r of a FROM clause. What a system goal keeps in action is for the product alone.
const (
	reachColumns = `
SELECT r.id, r.goal_id, COALESCE(g.name, ''), r.reached_at, r.site_id, r.visitor_id, r.session_id, COALESCE(p.value, ''), r.category,
  CASE WHEN g.type = 'system' THEN '' ELSE r.action END, r.label, r.value, r.is_goal `
	reachJoins = `
LEFT JOIN goals g ON g.account_id = r.account_id AND g.id = r.goal_id AND r.goal_id <> 0
LEFT JOIN dimensions p ON p.account_id = r.account_id AND p.id = r.page_id AND r.page_id <> 0 `
)

// VisitorReaches implements comms.CardReader.
func (db *DB) VisitorReaches(ctx context.Context, account core.AccountID, visitor core.VisitorID, page core.PageRequest) (core.Page[goals.Reach], error) {
	w := &where{}
	w.and("r.account_id = ? AND r.visitor_id = ?", account, visitor)
	if err := w.page("r.reached_at", "r.id", false, page); err != nil {
		return core.Page[goals.Reach]{}, err
	}
	var list []goals.Reach
	err := db.rawReader().query(ctx, reachColumns+"FROM goal_reaches r"+reachJoins+"WHERE "+w.text.String(), w.args, func(row scanner) error {
		r, err := scanReach(row)
		list = append(list, r)
		return err
	})
	return paged(list, page.First, func(r goals.Reach) timeCursor { return timeCursor{millis(r.At), int64(r.ID)} }), err
}

// SessionReaches implements comms.CardReader.
func (db *DB) SessionReaches(ctx context.Context, account core.AccountID, sessions []core.SessionID) (map[core.SessionID][]goals.Reach, error) {
	out := make(map[core.SessionID][]goals.Reach, len(sessions))
	q := reachColumns + `FROM (SELECT n.*, ROW_NUMBER() OVER (PARTITION BY n.session_id ORDER BY n.reached_at, n.id) AS place
  FROM goal_reaches n WHERE n.account_id = $1 AND n.session_id {in $2}) r` + reachJoins + `WHERE r.place <= $3 ORDER BY r.reached_at, r.id`
	err := db.rawReader().query(ctx, q, []any{account, idsArg(db.Engine, sessions), comms.MaxSessionReaches}, func(row scanner) error {
		r, err := scanReach(row)
		out[r.SessionID] = append(out[r.SessionID], r)
		return err
	})
	return out, err
}

func scanReach(row scanner) (goals.Reach, error) {
	var r goals.Reach
	var goal goals.Ref
	var at int64
	err := row.Scan(&r.ID, &goal.ID, &goal.Name, &at, &r.SiteID, &r.VisitorID, &r.SessionID, &r.PageURL, &r.Category, &r.Action, &r.Label, &r.Value, &r.IsGoal)
	r.At = fromMillis(at)
	if goal.ID != 0 {
		r.Goal = &goal
	}
	return r, err
}
