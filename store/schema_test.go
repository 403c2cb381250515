package store_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

// column is a column of the database itself.
type column struct {
	Name       string
	Type       string
	IsNullable bool
}

// columns reads all columns of all tables.
func columns(t *testing.T, db *store.DB) map[string][]column {
	t.Helper()
	query := `SELECT table_name AS tab, column_name AS name, data_type AS type, is_nullable = 'YES' AS is_nullable
		FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY table_name, column_name`
	if db.Engine == store.SQLite {
		query = `SELECT m.name AS tab, p.name AS name, p.type AS type, p."notnull" = 0 AS is_nullable
			FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table' ORDER BY m.name, p.name`
	}
	var rows []struct {
		Tab, Name, Type string
		IsNullable      bool
	}
	require.NoError(t, db.Gorm().Raw(query).Scan(&rows).Error)
	out := map[string][]column{}
	for _, r := range rows {
		out[r.Tab] = append(out[r.Tab], column{r.Name, r.Type, r.IsNullable})
	}
	return out
}

func TestRows_areTheMigratedSchema(t *testing.T) {
	t.Parallel()
	storetest.Each(t, nil, func(t *testing.T, db *store.DB) {
		tables, err := store.RowTables()
		require.NoError(t, err)
		schema := columns(t, db)
		for _, table := range tables {
			var want, got []string
			for _, c := range schema[table.Table] {
				want = append(want, fmt.Sprintf("%s null=%t", c.Name, c.IsNullable))
			}
			for _, c := range table.Columns {
				got = append(got, fmt.Sprintf("%s null=%t", c.Name, c.IsNullable))
			}
			require.ElementsMatch(t, want, got, "%s does not fit table %s: columns, or pointers where NULL may stand", table.Struct, table.Table)
		}
	})
}

// TestRows_areAllRegistered reads the package's source: a row struct is one with a method TableName.
func TestRows_areAllRegistered(t *testing.T) {
	t.Parallel()
	tables, err := store.RowTables()
	require.NoError(t, err)
	var registered []string
	for _, table := range tables {
		registered = append(registered, table.Struct)
	}
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	var present []string
	for _, file := range files {
		if !strings.HasSuffix(file, "_test.go") {
			present = append(present, rowStructs(t, file)...)
		}
	}
	require.ElementsMatch(t, present, registered, "add it to rowTypes in rows.go")
}

func rowStructs(t *testing.T, file string) []string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	require.NoError(t, err)
	var out []string
	for _, d := range parsed.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv != nil && fn.Name.Name == "TableName" {
			if name, ok := fn.Recv.List[0].Type.(*ast.Ident); ok {
				out = append(out, name.Name)
			}
		}
	}
	return out
}
