package store

import (
	"context"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/calltracking"
)

// callAttribution says which visit a call from a contact to a number at a moment is counted to. Whoever stores calls asks in the transaction that
// stores one; the caller's own row may be there already: only calls before the moment count. An unknown number is nobody's.
func (c conn) callAttribution(
	ctx context.Context, account core.AccountID, number core.VirtualNumberID, contact core.Phone, at time.Time,
) (calltracking.Attribution, error) {
	found, err := c.numbers(ctx, account, `AND n.id = $2`, int64(number))
	if err != nil || len(found) == 0 {
		return calltracking.Attribution{Method: calltracking.MethodUnknown}, err
	}
	s, err := c.calltrackingSettings(ctx, account)
	if err != nil {
		return calltracking.Attribution{}, err
	}
	f := calltracking.Facts{At: at, Number: found[0]}
	if f.Earlier, err = c.earlierCall(ctx, account, number, contact, at, s); err != nil {
		return calltracking.Attribution{}, err
	}
	if found[0].Usage == calltracking.UsageStatic { // it is lent to nobody
		return calltracking.Attribute(f, s), nil
	}
	if f.Late, err = c.lateWindow(ctx, account, number, at, s); err != nil {
		return calltracking.Attribution{}, err
	}
	if f.Leases, err = c.leaseFacts(ctx, account, number, contact, at, f.Late); err != nil {
		return calltracking.Attribution{}, err
	}
	return calltracking.Attribute(f, s), nil
}

// earlierCall finds the caller's latest call to the number that was counted to a visitor.
func (c conn) earlierCall(
	ctx context.Context, account core.AccountID, number core.VirtualNumberID, contact core.Phone, at time.Time, s calltracking.Settings,
) (earlier *calltracking.EarlierCall, err error) {
	if contact == "" {
		return nil, nil //nolint:nilnil // nobody is known to have called
	}
	since := at.Add(-time.Duration(s.RepeatDays) * 24 * time.Hour)
	q := `SELECT id, started_at, visitor_id, session_id, campaign_id FROM calls
WHERE account_id = $1 AND contact_phone = $2 AND contact_phone <> '' AND number_id = $3 AND started_at < $4 AND started_at >= $5 AND visitor_id <> 0
ORDER BY started_at DESC, id DESC LIMIT 1`
	err = c.query(ctx, q, []any{int64(account), string(contact), int64(number), millis(at), millis(since)}, func(row scanner) error {
		earlier = &calltracking.EarlierCall{}
		var started int64
		err := row.Scan(&earlier.CallID, &started, &earlier.VisitorID, &earlier.SessionID, &earlier.CampaignID)
		earlier.At = fromMillis(started)
		return err
	})
	return earlier, err
}

// lateWindow is that of the pool the number was lent by last before the call.
func (c conn) lateWindow(ctx context.Context, account core.AccountID, number core.VirtualNumberID, at time.Time, s calltracking.Settings) (time.Duration, error) {
	hours := int64(s.LateHours)
	q := `SELECT p.late_hours FROM number_leases l JOIN number_pools p ON p.account_id = l.account_id AND p.id = l.pool_id
WHERE l.account_id = $1 AND l.number_id = $2 AND l.started_at <= $3 ORDER BY l.started_at DESC, l.id DESC LIMIT 1`
	err := c.query(ctx, q, []any{int64(account), int64(number), millis(at)}, func(row scanner) error { return row.Scan(&hours) })
	return time.Duration(hours) * time.Hour, err
}

// leaseFacts reads the loans that began before the call and had not ended for longer than the late window, with what is known of their visits.
func (c conn) leaseFacts(
	ctx context.Context, account core.AccountID, number core.VirtualNumberID, contact core.Phone, at time.Time, late time.Duration,
) ([]calltracking.LeaseFacts, error) {
	q := `SELECT ` + leaseColumns + `, COALESCE(s.campaign_id, 0),
  CASE WHEN $5 <> '' AND (EXISTS (SELECT 1 FROM visitor_contacts k WHERE k.account_id = l.account_id AND k.visitor_id = l.visitor_id AND k.kind = 'phone' AND k.value = $5)
    OR EXISTS (SELECT 1 FROM visitor_contacts k JOIN visitors o ON o.account_id = k.account_id AND o.id = k.visitor_id
      JOIN visitors v ON v.account_id = o.account_id AND v.person_id = o.person_id
      WHERE k.account_id = l.account_id AND k.kind = 'phone' AND k.value = $5 AND o.person_id <> 0 AND v.id = l.visitor_id)) THEN 1 ELSE 0 END
FROM number_leases l LEFT JOIN sessions s ON s.account_id = l.account_id AND s.id = l.session_id
WHERE l.account_id = $1 AND l.number_id = $2 AND l.started_at <= $3 AND COALESCE(l.released_at, l.hold_until) >= $4 ORDER BY l.started_at, l.id`
	var out []calltracking.LeaseFacts
	args := []any{int64(account), int64(number), millis(at), millis(at.Add(-late)), string(contact)}
	err := c.query(ctx, q, args, func(row scanner) error {
		var f calltracking.LeaseFacts
		var knows int
		lease, err := scanLease(row, account, &f.CampaignID, &knows)
		f.Lease, f.KnowsCaller = lease, knows == 1
		out = append(out, f)
		return err
	})
	return out, err
}
