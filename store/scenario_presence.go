package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/scenarios"
	"github.com/skvoz/skvoz/core/telephony"
)

var _ scenarios.Presence = (*DB)(nil)

// Occupation implements scenarios.Presence.
func (db *DB) Occupation(ctx context.Context, account core.AccountID) (scenarios.Occupation, error) {
	out := scenarios.Occupation{Legs: map[string]int{}, Lines: map[string]telephony.LineState{}}
	q := `SELECT detail FROM calls WHERE account_id = $1 AND ended_at IS NULL`
	err := db.rawReader().query(ctx, q, []any{account}, func(row scanner) error {
		var text string
		if err := row.Scan(&text); err != nil {
			return err
		}
		var d telephony.Detail
		if err := json.Unmarshal([]byte(text), &d); err != nil {
			return fmt.Errorf("reading a call: %w", err)
		}
		countLegs(out.Legs, d.Legs)
		return nil
	})
	if err != nil {
		return out, err
	}
	q = `SELECT l.line, l.extension, l.state FROM pbx_lines l
JOIN pbx_connections c ON c.account_id = l.account_id AND c.id = l.connection_id
WHERE l.account_id = $1 AND c.deleted_at IS NULL AND c.is_enabled`
	err = db.rawReader().query(ctx, q, []any{account}, func(row scanner) error {
		var line, extension string
		var state telephony.LineState
		if err := row.Scan(&line, &extension, &state); err != nil {
			return err
		}
		out.Lines[line] = state
		if extension != "" {
			out.Lines[extension] = state
		}
		return nil
	})
	return out, err
}

// countLegs counts the running legs of employees by the number and the extension they are reached on.
func countLegs(into map[string]int, legs []telephony.Leg) {
	for i := range legs {
		l := &legs[i]
		if l.EndedAt != nil || l.Role == telephony.RoleContact {
			continue
		}
		if l.Number != "" {
			into[l.Number]++
		}
		if l.EmployeeExt != "" && l.EmployeeExt != l.Number {
			into[l.EmployeeExt]++
		}
	}
}

// talkedWithin is how far back it is looked for when somebody talked last.
const talkedWithin = 30 * 24 * time.Hour

// Talked implements scenarios.Presence.
func (db *DB) Talked(ctx context.Context, account core.AccountID, ids []core.EmployeeID) (map[core.EmployeeID]time.Time, error) {
	out := make(map[core.EmployeeID]time.Time, len(ids))
	q := `SELECT employee_id, MAX(rang_at) FROM call_employees WHERE account_id = $1 AND employee_id {in $2} AND rang_at >= $3 AND is_talked GROUP BY employee_id`
	args := []any{account, idsArg(db.Engine, ids), db.now() - talkedWithin.Milliseconds()}
	err := db.rawReader().query(ctx, q, args, func(row scanner) error {
		var id core.EmployeeID
		var at int64
		err := row.Scan(&id, &at)
		out[id] = fromMillis(at)
		return err
	})
	return out, err
}
