// Package storetest opens throw-away databases for tests, on both engines.
package storetest

import (
	"log/slog"
	"path/filepath"
	"testing"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/store"
)

// Each runs fn as a parallel subtest on each engine, with an empty, migrated database. A nil clock is the machine's.
func Each(t *testing.T, clock core.Clock, fn func(t *testing.T, db *store.DB)) {
	t.Helper()
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			fn(t, Open(t, engine, clock))
		})
	}
}

// Open returns an empty, migrated database that goes away with the test. PostgreSQL needs the server of scripts/with-postgres.sh.
func Open(t testing.TB, engine store.Engine, clock core.Clock) *store.DB {
	t.Helper()
	return OpenDSN(t, DSN(t, engine), clock)
}

// DSN returns the address of an empty database that goes away with the test; several store.DB may be opened on it.
func DSN(t testing.TB, engine store.Engine) string {
	t.Helper()
	if engine == store.Postgres {
		return testkit.Postgres(t)
	}
	return "sqlite://" + filepath.Join(t.TempDir(), "skvoz.db")
}

// OpenDSN opens and migrates a database and closes it with the test.
func OpenDSN(t testing.TB, dsn string, clock core.Clock) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), store.Config{DSN: dsn, MaxConns: 8, Clock: clock, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatalf("opening the database: %v", err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("closing the database: %v", err)
		}
	})
	if _, err := db.Migrate(t.Context()); err != nil {
		t.Fatalf("migrating: %v", err)
	}
	return db
}
