// Package store keeps everything Skvoz knows in SQLite or PostgreSQL. It implements the storage ports the core packages declare; gorm and SQL
// live here and nowhere else. Rows are unexported; what goes in and out are core values.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	sqlite3 "github.com/mattn/go-sqlite3"
	"gorm.io/driver/postgres"
	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/skvoz/skvoz/core"
)

// Engine is a kind of database.
type Engine string

// The engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// Config says which database to open and how.
type Config struct {
	// DSN is sqlite://PATH or postgres://….
	DSN string
	// MaxConns bounds the pool: of readers on SQLite, of all on PostgreSQL; 0 = 16.
	MaxConns int
	// Clock tells the time; nil = core.SystemClock.
	Clock core.Clock
	// Log receives slow queries and repairs; nil = slog.Default().
	Log *slog.Logger
}

// DB is an open database. On SQLite all writing goes through one connection, in turns, since a second one would wait up to seconds for the
// first (docs/adr/0002); reading has a pool of its own. On PostgreSQL both are one pool. It is safe for concurrent use.
type DB struct {
	// Engine is the kind of database.
	Engine Engine
	// Clock tells the time of every change.
	Clock core.Clock

	ids   *core.IDs
	log   *slog.Logger
	path  string
	dsn   string
	write *sql.DB
	read  *sql.DB
	gw    *gorm.DB
	gr    *gorm.DB

	months  hitMonths
	traffic trafficCache
	// defers and serving: see DeferSessions.
	defers  atomic.Bool
	serving *os.File

	leases leaseQueues

	turnsOnce sync.Once
	turns     *Turns
	liveOnce  sync.Once
	live      *LiveChanges
	events    eventQueue

	// secretKeys are the names of the keys this server opens secrets with; see UseSecretKeys.
	secretKeys atomic.Pointer[[]string]
}

// Open opens the database and checks that it answers. It does not migrate. A DSN of no known kind is an error of kind KindInvalid.
func Open(ctx context.Context, cfg Config) (*DB, error) {
	db := &DB{Clock: cfg.Clock, log: cfg.Log, dsn: cfg.DSN}
	if db.Clock == nil {
		db.Clock = core.SystemClock{}
	}
	if db.log == nil {
		db.log = slog.Default()
	}
	db.ids = &core.IDs{Clock: db.Clock}
	conns := cfg.MaxConns
	if conns <= 0 {
		conns = 16
	}
	var err error
	switch {
	case strings.HasPrefix(cfg.DSN, "sqlite://"):
		err = db.openSQLite(ctx, strings.TrimPrefix(cfg.DSN, "sqlite://"), conns)
	case strings.HasPrefix(cfg.DSN, "postgres://"), strings.HasPrefix(cfg.DSN, "postgresql://"):
		err = db.openPostgres(cfg.DSN, conns)
	default:
		err = core.Invalid("database", "bad_dsn", "the database address must begin with sqlite:// or postgres://")
	}
	if err == nil {
		err = db.Ping(ctx)
	}
	if err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("opening the database: %w", err)
	}
	return db, nil
}

func (db *DB) openSQLite(ctx context.Context, path string, conns int) error {
	db.Engine, db.path = SQLite, path
	if path == "" {
		return core.Invalid("database", "bad_dsn", "sqlite:// needs the path of a file")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return fmt.Errorf("making the data directory: %w", err)
	}
	var err error
	if db.write, err = sql.Open("sqlite3", sqliteDSN(path, "&_txlock=immediate&_cache_size=-14000")); err != nil {
		return err
	}
	db.write.SetMaxOpenConns(1)
	db.write.SetMaxIdleConns(1)
	if db.read, err = sql.Open("sqlite3", sqliteDSN(path, "&_query_only=1&_cache_size=-4000")); err != nil {
		return err
	}
	db.read.SetMaxOpenConns(conns)
	db.read.SetMaxIdleConns(conns)
	if err := db.write.PingContext(ctx); err != nil { // makes the file before a reader asks for it
		return err
	}
	if db.gw, err = openGorm(sqlite.Dialector{Conn: countingPool{db.write}}, db.Clock); err != nil {
		return err
	}
	db.gr, err = openGorm(sqlite.Dialector{Conn: countingPool{db.read}}, db.Clock)
	return err
}

func sqliteDSN(path, more string) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?_busy_timeout=5000&_foreign_keys=1&_journal_mode=WAL&_synchronous=FULL" + more
}

func (db *DB) openPostgres(dsn string, conns int) error {
	db.Engine = Postgres
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return core.Invalid("database", "bad_dsn", "the postgres:// address can't be read; it looks like postgres://user:password@host:5432/name")
	}
	db.write = stdlib.OpenDB(*cfg)
	db.write.SetMaxOpenConns(conns)
	db.write.SetMaxIdleConns(conns)
	db.write.SetConnMaxIdleTime(5 * time.Minute)
	db.read = db.write
	if db.gw, err = openGorm(postgres.New(postgres.Config{Conn: countingPool{db.write}}), db.Clock); err != nil {
		return err
	}
	db.gr = db.gw
	return nil
}

func openGorm(d gorm.Dialector, clock core.Clock) (*gorm.DB, error) {
	return gorm.Open(d, &gorm.Config{
		SkipDefaultTransaction: true,
		DisableAutomaticPing:   true,
		Logger:                 logger.Discard,
		NowFunc:                clock.Now,
	})
}

// Ping checks that the database answers; it serves /readyz.
func (db *DB) Ping(ctx context.Context) error {
	if err := db.write.PingContext(ctx); err != nil {
		return core.Unavailable("the database does not answer", 5*time.Second, err)
	}
	return nil
}

// Close closes all connections.
func (db *DB) Close() error {
	var errs []error
	if db.read != nil && db.read != db.write {
		errs = append(errs, db.read.Close())
	}
	if db.write != nil {
		errs = append(errs, db.write.Close())
	}
	if db.serving != nil {
		_ = db.serving.Close()
		db.serving = nil
	}
	return errors.Join(errs...)
}

// reader returns gorm for reading outside a transaction.
func (db *DB) reader(ctx context.Context) *gorm.DB { return db.gr.WithContext(ctx) }

// inTx runs fn in one writing transaction; an error or panic rolls it back. Errors of the engine come back translated (see translate).
func (db *DB) inTx(ctx context.Context, fn func(tx *gorm.DB) error) error {
	return translate(db.gw.WithContext(ctx).Transaction(fn))
}

// now returns the time of a change as it is stored.
func (db *DB) now() int64 { return db.Clock.Now().UnixMilli() }

// translate gives errors of the engines a kind: no row → KindNotFound, unique → KindConflict, busy or gone → KindUnavailable. Errors that have
// a kind already, and nil, stay as they are.
func translate(err error) error {
	var known *core.Error
	var lite sqlite3.Error
	var pg *pgconn.PgError
	switch {
	case err == nil, errors.As(err, &known), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, gorm.ErrRecordNotFound), errors.Is(err, sql.ErrNoRows):
		return core.NotFound("record").WithCause(err)
	case errors.As(err, &lite):
		switch {
		case lite.ExtendedCode == sqlite3.ErrConstraintUnique || lite.ExtendedCode == sqlite3.ErrConstraintPrimaryKey:
			return core.E(core.KindConflict, "it exists already").WithCause(err)
		case lite.Code == sqlite3.ErrBusy, lite.Code == sqlite3.ErrLocked, lite.Code == sqlite3.ErrFull, lite.Code == sqlite3.ErrIoErr:
			return core.Unavailable("the database can't write now", 2*time.Second, err)
		}
	case errors.As(err, &pg):
		switch {
		case pg.Code == "23505":
			return core.E(core.KindConflict, "it exists already").WithCause(err)
		case strings.HasPrefix(pg.Code, "08"), strings.HasPrefix(pg.Code, "53"), strings.HasPrefix(pg.Code, "57P"), pg.Code == "40001", pg.Code == "40P01":
			return core.Unavailable("the database can't write now", 2*time.Second, err)
		}
	case pgconn.SafeToRetry(err), errors.Is(err, sql.ErrConnDone):
		return core.Unavailable("the database does not answer", 2*time.Second, err)
	}
	return err
}

// millis and fromMillis convert between moments and their stored form.
func millis(t time.Time) int64 { return t.UnixMilli() }

func fromMillis(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

func millisPtr(t *time.Time) *int64 {
	if t == nil {
		return nil
	}
	ms := t.UnixMilli()
	return &ms
}

func fromMillisPtr(ms *int64) *time.Time {
	if ms == nil {
		return nil
	}
	t := fromMillis(*ms)
	return &t
}
