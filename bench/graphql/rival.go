package main

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/skvoz/skvoz/core"
)

// text is the query both answer.
const text = `query Visitors($first: Int!) {
  visitors(first: $first) {
    nodes {
      id name
      contacts { kind value }
      lastSessions(first: 3) { id startedAt source { channel source } }
      recentCommunications(first: 2) { kind at }
    }
    pageInfo { hasNextPage }
  }
}`

func query() []byte {
	b, _ := json.Marshal(map[string]any{"query": text, "variables": map[string]any{"first": 50}}) // texts and numbers always marshal
	return b
}

// oneStatement returns the answer to text.
const oneStatement = `
SELECT json_build_object('data', json_build_object('visitors', json_build_object('nodes', json_agg(v.node), 'pageInfo', json_build_object('hasNextPage', true))))::text
FROM (
  SELECT json_build_object(
    'id', v.id::text, 'name', v.name,
    'contacts', (SELECT COALESCE(json_agg(json_build_object('kind', upper(c.kind), 'value', c.value) ORDER BY c.first_at, c.kind DESC, c.value), '[]')
      FROM visitor_contacts c WHERE c.account_id = v.account_id AND c.visitor_id = v.id),
    'lastSessions', (SELECT COALESCE(json_agg(json_build_object('id', s.id::text,
        'startedAt', to_char(to_timestamp(s.started_at / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'source', json_build_object('channel', upper(t.channel), 'source', t.source)) ORDER BY s.started_at DESC, s.id DESC), '[]')
      FROM (SELECT * FROM sessions n WHERE n.account_id = v.account_id AND n.visitor_id = v.id ORDER BY n.started_at DESC, n.id DESC LIMIT 3) s
      JOIN traffic_sources t ON t.account_id = s.account_id AND t.id = s.traffic_id),
    'recentCommunications', (SELECT COALESCE(json_agg(json_build_object(
        'kind', CASE c.kind WHEN 'offline_message' THEN 'OFFLINE_REQUEST' ELSE upper(c.kind) END,
        'at', to_char(to_timestamp(c.at / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) ORDER BY c.at DESC, c.id DESC), '[]')
      FROM (SELECT * FROM communications n WHERE n.account_id = v.account_id AND n.visitor_id = v.id AND n.visitor_id <> 0 ORDER BY n.at DESC, n.id DESC LIMIT 2) c)
  ) AS node
  FROM visitors v WHERE v.account_id = $1 ORDER BY v.last_session_at DESC, v.id DESC LIMIT $2
) v`

// rival answers with one statement over bare net/http, without rights, limits or a schema.
type rival struct {
	pool    *pgxpool.Pool
	account core.AccountID
}

func openRival(ctx context.Context, dsn string, account core.AccountID) (*rival, error) {
	cfg, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, err
	}
	cfg.MaxConns = 16
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	return &rival{pool, account}, err
}

// ServeHTTP implements http.Handler.
func (h *rival) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var answer []byte
	if err := h.pool.QueryRow(r.Context(), oneStatement, int64(h.account), 50).Scan(&answer); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(answer)
}
