package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
)

// Engine names a database engine.
type Engine string

// The engines the server can keep its data in.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// Database says which database to open. It never prints its password.
type Database struct {
	Engine Engine
	Path   string // file of SQLite
	DSN    string // address of PostgreSQL, with the password
}

var _ slog.LogValuer = Database{}

// ParseDatabase reads sqlite://PATH (relative or absolute) or postgres://USER:PASSWORD@HOST/NAME?options.
// Its errors never repeat what was given, since that may hold a password.
func ParseDatabase(raw string) (Database, error) {
	scheme, rest, found := strings.Cut(strings.TrimSpace(raw), "://")
	if !found {
		return Database{}, errors.New("no scheme; write sqlite://PATH or postgres://USER:PASSWORD@HOST/NAME")
	}
	switch scheme {
	case "sqlite":
		return parseSQLite(rest)
	case "postgres", "postgresql":
		return parsePostgres("postgres://" + rest)
	default:
		return Database{}, fmt.Errorf("engine %q is unknown; write sqlite://PATH or postgres://USER:PASSWORD@HOST/NAME", scheme)
	}
}

func parseSQLite(path string) (Database, error) {
	switch {
	case path == "":
		return Database{}, errors.New("no file named; write sqlite://PATH, e.g. sqlite://data/skvoz.db")
	case strings.Contains(path, ":memory:"):
		return Database{}, errors.New("a database in memory would forget what it confirmed; name a file")
	case strings.ContainsAny(path, "?#"):
		return Database{}, errors.New("a SQLite file takes no options, and its name no ? or #; write sqlite://PATH alone")
	case strings.HasSuffix(path, "/"):
		return Database{}, errors.New("a directory is named; name a file in it")
	}
	return Database{Engine: SQLite, Path: path}, nil
}

func parsePostgres(dsn string) (Database, error) {
	u, err := url.Parse(dsn)
	if err != nil {
		return Database{}, errors.New("the PostgreSQL address can't be read; write postgres://USER:PASSWORD@HOST/NAME and percent-encode odd characters of the password")
	}
	if strings.Trim(u.Path, "/") == "" {
		return Database{}, errors.New("the PostgreSQL address names no database; write postgres://USER:PASSWORD@HOST/NAME")
	}
	if u.Host == "" && u.Query().Get("host") == "" {
		return Database{}, errors.New("the PostgreSQL address names no host; write postgres://USER:PASSWORD@HOST/NAME, or ?host=/run/postgresql for a socket")
	}
	return Database{Engine: Postgres, DSN: dsn}, nil
}

// String returns the database's address without its password.
func (d Database) String() string {
	if d.Engine != Postgres {
		return string(d.Engine) + "://" + d.Path
	}
	u, err := url.Parse(d.DSN)
	if err != nil {
		return "postgres://***"
	}
	u.RawQuery = "" // may hold password=
	return u.Redacted()
}

// GoString keeps the password out of %#v.
func (d Database) GoString() string { return d.String() }

// LogValue implements [slog.LogValuer].
func (d Database) LogValue() slog.Value { return slog.StringValue(d.String()) }
