// Package rig is what benchmarks have in common: empty databases, and what processors were used for.
package rig

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/skvoz/skvoz/core"
)

// FreshPostgres makes an empty database on the server named by SKVOZ_TEST_POSTGRES.
func FreshPostgres(ctx context.Context) (dsn string, drop func(), err error) {
	admin := os.Getenv("SKVOZ_TEST_POSTGRES")
	if admin == "" {
		return "", nil, errors.New("no PostgreSQL server: run through scripts/with-postgres.sh")
	}
	address, err := url.Parse(admin)
	if err != nil {
		return "", nil, errors.New("SKVOZ_TEST_POSTGRES is no address")
	}
	name := "bench_" + strings.ToLower(core.NewSecret(10))
	if err := Execute(ctx, admin, "CREATE DATABASE "+name); err != nil {
		return "", nil, err
	}
	address.Path = "/" + name
	drop = func() {
		if err := Execute(context.WithoutCancel(ctx), admin, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	return address.String(), drop, nil
}

// Execute runs one statement on a connection of its own.
func Execute(ctx context.Context, dsn, statement string, args ...any) error {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	_, err = conn.Exec(ctx, statement, args...)
	return err
}
