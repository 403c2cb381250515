package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"syscall"
	"text/template"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// dialect is what the migration templates may ask for.
type dialect struct {
	SQLite, Postgres bool
	// WithoutRowID clusters a table by its primary key on SQLite.
	WithoutRowID string
}

func (db *DB) dialect() dialect {
	if db.Engine == SQLite {
		return dialect{SQLite: true, WithoutRowID: "WITHOUT ROWID"}
	}
	return dialect{Postgres: true}
}

// Migrate brings the schema up to this program's version and returns how many migrations it ran. Several processes may call it at once: one
// works, the others wait (a lock file on SQLite, an advisory lock on PostgreSQL). A schema newer than the program is an error.
func (db *DB) Migrate(ctx context.Context) (int, error) {
	unlock, err := db.lockForMigration(ctx)
	if err != nil {
		return 0, fmt.Errorf("locking for migration: %w", err)
	}
	defer unlock()
	provider, err := db.migrations()
	if err != nil {
		return 0, err
	}
	current, target, err := provider.GetVersions(ctx)
	if err != nil {
		return 0, fmt.Errorf("reading the schema's version: %w", err)
	}
	if current > target {
		return 0, fmt.Errorf("the database has schema version %d, this program knows only %d: start a newer program", current, target)
	}
	done, err := provider.Up(ctx)
	if err != nil {
		return len(done), fmt.Errorf("migrating: %w", err)
	}
	return len(done), nil
}

func (db *DB) migrations() (*goose.Provider, error) {
	names, err := fs.Glob(migrationFiles, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	var all []*goose.Migration
	for _, name := range names {
		m, err := db.migration(name)
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", name, err)
		}
		all = append(all, m)
	}
	dialect, options := database.DialectSQLite3, []goose.ProviderOption{goose.WithGoMigrations(all...), goose.WithDisableGlobalRegistry(true)}
	if db.Engine == Postgres {
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return nil, err
		}
		dialect, options = database.DialectPostgres, append(options, goose.WithSessionLocker(locker))
	}
	return goose.NewProvider(dialect, db.write, nil, options...)
}

func (db *DB) migration(name string) (*goose.Migration, error) {
	base := strings.TrimPrefix(name, "migrations/")
	number, _, _ := strings.Cut(base, "_")
	version, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("a migration's name begins with its number: %w", err)
	}
	text, err := db.migrationText(name)
	if err != nil {
		return nil, err
	}
	run := func(ctx context.Context, tx *sql.Tx) error {
		for _, statement := range statements(text) {
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return fmt.Errorf("in %s: %w: %s", base, err, statement)
			}
		}
		return nil
	}
	return goose.NewGoMigration(version, &goose.GoFunc{RunTx: run}, nil), nil
}

// migrationText is a migration written out for the engine.
func (db *DB) migrationText(name string) (string, error) {
	t, err := template.ParseFS(migrationFiles, name)
	if err != nil {
		return "", err
	}
	var text strings.Builder
	err = t.ExecuteTemplate(&text, strings.TrimPrefix(name, "migrations/"), db.dialect())
	return text.String(), err
}

// statements splits a migration at semicolons that end a line, and drops comment lines.
func statements(text string) []string {
	var out []string
	for _, part := range strings.Split(stripComments(text), ";\n") {
		if s := strings.TrimSpace(part); s != "" {
			out = append(out, s)
		}
	}
	return out
}

func stripComments(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(strings.TrimSpace(line), "--") {
			b.WriteString(line)
		}
	}
	return b.String()
}

func (db *DB) lockForMigration(context.Context) (unlock func(), err error) {
	if db.Engine == Postgres { // goose holds an advisory lock there
		return func() {}, nil
	}
	f, err := os.OpenFile(db.path+".migrate-lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() { _ = f.Close() }, nil
}
