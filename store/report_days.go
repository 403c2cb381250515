package store

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/reports"
	"github.com/skvoz/skvoz/core/visits"
)

// Reports count from segments, one per kind of fact and UTC day, each good as long as its version is the day's (docs/adr/0008). Whoever changes a
// fact raises the versions of the days it counts on, and of those whose facts it shows up in, within the same transaction.

// bumpDays raises the versions of days (since 1970-01-01 UTC) of a kind of fact, within the caller's transaction. Days may repeat. It belongs at the
// end of a transaction: on PostgreSQL other writers of the same day wait for its end.
func (c conn) bumpDays(ctx context.Context, account core.AccountID, fact reports.Fact, days ...int) error {
	if len(days) == 0 {
		return nil
	}
	_, err := c.exec(ctx, bumpSQL(c.engine), int64(account), int16(fact), listArg(c.engine, sortedDays(days)))
	return err
}

// sortedDays are days in order and once each: writers that take rows in the same order can't block each other.
func sortedDays(days []int) []int64 {
	list := make([]int64, len(days))
	for i, day := range days {
		list[i] = int64(day)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// bumpSQL: $1 account, $2 kind, $3 days.
func bumpSQL(engine Engine) string {
	days := `json_each($3) WHERE TRUE`
	if engine == Postgres {
		days = `unnest($3::bigint[]) AS u(value) ORDER BY value`
	}
	return `INSERT INTO report_days (account_id, kind, day, version) SELECT $1, $2, value, 1 FROM ` + days + `
ON CONFLICT (account_id, kind, day) DO UPDATE SET version = report_days.version + 1`
}

// dayOf is the UTC day of a moment in unix milliseconds, in days since 1970-01-01.
func dayOf(ms int64) int {
	if ms < 0 {
		return int((ms+1)/reports.DayMS) - 1
	}
	return int(ms / reports.DayMS)
}

// sessionDayNumber is the day a session counts on: that of its id.
func sessionDayNumber(id core.SessionID) int { return dayOf(millis(visits.SessionDay(id))) }

// mayRun reports whether sessions that began on a day may still be going on: they change without their day's version being raised, and segments
// are not kept of such days. Readers ask for a moment a little earlier (see isHot), so that a writer who began before midnight is done by then.
func mayRun(day int, now time.Time) bool { return day >= dayOf(millis(now))-1 }

// oldSessionDays are the days on which a batch changes sessions though they count as over, by account; nil, as nearly always, when there are none.
func oldSessionDays(b *visits.Batch) map[core.AccountID][]int {
	var out map[core.AccountID][]int
	for i := range b.Sessions {
		s := &b.Sessions[i]
		if day := sessionDayNumber(s.ID); !mayRun(day, b.Now) {
			if out == nil {
				out = make(map[core.AccountID][]int)
			}
			out[s.AccountID] = append(out[s.AccountID], day)
		}
	}
	return out
}

// bumpOldSessions raises the versions of the days on which a batch changes sessions though they count as over.
func (c conn) bumpOldSessions(ctx context.Context, b *visits.Batch) error {
	for account, days := range oldSessionDays(b) {
		if err := c.bumpDays(ctx, account, reports.FactSessions, days...); err != nil {
			return err
		}
	}
	return nil
}

// historyDays are the days that count differently after history was loaded: those of its sessions, and all on which a communication may have one of
// them before it.
func historyDays(h *comms.History, today int) map[reports.Fact][]int {
	sessions, first, last := make(map[int]bool), today, today
	for i := range h.Sessions {
		day := sessionDayNumber(h.Sessions[i].ID)
		sessions[day] = true
		first = min(first, day)
	}
	for i := range h.Communications {
		day := dayOf(millis(h.Communications[i].At))
		first, last = min(first, day), max(last, day)
	}
	out := map[reports.Fact][]int{reports.FactSessions: slices.Collect(maps.Keys(sessions))}
	for day := first; day <= last; day++ {
		out[reports.FactCommunications] = append(out[reports.FactCommunications], day)
	}
	return out
}
