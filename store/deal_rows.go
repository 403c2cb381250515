package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
)

// dealRows are rows of whole numbers and texts that go in with one statement: as arrays on PostgreSQL, as one JSON text on SQLite.
type dealRows struct {
	numbers columns[int64]
	texts   columns[string]
	lite    [][]any
	engine  Engine
}

func newDealRows(engine Engine, numbers, texts int) *dealRows {
	return &dealRows{numbers: newColumns(0, numbers), texts: newTexts(0, texts), engine: engine}
}

func (r *dealRows) add(numbers []int64, texts ...string) {
	if r.engine == Postgres {
		r.numbers.add(numbers...)
		r.texts.add(texts...)
		return
	}
	row := make([]any, 0, len(numbers)+len(texts))
	for _, n := range numbers {
		row = append(row, n)
	}
	for _, t := range texts {
		row = append(row, t)
	}
	r.lite = append(r.lite, row)
}

// insert writes the rows into a table, given with its columns: account_id, the numbers, the texts.
func (r *dealRows) insert(ctx context.Context, s *savedLinks, table string) error {
	if r.engine == Postgres {
		return r.insertArrays(ctx, s, table)
	}
	if len(r.lite) == 0 {
		return nil
	}
	list, err := json.Marshal(r.lite)
	if err != nil {
		return err
	}
	parts := make([]string, len(r.numbers)+len(r.texts))
	for i := range parts {
		parts[i] = fmt.Sprintf("value->>%d", i)
	}
	_, err = s.exec(ctx, `INSERT INTO `+table+` SELECT $1, `+strings.Join(parts, ", ")+` FROM json_each($2)`, s.account, string(list))
	return err
}

func (r *dealRows) insertArrays(ctx context.Context, s *savedLinks, table string) error {
	if r.numbers.rows() == 0 {
		return nil
	}
	var arrays []string
	args := append([]any{s.account}, r.numbers.args()...)
	for range r.numbers {
		arrays = append(arrays, fmt.Sprintf("$%d::bigint[]", len(arrays)+2))
	}
	for range r.texts {
		arrays = append(arrays, fmt.Sprintf("$%d::text[]", len(arrays)+2))
	}
	_, err := s.exec(ctx, `INSERT INTO `+table+` SELECT $1, u.* FROM unnest(`+strings.Join(arrays, ", ")+`) AS u`, append(args, r.texts.args()...)...)
	return err
}
