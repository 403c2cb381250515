package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/duckdb/duckdb-go/v2"
)

// rival is DuckDB with the raw facts of the account.
type rival struct {
	db *sql.DB
}

// facts are the tables DuckDB gets: how they are made there, and the statement that reads their rows from the product's database. Times are unix ms.
var facts = []struct{ table, columns, from string }{
	{"traffic", "id BIGINT, channel VARCHAR, source VARCHAR, campaign VARCHAR", `SELECT id, channel, source, campaign FROM traffic_sources`},
	{"sessions", "id BIGINT, visitor BIGINT, ts BIGINT, traffic BIGINT, hits BIGINT", `SELECT id, visitor_id, started_at, traffic_id, hit_count FROM sessions ORDER BY started_at`},
	{"visitors", "id BIGINT, person BIGINT", `SELECT id, person_id FROM visitors WHERE person_id <> 0`},
	{"communications", "id BIGINT, visitor BIGINT, session BIGINT, ts BIGINT", `SELECT id, visitor_id, session_id, at FROM communications ORDER BY at`},
	{"deals", "id BIGINT, ts BIGINT, revenue BIGINT", `SELECT id, created_at, revenue_minor FROM deals ORDER BY created_at`},
	{"deal_links", "deal BIGINT, ts BIGINT, is_named BIGINT", `SELECT deal_id, at, CASE matched_by WHEN 'id' THEN 1 ELSE 0 END FROM deal_links`},
	// Whose visits lead to a deal is what linking finds out; which of their visits do, DuckDB finds itself.
	{"deal_visitors", "deal BIGINT, visitor BIGINT", `SELECT DISTINCT deal_id, visitor_id FROM deal_steps WHERE session_id <> 0 AND communication_id = 0`},
}

// openRival fills a DuckDB file, unless it has been filled from this database before.
func openRival(ctx context.Context, d *data, path string) (*rival, error) {
	if _, err := os.Stat(path); err == nil && d.engine == "postgres" {
		return nil, fmt.Errorf("%s is there from another run: remove it", path)
	}
	connector, err := duckdb.NewConnector(path, nil)
	if err != nil {
		return nil, err
	}
	r := &rival{db: sql.OpenDB(connector)}
	var n int
	if err := r.db.QueryRowContext(ctx, "SELECT COUNT(*) FROM sessions").Scan(&n); err == nil && n == d.counts["sessions"] {
		return r, nil
	}
	began := time.Now()
	for _, f := range facts {
		if _, err := r.db.ExecContext(ctx, "CREATE OR REPLACE TABLE "+f.table+" ("+f.columns+")"); err != nil {
			return nil, errors.Join(err, r.db.Close())
		}
		if err := copyFacts(ctx, connector, d.raw, f.table, f.from, strings.Count(f.columns, ",")+1); err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", f.table, err), r.db.Close())
		}
	}
	fmt.Fprintf(os.Stderr, "%s: DuckDB has the facts after %s\n", d.engine, time.Since(began).Round(time.Second))
	_, err = r.db.ExecContext(ctx, "CHECKPOINT")
	return r, err
}

func copyFacts(ctx context.Context, connector *duckdb.Connector, from *sql.DB, table, query string, columns int) error {
	conn, err := connector.Connect(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	to, err := duckdb.NewAppenderFromConn(conn, "", table)
	if err != nil {
		return err
	}
	rows, err := from.QueryContext(ctx, query)
	if err != nil {
		return errors.Join(err, to.Close())
	}
	defer func() { _ = rows.Close() }()
	values, targets := make([]any, columns), make([]any, columns)
	for i := range values {
		targets[i] = &values[i]
	}
	list := make([]driver.Value, columns)
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return errors.Join(err, to.Close())
		}
		for i, v := range values {
			if text, ok := v.([]byte); ok {
				v = string(text)
			}
			list[i] = v
		}
		if err := to.AppendRow(list...); err != nil {
			return errors.Join(err, to.Close())
		}
	}
	return errors.Join(rows.Err(), to.Close())
}

func (r *rival) close() {
	if err := r.db.Close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}
