package store_test

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

// update writes testdata/released for the present schema: run it once when a version is released, and commit the files.
//
//	scripts/with-postgres.sh go test ./store -run TestMigrate_upgrades -update
var update = flag.Bool("update", false, "write the dump of the present schema to testdata/released")

// sampleRows stand in every dump, so that an upgrade has something to keep.
const sampleRows = `INSERT INTO accounts (id, name, timezone, currency, app_key, created_at) VALUES (1, 'Sample', 'Europe/Moscow', 'RUB', 'sample-app-key', 1767225600000);
INSERT INTO sites (account_id, id, domain, name, site_key, key, settings, created_at) VALUES (1, 2, 'sample.example', 'Sample', 'sample-site-key', 'sample-key', '{"cookie_lifetime_days":7}', 1767225600000);
INSERT INTO goals (account_id, id, site_id, name, type, is_goal, is_enabled, conditions, created_at) VALUES (1, 3, 2, 'Thanks', 'page', TRUE, TRUE, '{"url":"/thanks","url_match":"starts"}', 1767225600000);
INSERT INTO campaigns (account_id, id, site_id, name, description, status, include_groups, exclude_groups, created_at) VALUES (1, 4, 2, 'Spring', '', 'active', '[]', '[]', 1767225600000);
`

// dump is the present schema with sample rows, as a file that makes it anew.
func dump(t *testing.T, db *store.DB) (text string, version int64) {
	t.Helper()
	schema, version, err := db.SchemaStatements()
	require.NoError(t, err)
	all := append(schema, db.VersionTable(version)...)
	return strings.Join(all, ";\n") + ";\n" + sampleRows, version
}

// open opens an empty database without migrating it.
func open(t *testing.T, engine store.Engine) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), store.Config{DSN: storetest.DSN(t, engine), Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// TestMigrate_upgradesEachReleasedSchema restores the dump of each released version, and of the present one to keep the way of doing it alive,
// and expects what a fresh database looks like, with the rows still there.
func TestMigrate_upgradesEachReleasedSchema(t *testing.T) {
	t.Parallel()
	storetest.Each(t, nil, func(t *testing.T, fresh *store.DB) {
		present, version := dump(t, fresh)
		if *update {
			path := filepath.Join("testdata", "released", fmt.Sprintf("%04d.%s.sql", version, fresh.Engine))
			require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
			require.NoError(t, os.WriteFile(path, []byte(present), 0o644))
		}
		files, err := filepath.Glob(filepath.Join("testdata", "released", "*."+string(fresh.Engine)+".sql"))
		require.NoError(t, err)
		dumps := map[string]string{"present": present}
		for _, file := range files {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			dumps[filepath.Base(file)] = string(text)
		}
		want := described(t, fresh)
		for name, text := range dumps {
			t.Run(name, func(t *testing.T) {
				db := open(t, fresh.Engine)
				for _, statement := range store.SplitStatements(text) {
					require.NoError(t, db.Gorm().Exec(statement).Error)
				}
				_, err := db.Migrate(t.Context())
				require.NoError(t, err)
				require.Equal(t, want, described(t, db), "an upgraded schema must be that of a fresh database")
				requireSample(t.Context(), t, db)
			})
		}
	})
}

func requireSample(ctx context.Context, t *testing.T, db *store.DB) {
	t.Helper()
	list, err := db.Sites(ctx, 1)
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, "sample.example", list[0].Domain)
	require.Equal(t, 7, list[0].Settings.CookieLifetimeDays)
	require.Equal(t, 30, list[0].Settings.SessionTimeoutMinutes, "settings unknown to the old version have their defaults")
	c, err := db.Configuration(ctx)
	require.NoError(t, err)
	require.Len(t, c.Goals, 1)
	require.Len(t, c.Campaigns, 1)
}

// described tells columns and indexes of all tables.
func described(t *testing.T, db *store.DB) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for table, list := range columns(t, db) {
		if strings.HasPrefix(table, "goose_") || strings.HasPrefix(table, "sqlite_") {
			continue
		}
		for _, c := range list {
			out[table] = append(out[table], fmt.Sprintf("%s %s null=%t", c.Name, c.Type, c.IsNullable))
		}
	}
	query := "SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename <> 'goose_db_version' ORDER BY indexname"
	if db.Engine == store.SQLite {
		query = "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name"
	}
	var indexes []string
	require.NoError(t, db.Gorm().Raw(query).Scan(&indexes).Error)
	for _, definition := range indexes {
		out["indexes"] = append(out["indexes"], strings.Join(strings.Fields(definition), " "))
	}
	return out
}
