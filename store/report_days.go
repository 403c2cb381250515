package store

import (
	"context"
	"slices"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/reports"
)

// Reports count from segments, one per kind of fact and UTC day, each good as long as its version is the day's (docs/adr/0008). Whoever changes a
// fact raises the versions of the days it counts on, and of those whose facts it shows up in, within the same transaction.

// bumpDays raises the versions of days (since 1970-01-01 UTC) of a kind of fact, within the caller's transaction. Days may repeat. It belongs at the
// end of a transaction: on PostgreSQL other writers of the same day wait for its end.
func (c conn) bumpDays(ctx context.Context, account core.AccountID, fact reports.Fact, days ...int) error {
	if len(days) == 0 {
		return nil
	}
	list := make([]int64, len(days))
	for i, day := range days {
		list[i] = int64(day)
	}
	slices.Sort(list) // writers that take rows in the same order can't block each other
	list = slices.Compact(list)
	q := `INSERT INTO report_days (account_id, kind, day, version) SELECT $1, $2, value, 1 FROM json_each($3) WHERE TRUE
ON CONFLICT (account_id, kind, day) DO UPDATE SET version = report_days.version + 1`
	if c.engine == Postgres {
		q = `INSERT INTO report_days (account_id, kind, day, version) SELECT $1, $2, d, 1 FROM unnest($3::bigint[]) AS u(d) ORDER BY d
ON CONFLICT (account_id, kind, day) DO UPDATE SET version = report_days.version + 1`
	}
	_, err := c.exec(ctx, q, int64(account), int16(fact), listArg(c.engine, list))
	return err
}

// dayOf is the UTC day of a moment in unix milliseconds, in days since 1970-01-01.
func dayOf(ms int64) int {
	if ms < 0 {
		return int((ms+1)/reports.DayMS) - 1
	}
	return int(ms / reports.DayMS)
}
