package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"syscall"
	"time"

	"gorm.io/gorm"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/reports"
	"github.com/skvoz/skvoz/core/visits"
)

// Rows of sessions lie apart, so telling each session at once of each hit dirties a page per hit. On SQLite the ingest of a running server may
// tell them a little later instead (DeferSessions): hits are on disk when they are answered, and the counters of their sessions follow within
// tellAfter, several hits at once. What a crash kept from being told is counted again from the hits at the next start.

const (
	// tellAfter is how long a session may not know of its newest hits.
	tellAfter = 500 * time.Millisecond
	// tellAtOnce bounds how many sessions one transaction tells on the way.
	tellAtOnce = 400
	// recountWindow is how old a session can be that was going on at a crash.
	recountWindow = 48 * time.Hour
	// untoldMark is the row of table instance that says that some sessions may not know of all their hits.
	untoldMark = "ingest.untold"
)

// untold is what a session has not been told yet.
type untold struct {
	key         visits.SessionKey
	at, hits    int64
	page, title int64
	since       time.Time
}

func (u *untold) add(more *untold) {
	u.at, u.hits = max(u.at, more.at), u.hits+more.hits
	if more.page != 0 {
		u.page, u.title = more.page, more.title
	}
}

// later keeps what sessions have not been told. What a transaction adds and tells counts only once it is committed.
type later struct {
	waiting map[visits.SessionKey]*untold
	// queue holds the keys of waiting in the order in which they began to wait; some have been told meanwhile.
	queue []visits.SessionKey
	// fresh and told are those of the running transaction.
	fresh []untold
	told  map[visits.SessionKey]struct{}
	// taken are the keys the running transaction took from the queue.
	taken []visits.SessionKey
}

// rollback puts what the failed transaction took back into the queue.
func (l *later) rollback() {
	l.queue = append(slices.Clone(l.taken), l.queue...)
	l.taken = nil
}

func (l *later) begin() {
	l.fresh, l.taken = l.fresh[:0], nil
	if l.waiting == nil {
		l.waiting, l.told = make(map[visits.SessionKey]*untold), make(map[visits.SessionKey]struct{})
	}
	clear(l.told)
}

func (l *later) commit() {
	for key := range l.told {
		delete(l.waiting, key)
	}
	for i := range l.fresh {
		u := l.fresh[i]
		if _, told := l.told[u.key]; told {
			continue
		}
		if w, ok := l.waiting[u.key]; ok {
			w.add(&u)
			continue
		}
		l.waiting[u.key] = &u
		l.queue = append(l.queue, u.key)
	}
}

// of is all that a session has not been told, the running transaction included.
func (l *later) of(key visits.SessionKey) (untold, bool) {
	sum := untold{key: key}
	w, found := l.waiting[key]
	if found {
		sum.add(w)
	}
	for i := range l.fresh {
		if l.fresh[i].key == key {
			sum.add(&l.fresh[i])
			found = true
		}
	}
	return sum, found
}

// due are the sessions that have waited long enough at a time, at most limit of them, in the order of their rows.
func (l *later) due(now time.Time, limit int) []visits.SessionKey {
	var out []visits.SessionKey
	n := 0
	for ; n < len(l.queue) && len(out) < limit; n++ {
		w, ok := l.waiting[l.queue[n]]
		if !ok {
			continue
		}
		if now.Sub(w.since) < tellAfter {
			break
		}
		out = append(out, w.key)
	}
	l.queue = l.queue[n:]
	slices.SortFunc(out, func(a, b visits.SessionKey) int {
		return cmp.Or(cmp.Compare(a.AccountID, b.AccountID), cmp.Compare(a.SessionID, b.SessionID))
	})
	return out
}

// tell writes what a session has not been told into the running transaction.
func (g *Ingest) tell(key visits.SessionKey) error {
	if _, told := g.later.told[key]; told {
		return nil
	}
	u, found := g.later.of(key)
	if !found {
		return nil
	}
	g.later.told[key] = struct{}{}
	err := g.run(liteTouch, u.at, u.hits, u.page, u.page, u.page, u.title, int64(key.AccountID), int64(key.SessionID))
	if day := sessionDayNumber(key.SessionID); err == nil && !mayRun(day, g.db.Clock.Now()) {
		err = g.run(liteBumpDay, int64(key.AccountID), int64(reports.FactSessions), int64(day))
	}
	return err
}

// tellDue tells the sessions that have waited long enough. Sessions taken from the queue by a transaction that fails are put back.
func (g *Ingest) tellDue(now time.Time, limit int) (err error) {
	due := g.later.due(now, limit)
	for _, key := range due {
		if err = g.tell(key); err != nil {
			break
		}
	}
	g.later.taken = due
	return err
}

// Settle tells the sessions that have waited long enough, or with all those that have not, in a transaction of its own. The ingester calls it
// when there is nothing else to write.
func (g *Ingest) Settle(ctx context.Context, all bool) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.later.waiting) == 0 {
		return nil
	}
	now := g.db.Clock.Now()
	if all {
		now = now.Add(2 * tellAfter)
	}
	g.later.begin()
	err := g.inLiteTx(ctx, func() error { return g.tellDue(now, len(g.later.queue)) })
	if err != nil {
		g.later.rollback()
		return translate(err)
	}
	g.later.commit()
	return nil
}

// DeferSessions lets Ingest tell sessions of their hits a little later, see above; on PostgreSQL it does nothing. First it counts again what a
// crash kept from being told. Call it before anything is written, and Ingest.Finish at the end. It is KindConflict while another process does
// the same on this database.
func (db *DB) DeferSessions(ctx context.Context) error {
	if db.Engine != SQLite {
		return nil
	}
	if err := db.lockForServing(); err != nil {
		return err
	}
	var marks int64
	if err := db.reader(ctx).Model(&instanceRow{}).Where("name = ?", untoldMark).Count(&marks).Error; err != nil {
		return translate(err)
	}
	if marks > 0 {
		if err := db.recountSessions(ctx); err != nil {
			return fmt.Errorf("counting hits again after a crash: %w", err)
		}
	}
	if err := db.inTx(ctx, func(tx *gorm.DB) error { return tx.Save(&instanceRow{Name: untoldMark, Value: "1"}).Error }); err != nil {
		return err
	}
	db.defers.Store(true)
	return nil
}

// lockForServing keeps a second server off the file until this one ends, however it ends.
func (db *DB) lockForServing() error {
	if db.serving != nil {
		return nil
	}
	f, err := os.OpenFile(db.path+".serve-lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("opening the lock of the database: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return core.E(core.KindConflict, "another server runs on "+db.path+": stop it, or use PostgreSQL for several").WithReason("already_served")
	}
	db.serving = f
	return nil
}

// Finish tells all sessions and notes that none was left out, so that the next start need not count again. Nothing may be written afterwards.
func (g *Ingest) Finish(ctx context.Context) error {
	if err := g.Settle(ctx, true); err != nil || !g.db.defers.Load() {
		return err
	}
	return g.db.inTx(ctx, func(tx *gorm.DB) error { return tx.Delete(&instanceRow{Name: untoldMark}).Error })
}

// recountSessions sets the counters of the sessions that may have been going on lately to what their hits say.
func (db *DB) recountSessions(ctx context.Context) error {
	since := visits.FirstSession(db.Clock.Now().Add(-recountWindow))
	var months []string
	var accounts []core.AccountID
	err := errors.Join(
		db.reader(ctx).Raw("SELECT name FROM hit_partitions WHERE next_session > ?", since).Scan(&months).Error,
		db.reader(ctx).Raw("SELECT id FROM accounts").Scan(&accounts).Error,
	)
	if err != nil {
		return translate(err)
	}
	for _, month := range months {
		statement := fmt.Sprintf(`UPDATE sessions SET hit_count = h.n, last_activity_at = max(last_activity_at, h.newest),
			exit_page_id  = (SELECT x.page_id  FROM %[1]s x WHERE x.account_id = sessions.account_id AND x.session_id = sessions.id ORDER BY x.hit_at DESC, x.id DESC LIMIT 1),
			exit_title_id = (SELECT x.title_id FROM %[1]s x WHERE x.account_id = sessions.account_id AND x.session_id = sessions.id ORDER BY x.hit_at DESC, x.id DESC LIMIT 1)
			FROM (SELECT session_id, COUNT(*) AS n, MAX(hit_at) AS newest FROM %[1]s WHERE account_id = ? AND session_id >= ? GROUP BY session_id) h
			WHERE sessions.account_id = ? AND sessions.id = h.session_id AND sessions.hit_count <> h.n`, month)
		for _, account := range accounts {
			err := db.inTx(ctx, func(tx *gorm.DB) error {
				changed := tx.Exec(statement, account, since, account)
				if changed.Error != nil || changed.RowsAffected == 0 {
					return changed.Error
				}
				var days []int
				for day := sessionDayNumber(since); !mayRun(day, db.Clock.Now()); day++ {
					days = append(days, day)
				}
				return conn{tx.Statement.ConnPool, db.Engine}.bumpDays(ctx, account, reports.FactSessions, days...)
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
