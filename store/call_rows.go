package store

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"github.com/skvoz/skvoz/core/telephony"
)

// callColumnNames are the columns of calls that folding writes, in the order of callValues; scanCall reads them in the same order. called_back_at,
// called_back_id, missing_since and is_first of calls there are change in other ways.
var callColumnNames = []string{
	"account_id", "id", "connection_id", "pbx_call_id", "external_id", "direction", "initiator", "state", "number_id", "virtual_number", "contact_phone", "site_id",
	"started_at", "answered_at", "ended_at", "wait_ms", "talk_ms", "total_ms", "is_lost", "lost_reason", "end_reason", "is_incomplete", "is_first", "employee_id",
	"scenario_id", "visitor_id", "session_id", "campaign_id", "attribution", "probability", "lease_id", "called_back_at", "called_back_id", "last_event_at",
	"version", "detail", "created_at",
}

// callColumns reads calls under the name r.
var callColumns = "r." + strings.Join(callColumnNames[:len(callColumnNames)-1], ", r.")

// callsAtOnce is how many calls one statement stores.
const callsAtOnce = 25

// callKept are the columns a folded call that is there keeps.
var callKept = map[string]bool{
	"account_id": true, "id": true, "connection_id": true, "pbx_call_id": true, "is_first": true, "called_back_at": true, "called_back_id": true, "version": true,
	"created_at": true,
}

// upsertCallsSQL is the statement that stores so many calls, given by their values; on SQLite any number, given as a list of rows: a statement is prepared
// anew each time there, which costs more the longer it is.
func upsertCallsSQL(engine Engine, n int) string {
	var q strings.Builder
	q.WriteString("INSERT INTO calls (" + strings.Join(callColumnNames, ", ") + ") ")
	if engine == Postgres {
		q.WriteString("VALUES ")
		for i := range n {
			q.WriteString([...]string{"(", ", ("}[min(i, 1)])
			for k := range callColumnNames {
				fmt.Fprintf(&q, [...]string{"$%d", ", $%d"}[min(k, 1)], i*len(callColumnNames)+k+1)
			}
			q.WriteString(")")
		}
	} else {
		for k := range callColumnNames {
			fmt.Fprintf(&q, [...]string{"SELECT value ->> %d", ", value ->> %d"}[min(k, 1)], k)
		}
		q.WriteString(" FROM json_each($1) WHERE TRUE")
	}
	q.WriteString(" ON CONFLICT (account_id, id) DO UPDATE SET version = calls.version + 1")
	for _, c := range callColumnNames {
		if !callKept[c] {
			q.WriteString(", " + c + " = excluded." + c)
		}
	}
	q.WriteString(" RETURNING id, version")
	return q.String()
}

// The statements that store calls: on PostgreSQL as many as one takes.
var upsertCallsFull, upsertCallsLite = upsertCallsSQL(Postgres, callsAtOnce), upsertCallsSQL(SQLite, 0)

// callValues are the columns of a call.
func callValues(c *telephony.Call, now int64) []any {
	detail, _ := json.Marshal(&c.Detail) // texts, times and numbers always marshal
	return []any{
		int64(c.AccountID), int64(c.ID), int64(c.ConnectionID), c.PBXCallID, c.ExternalID, string(c.Direction), c.Initiator, string(c.State), int64(c.NumberID), c.VirtualNumber,
		string(c.ContactPhone), int64(c.SiteID), millis(c.StartedAt), millisPtr(c.AnsweredAt), millisPtr(c.EndedAt), c.Wait.Milliseconds(), c.Talk.Milliseconds(),
		c.Total.Milliseconds(), c.IsLost, string(c.LostReason), string(c.EndReason), c.IsIncomplete, c.IsFirst, int64(c.EmployeeID), int64(c.ScenarioID), int64(c.VisitorID),
		int64(c.SessionID), int64(c.CampaignID), string(c.Method), millionths(c.Probability), int64(c.LeaseID), millisPtr(c.CalledBackAt), int64(c.CalledBackID),
		millis(c.LastEventAt), int64(1), string(detail), now,
	}
}

func millionths(p float64) int64 { return int64(math.Round(p * 1e6)) }

// isSameCall tells whether two calls are stored as the same, the time of the last event and what folding does not write left out.
func isSameCall(a, b []any) bool {
	for i, name := range callColumnNames {
		if callKept[name] || name == "last_event_at" {
			continue
		}
		x, isTime := a[i].(*int64)
		if !isTime {
			if a[i] != b[i] {
				return false
			}
			continue
		}
		y, _ := b[i].(*int64)
		if (x == nil) != (y == nil) || x != nil && *x != *y {
			return false
		}
	}
	return true
}

// scanCall reads callColumns.
func scanCall(row scanner, c *telephony.Call) error { return scanCallAnd(row, c) }

// scanCallAnd reads callColumns and some more behind them.
func scanCallAnd(row scanner, c *telephony.Call, more ...any) error {
	var started, last, wait, talk, total, probability int64
	var answered, ended, calledBack *int64
	var detail string
	dest := []any{
		&c.AccountID, &c.ID, &c.ConnectionID, &c.PBXCallID, &c.ExternalID, &c.Direction, &c.Initiator, &c.State, &c.NumberID, &c.VirtualNumber, &c.ContactPhone, &c.SiteID,
		&started, &answered, &ended, &wait, &talk, &total, &c.IsLost, &c.LostReason, &c.EndReason, &c.IsIncomplete, &c.IsFirst, &c.EmployeeID, &c.ScenarioID, &c.VisitorID,
		&c.SessionID, &c.CampaignID, &c.Method, &probability, &c.LeaseID, &calledBack, &c.CalledBackID, &last, &c.Version, &detail,
	}
	if err := row.Scan(append(dest, more...)...); err != nil {
		return err
	}
	c.StartedAt, c.LastEventAt = fromMillis(started), fromMillis(last)
	c.AnsweredAt, c.EndedAt, c.CalledBackAt = fromMillisPtr(answered), fromMillisPtr(ended), fromMillisPtr(calledBack)
	c.Wait, c.Talk, c.Total = fromMS(wait), fromMS(talk), fromMS(total)
	c.Probability = float64(probability) / 1e6
	if err := json.Unmarshal([]byte(detail), &c.Detail); err != nil {
		return fmt.Errorf("reading the details of call %d: %w", c.ID, err)
	}
	return nil
}
