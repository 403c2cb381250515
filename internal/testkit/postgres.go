package testkit

import (
	"context"
	"crypto/rand"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	postgresEnv = "SKVOZ_TEST_POSTGRES"         // address of a server, as one who may create databases
	requireEnv  = "SKVOZ_TEST_REQUIRE_POSTGRES" // 1: a missing server fails tests instead of skipping them
	pgTimeout   = 30 * time.Second
)

// Postgres creates an empty database on the server named by SKVOZ_TEST_POSTGRES, returns its address and drops it when
// the test ends, whoever is still connected. Without a server the test is skipped, or fails if
// SKVOZ_TEST_REQUIRE_POSTGRES is 1.
func Postgres(t testing.TB) (dsn string) {
	t.Helper()
	admin := os.Getenv(postgresEnv)
	if admin == "" {
		if os.Getenv(requireEnv) == "1" {
			t.Fatalf("%s is empty although %s=1", postgresEnv, requireEnv)
		}
		t.Skipf("no PostgreSQL server: run through scripts/with-postgres.sh, or set %s", postgresEnv)
	}
	address, err := url.Parse(admin)
	if err != nil {
		t.Fatalf("%s is no address", postgresEnv)
	}
	name := "test_" + strings.ToLower(rand.Text())
	exec(t, admin, "CREATE DATABASE "+name)
	t.Cleanup(func() { exec(t, admin, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)") })
	address.Path = "/" + name
	return address.String()
}

func exec(t testing.TB, dsn, sql string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), pgTimeout) //nolint:usetesting // the test's context has ended when cleaning up
	defer cancel()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatalf("connecting to the test server: %v", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}
