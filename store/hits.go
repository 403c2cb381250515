package store

import (
	"context"
	"fmt"
	"sync"
	"time"

	"gorm.io/gorm"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/visits"
)

// hitMonths is where the hits of each month lie. On SQLite each month has a table of its own, on PostgreSQL a partition of hits.
type hitMonths struct {
	mu    sync.Mutex
	known map[string]struct{}
}

func (m *hitMonths) has(name string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, ok := m.known[name]
	return ok
}

func (m *hitMonths) add(name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known == nil {
		m.known = make(map[string]struct{})
	}
	m.known[name] = struct{}{}
}

func (m *hitMonths) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(m.known)
}

// monthTable names the table or partition of a session's hits.
func monthTable(session core.SessionID) string {
	day := visits.SessionDay(session)
	return fmt.Sprintf("hits_y%04dm%02d", day.Year(), day.Month())
}

// hitTable names the table a session's hits are read from. On SQLite it is missing when retention dropped its month.
func (db *DB) hitTable(session core.SessionID) string {
	if db.Engine == Postgres {
		return "hits"
	}
	return monthTable(session)
}

// makeHitMonth makes the table or partition of a session's hits unless it is there.
func (db *DB) makeHitMonth(ctx context.Context, session core.SessionID) error {
	name := monthTable(session)
	if db.months.has(name) {
		return nil
	}
	day := visits.SessionDay(session)
	first := time.Date(day.Year(), day.Month(), 1, 0, 0, 0, 0, time.UTC)
	from, to := visits.FirstSession(first), visits.FirstSession(first.AddDate(0, 1, 0))
	err := db.inTx(ctx, func(tx *gorm.DB) error {
		create := fmt.Sprintf(`CREATE TABLE IF NOT EXISTS %s (account_id BIGINT NOT NULL, session_id BIGINT NOT NULL, id BIGINT NOT NULL, hit_at BIGINT NOT NULL,
			page_id BIGINT NOT NULL, title_id BIGINT NOT NULL, visible_ms BIGINT NOT NULL, PRIMARY KEY (account_id, session_id, id)) WITHOUT ROWID`, name)
		if db.Engine == Postgres {
			if err := tx.Exec("SELECT pg_advisory_xact_lock(7265431)").Error; err != nil { // two replicas may want it at once
				return err
			}
			create = fmt.Sprintf("CREATE TABLE IF NOT EXISTS %s PARTITION OF hits FOR VALUES FROM (%d) TO (%d)", name, from, to)
		}
		if err := tx.Exec(create).Error; err != nil {
			return err
		}
		return tx.Exec("INSERT INTO hit_partitions (name, first_session, next_session) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", name, from, to).Error
	})
	if err != nil {
		return fmt.Errorf("making the table %s: %w", name, err)
	}
	db.months.add(name)
	return nil
}

// PrepareHits makes the tables for the hits of this month and the next, so that no visitor waits for it.
func (db *DB) PrepareHits(ctx context.Context) error {
	now := db.Clock.Now()
	first := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	for _, month := range []time.Time{first, first.AddDate(0, 1, 0)} {
		if err := db.makeHitMonth(ctx, visits.FirstSession(month)); err != nil {
			return err
		}
	}
	return nil
}

// DropHitsBefore removes the hits of all months that ended on or before a day (UTC), by dropping their tables, and returns how many months
// those were. Sessions stay.
func (db *DB) DropHitsBefore(ctx context.Context, day time.Time) (int, error) {
	var names []string
	err := db.inTx(ctx, func(tx *gorm.DB) error {
		err := tx.Raw("SELECT name FROM hit_partitions WHERE next_session <= ? ORDER BY name", visits.FirstSession(day)).Scan(&names).Error
		if err != nil {
			return err
		}
		for _, name := range names {
			if err := tx.Exec("DROP TABLE IF EXISTS " + name).Error; err != nil {
				return err
			}
		}
		return tx.Exec("DELETE FROM hit_partitions WHERE next_session <= ?", visits.FirstSession(day)).Error
	})
	db.months.forget()
	if err != nil {
		return 0, fmt.Errorf("dropping old hits: %w", err)
	}
	return len(names), nil
}
