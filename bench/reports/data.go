package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the drivers the facts are exported by
	_ "github.com/mattn/go-sqlite3"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/reports"
	"github.com/skvoz/skvoz/demo"
	"github.com/skvoz/skvoz/internal/app"
	"github.com/skvoz/skvoz/store"
)

// data is the made-up account in one database.
type data struct {
	engine  string
	dir     string
	address string // as --database has it
	raw     *sql.DB
	db      *store.DB
	account accounts.Account
	// segments and reports count without the server around them.
	segments *store.Segments
	reports  *reports.Service
	period   func(days int) reports.Period
	counts   map[string]int
	drop     func()
}

// openData makes the account unless it is there.
func openData(ctx context.Context, o options, engine string) (*data, error) {
	d := &data{engine: engine, dir: filepath.Join(o.dir, engine), drop: func() {}}
	if err := os.MkdirAll(d.dir, 0o700); err != nil {
		return nil, err
	}
	driver, dsn := "sqlite3", filepath.Join(d.dir, "skvoz.db")
	d.address = "sqlite://" + dsn
	if engine == "postgres" {
		var err error
		if d.address, d.drop, err = postgresDatabase(ctx, fmt.Sprintf("bench_reports_%d_%d", o.hits, o.days)); err != nil {
			return nil, err
		}
		driver, dsn = "pgx", d.address
	}
	began := time.Now()
	if err := command(ctx, d.storage("demo", "--hits", fmt.Sprint(o.hits), "--days", fmt.Sprint(o.days))...); err != nil {
		return nil, err
	}
	fmt.Fprintf(os.Stderr, "%s: the account is there after %s\n", engine, time.Since(began).Round(time.Second))
	var err error
	if d.raw, err = sql.Open(driver, dsn); err != nil {
		return nil, err
	}
	if engine == "postgres" {
		if _, err := d.raw.ExecContext(ctx, "ANALYZE"); err != nil {
			return nil, err
		}
	}
	return d, d.open(ctx)
}

// storage are the arguments of a command on the database.
func (d *data) storage(args ...string) []string {
	return append(args, "--data-dir", d.dir, "--database", d.address)
}

// command runs a command line of the product.
func command(ctx context.Context, args ...string) error {
	_, err := output(ctx, args...)
	return err
}

func output(ctx context.Context, args ...string) ([]byte, error) {
	var out bytes.Buffer
	if code := app.Main(ctx, app.Process{Args: args, Out: &out, Err: os.Stderr, Version: "bench"}); code != 0 {
		return nil, fmt.Errorf("skvoz %s: exit code %d", args[0], code)
	}
	return out.Bytes(), nil
}

func (d *data) open(ctx context.Context) error {
	var err error
	if d.db, err = store.Open(ctx, store.Config{DSN: d.address, Clock: core.SystemClock{}}); err != nil {
		return err
	}
	owner, err := d.db.Accounts().CredentialsByEmail(ctx, demo.Email)
	if err != nil {
		return err
	}
	if d.account, err = d.db.Accounts().Account(ctx, owner.User.AccountID); err != nil {
		return err
	}
	d.segments = store.NewSegments(d.db, store.SegmentOptions{})
	d.reports = reports.NewService(reports.Config{
		Segments: d.segments, Names: d.db, Costs: d.db, Deals: deals.NewService(deals.Config{Store: d.db.DealStore()}), Saved: d.db, Accounts: d.db.Accounts(),
	})
	d.counts = map[string]int{}
	for _, table := range []string{"sessions", "communications", "deals", "deal_steps"} {
		var n int
		if err := d.raw.QueryRowContext(ctx, "SELECT COUNT(*) FROM "+table).Scan(&n); err != nil {
			return err
		}
		d.counts[table] = n
	}
	return d.setPeriods(ctx)
}

// setPeriods makes periods end with the last whole day that has visits.
func (d *data) setPeriods(ctx context.Context) error {
	var last int64
	if err := d.raw.QueryRowContext(ctx, "SELECT MAX(started_at) FROM sessions").Scan(&last); err != nil {
		return err
	}
	zone, err := time.LoadLocation(d.account.Timezone)
	if err != nil {
		return err
	}
	to := time.UnixMilli(last).In(zone).AddDate(0, 0, -1)
	d.period = func(days int) reports.Period {
		return reports.Period{From: core.DateOf(to.AddDate(0, 0, 1-days)), To: core.DateOf(to)}
	}
	return nil
}

func (d *data) zone() *time.Location {
	zone, err := time.LoadLocation(d.account.Timezone)
	if err != nil {
		return time.UTC
	}
	return zone
}

func (d *data) close() {
	for _, end := range []func() error{d.segments.Close, d.db.Close, d.raw.Close} {
		if err := end(); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	d.drop()
}

// postgresDatabase makes a database on the server named by SKVOZ_TEST_POSTGRES unless it is there. One that was there stays.
func postgresDatabase(ctx context.Context, name string) (address string, drop func(), err error) {
	admin := os.Getenv("SKVOZ_TEST_POSTGRES")
	if admin == "" {
		return "", nil, errors.New("no PostgreSQL server: run through scripts/with-postgres.sh")
	}
	parsed, err := url.Parse(admin)
	if err != nil {
		return "", nil, errors.New("SKVOZ_TEST_POSTGRES is no address")
	}
	parsed.Path = "/" + name
	db, err := sql.Open("pgx", admin)
	if err != nil {
		return "", nil, err
	}
	defer func() { _ = db.Close() }()
	_, err = db.ExecContext(ctx, "CREATE DATABASE "+name)
	if err != nil && strings.Contains(err.Error(), "42P04") { // it is there
		return parsed.String(), func() {}, nil
	}
	drop = func() {
		db, err := sql.Open("pgx", admin)
		if err == nil {
			_, err = db.ExecContext(context.WithoutCancel(ctx), "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
			_ = db.Close()
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	return parsed.String(), drop, err
}

// newToken makes a token for the API.
func (d *data) newToken(ctx context.Context) (string, error) {
	out, err := output(ctx, d.storage("token", "create", "--email", demo.Email, "--scope", "read", "--json")...)
	if err != nil {
		return "", err
	}
	var made struct{ Token string }
	return made.Token, json.Unmarshal(out, &made)
}
