package store_test

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/reports"
	"github.com/skvoz/skvoz/store"
)

// BenchmarkSegmentsOfALargeAccount says how long segments take over the last 365 days of an account. It runs on the database SKVOZ_BENCH_SEGMENTS names,
// such as the one `skvoz demo --hits 5500000 --days 365` makes, and changes nothing but report_segments.
func BenchmarkSegmentsOfALargeAccount(t *testing.B) {
	dsn := os.Getenv("SKVOZ_BENCH_SEGMENTS")
	if dsn == "" {
		t.Skip("SKVOZ_BENCH_SEGMENTS names no database")
	}
	db, err := store.Open(t.Context(), store.Config{DSN: dsn})
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	m := &measuring{t: t, db: db}
	require.NoError(t, db.Gorm().Raw("SELECT MIN(account_id) FROM sessions").Scan(&m.account).Error)
	require.NoError(t, db.Gorm().Exec("DELETE FROM report_segments").Error)
	m.last = int(db.Clock.Now().Unix()/86400) - 2
	m.restart()
	m.measure("built from the facts")
	m.measure("warm")
	m.measure("warm")
	require.NoError(t, m.segments.Settle(t.Context()))
	m.restart()
	m.want = reports.SessionColumns{Visitor: true, Hits: true}
	m.measure("from what is kept, a few columns")
	m.measure("warm, a few columns")
	m.want = allColumns
	m.measure("all columns")
	m.restart()
	m.measure("from what is kept, all columns")
	m.measure("warm")
	m.close()
}

type measuring struct {
	t        testing.TB
	db       *store.DB
	segments *store.Segments
	account  core.AccountID
	last     int
	want     reports.SessionColumns
}

func (m *measuring) restart() {
	m.close()
	m.want = allColumns
	m.segments = store.NewSegments(m.db, store.SegmentOptions{})
}

func (m *measuring) close() {
	if m.segments != nil {
		require.NoError(m.t, m.segments.Close())
	}
}

func (m *measuring) measure(what string) {
	ctx, first := m.t.Context(), m.last-364
	began := time.Now()
	sessions, _, err := m.segments.SessionDays(ctx, m.account, first, m.last, m.want)
	require.NoError(m.t, err)
	afterSessions := time.Now()
	communications, err := m.segments.CommunicationDays(ctx, m.account, first, m.last)
	require.NoError(m.t, err)
	afterCommunications := time.Now()
	deals, err := m.segments.DealDays(ctx, m.account, first, m.last)
	require.NoError(m.t, err)
	afterDeals := time.Now()
	var rows, touches, c, d int
	for _, day := range sessions {
		rows += len(day.At)
	}
	for _, day := range communications {
		c, touches = c+len(day.At), touches+len(day.Touches.At)
	}
	for _, day := range deals {
		d += len(day.At)
	}
	m.t.Logf("%-32s %d visits %v; %d communications with %d touches %v; %d deals %v; %d MB in memory", what, rows, afterSessions.Sub(began).Round(10*time.Microsecond),
		c, touches, afterCommunications.Sub(afterSessions).Round(10*time.Microsecond), d, afterDeals.Sub(afterCommunications).Round(10*time.Microsecond), m.segments.CachedBytes()>>20)
}
