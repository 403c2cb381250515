package store

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/calltracking"
)

var _ calltracking.Store = (*DB)(nil)

const numberColumns = `n.id, n.number, n.name, n.connection_id, n.site_id, n.usage, n.campaign_id, n.pool_id, n.block_id, n.is_overflow, n.is_default,
  n.state, n.quarantine_until, n.scenario_id, n.integration_id, n.records, n.last_leased_at, n.created_at`

func scanNumber(row scanner, account core.AccountID) (calltracking.VirtualNumber, error) {
	n := calltracking.VirtualNumber{AccountID: account}
	var quarantine, leased, created int64
	err := row.Scan(&n.ID, &n.Number, &n.Name, &n.ConnectionID, &n.SiteID, &n.Usage, &n.CampaignID, &n.PoolID, &n.BlockID, &n.IsOverflow, &n.IsDefault,
		&n.State, &quarantine, &n.ScenarioID, &n.IntegrationID, &n.Records, &leased, &created)
	n.QuarantineUntil, n.LastLeasedAt, n.CreatedAt = timeOrNone(quarantine), timeOrNone(leased), fromMillis(created)
	return n, err
}

// timeOrNone reads a moment of which 0 is none.
func timeOrNone(ms int64) *time.Time {
	if ms == 0 {
		return nil
	}
	return fromMillisPtr(&ms)
}

func millisOrZero(t *time.Time) int64 {
	if t == nil {
		return 0
	}
	return millis(*t)
}

// numbers reads numbers by what follows WHERE n.account_id = $1.
func (c conn) numbers(ctx context.Context, account core.AccountID, rest string, args ...any) ([]calltracking.VirtualNumber, error) {
	var out []calltracking.VirtualNumber
	q := `SELECT ` + numberColumns + ` FROM virtual_numbers n WHERE n.account_id = $1 ` + rest
	err := c.query(ctx, q, append([]any{int64(account)}, args...), func(row scanner) error {
		n, err := scanNumber(row, account)
		out = append(out, n)
		return err
	})
	return out, err
}

// Numbers implements calltracking.Store.
func (db *DB) Numbers(
	ctx context.Context, account core.AccountID, f calltracking.NumberFilter, page core.PageRequest,
) (core.Page[calltracking.VirtualNumber], error) {
	var none core.Page[calltracking.VirtualNumber]
	if page.First < 1 || page.First > maxPage {
		return none, core.Invalid("first", "bad_first", "ask for 1 to %d rows at a time", maxPage)
	}
	var w where
	w.and("n.account_id = ? AND n.deleted_at IS NULL", int64(account))
	for _, c := range []struct {
		column string
		id     int64
	}{
		{"site_id", int64(f.SiteID)},
		{"pool_id", int64(f.PoolID)},
		{"campaign_id", int64(f.CampaignID)},
		{"connection_id", int64(f.ConnectionID)},
		{"integration_id", int64(f.IntegrationID)},
	} {
		if c.id != 0 {
			w.and("n."+c.column+" = ?", c.id)
		}
	}
	if f.Usage != "" {
		w.and("n.usage = ?", string(f.Usage))
	}
	if f.State != "" {
		w.and("n.state = ?", string(f.State))
	}
	if f.Search != "" {
		w.and(`(n.number LIKE ? ESCAPE '\' OR LOWER(n.name) LIKE ? ESCAPE '\')`, containing(digitsOr(f.Search)), containing(strings.ToLower(f.Search)))
	}
	if page.After != "" {
		after, err := base64.RawURLEncoding.DecodeString(page.After)
		if err != nil || strings.Trim(string(after), "0123456789") != "" {
			return none, core.Invalid("after", "bad_cursor", "this is no cursor of this list")
		}
		w.and("n.number > ?", string(after))
	}
	w.add(" ORDER BY n.number LIMIT ?", page.First+1)
	var list []calltracking.VirtualNumber
	err := db.rawReader().query(ctx, `SELECT `+numberColumns+` FROM virtual_numbers n WHERE `+w.text.String(), w.args, func(row scanner) error {
		n, err := scanNumber(row, account)
		list = append(list, n)
		return err
	})
	if err != nil {
		return none, err
	}
	out := core.Page[calltracking.VirtualNumber]{Nodes: list}
	if len(list) > page.First {
		out.Nodes, out.HasNext = list[:page.First], true
	}
	if n := len(out.Nodes); n > 0 {
		out.EndCursor = base64.RawURLEncoding.EncodeToString([]byte(out.Nodes[n-1].Number))
	}
	return out, nil
}

// digitsOr leaves the digits of a text that looks like a number, so that it is found however it is written.
func digitsOr(text string) string {
	digits := strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return r
		case strings.ContainsRune(" +-()\u00a0", r):
			return -1
		}
		return 'x'
	}, text)
	if digits == "" || strings.Contains(digits, "x") {
		return text
	}
	return digits
}

// NumbersByID implements calltracking.Store.
func (db *DB) NumbersByID(ctx context.Context, account core.AccountID, ids []core.VirtualNumberID) ([]calltracking.VirtualNumber, error) {
	return db.rawReader().numbers(ctx, account, `AND n.id {in $2}`, idsArg(db.Engine, ids))
}

// NumberByDigits implements calltracking.Store.
func (db *DB) NumberByDigits(ctx context.Context, account core.AccountID, digits core.Phone) (calltracking.VirtualNumber, error) {
	return one("number")(db.rawReader().numbers(ctx, account, `AND n.number = $2 AND n.deleted_at IS NULL`, string(digits)))
}

// one takes the only row there is.
func one(what string) func([]calltracking.VirtualNumber, error) (calltracking.VirtualNumber, error) {
	return func(list []calltracking.VirtualNumber, err error) (calltracking.VirtualNumber, error) {
		if err == nil && len(list) == 0 {
			err = core.NotFound(what)
		}
		if err != nil {
			return calltracking.VirtualNumber{}, err
		}
		return list[0], nil
	}
}

// LastNumberWith implements calltracking.Store.
func (db *DB) LastNumberWith(
	ctx context.Context, account core.AccountID, contact core.Phone, integration core.IntegrationID,
) (*calltracking.VirtualNumber, error) {
	list, err := db.rawReader().numbers(ctx, account, `AND n.deleted_at IS NULL AND n.state <> 'disabled' AND n.number NOT LIKE '7800%'
  AND (CAST($3 AS BIGINT) = 0 OR n.integration_id = $3) AND n.id = (
    SELECT c.number_id FROM calls c JOIN virtual_numbers m ON m.account_id = c.account_id AND m.id = c.number_id
    WHERE c.account_id = $1 AND c.contact_phone = $2 AND c.contact_phone <> '' AND m.deleted_at IS NULL AND m.state <> 'disabled'
      AND m.number NOT LIKE '7800%' AND (CAST($3 AS BIGINT) = 0 OR m.integration_id = $3)
    ORDER BY c.started_at DESC, c.id DESC LIMIT 1)`, string(contact), int64(integration))
	return first(list, err)
}

// DefaultNumber implements calltracking.Store.
func (db *DB) DefaultNumber(ctx context.Context, account core.AccountID, integration core.IntegrationID) (*calltracking.VirtualNumber, error) {
	list, err := db.rawReader().numbers(ctx, account, `AND n.deleted_at IS NULL AND n.is_default AND n.state <> 'disabled' AND n.number NOT LIKE '7800%'
  AND n.integration_id IN (0, CAST($2 AS BIGINT)) ORDER BY n.integration_id DESC LIMIT 1`, int64(integration))
	return first(list, err)
}

func first(list []calltracking.VirtualNumber, err error) (*calltracking.VirtualNumber, error) {
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// bumpConfig tells every replica that something the tracker looks at changed; see bumpConfigVersion.
func (c conn) bumpConfig(ctx context.Context) error {
	_, err := c.exec(ctx, `INSERT INTO instance (name, value) VALUES ($1, '1')
ON CONFLICT (name) DO UPDATE SET value = CAST(CAST(instance.value AS BIGINT) + 1 AS TEXT)`, configVersion)
	return err
}

// CreateNumbers implements calltracking.Store.
func (db *DB) CreateNumbers(ctx context.Context, account core.AccountID, list []calltracking.VirtualNumber, limit int) ([]calltracking.VirtualNumber, error) {
	list = slices.Clone(list)
	err := db.inRawTx(ctx, func(tx conn) error {
		if err := tx.lockPools(ctx, poolsOf(list)); err != nil {
			return err
		}
		var there int
		if err := tx.queryRow(ctx, `SELECT COUNT(*) FROM virtual_numbers WHERE account_id = $1 AND deleted_at IS NULL`, int64(account)).Scan(&there); err != nil {
			return err
		}
		if there+len(list) > limit {
			return core.Invalid("numbers", "too_many", "there are %d numbers already, and %d is the most there can be", there, limit)
		}
		if err := tx.refuseTaken(ctx, account, list); err != nil {
			return err
		}
		for i := range list {
			n := &list[i]
			n.ID, n.CreatedAt = core.VirtualNumberID(db.ids.New()), fromMillis(db.now())
			if i == 0 {
				if err := tx.checkReferences(ctx, n); err != nil {
					return err
				}
			}
			n.SiteID = list[0].SiteID // a pool's number has its pool's
			if err := tx.insertNumber(ctx, *n); err != nil {
				return err
			}
		}
		if err := tx.markCallsOfNumbers(ctx, db.now(), account, list); err != nil {
			return err
		}
		return tx.bumpConfig(ctx)
	})
	return list, err
}

func (c conn) refuseTaken(ctx context.Context, account core.AccountID, list []calltracking.VirtualNumber) error {
	digits := make([]core.Phone, len(list))
	for i, n := range list {
		digits[i] = n.Number
	}
	there, err := c.numbers(ctx, account, `AND n.deleted_at IS NULL AND n.number {in $2} ORDER BY n.number`, textsArg(c.engine, digits))
	if err == nil && len(there) > 0 {
		return core.E(core.KindConflict, fmt.Sprintf("the number %s is there already", there[0].Number)).WithReason("number_taken").WithField("numbers").
			WithValue(string(there[0].Number))
	}
	return err
}

func (c conn) insertNumber(ctx context.Context, n calltracking.VirtualNumber) error {
	_, err := c.exec(ctx, `INSERT INTO virtual_numbers (account_id, id, number, name, connection_id, site_id, usage, campaign_id, pool_id, block_id, is_overflow,
  is_default, state, quarantine_until, scenario_id, integration_id, records, last_leased_at, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 0, $18)`,
		int64(n.AccountID), int64(n.ID), string(n.Number), n.Name, int64(n.ConnectionID), int64(n.SiteID), string(n.Usage), int64(n.CampaignID),
		int64(n.PoolID), int64(n.BlockID), n.IsOverflow, n.IsDefault, string(n.State), millisOrZero(n.QuarantineUntil), int64(n.ScenarioID),
		int64(n.IntegrationID), n.Records, millis(n.CreatedAt))
	return err
}

// checkReferences holds that what a number refers to is the account's, and gives a pool's number the site of its pool.
func (c conn) checkReferences(ctx context.Context, n *calltracking.VirtualNumber) error {
	account := int64(n.AccountID)
	if n.PoolID != 0 {
		err := c.queryRow(ctx, `SELECT site_id FROM number_pools WHERE account_id = $1 AND id = $2 AND deleted_at IS NULL`, account, int64(n.PoolID)).Scan(&n.SiteID)
		if err != nil {
			return missing("poolId", "pool", err)
		}
	}
	for _, r := range []struct {
		field, what, q string
		id             int64
		more           []any
	}{
		{"siteId", "site", `SELECT 1 FROM sites WHERE account_id = $1 AND id = $2 AND deleted_at IS NULL`, int64(n.SiteID), nil},
		{"campaignId", "campaign of this site", `SELECT 1 FROM campaigns WHERE account_id = $1 AND id = $2 AND site_id = $3`, int64(n.CampaignID), []any{int64(n.SiteID)}},
		{"blockId", "block of this site", `SELECT 1 FROM site_blocks WHERE account_id = $1 AND id = $2 AND site_id = $3`, int64(n.BlockID), []any{int64(n.SiteID)}},
		{"connectionId", "connection", `SELECT 1 FROM pbx_connections WHERE account_id = $1 AND id = $2 AND deleted_at IS NULL`, int64(n.ConnectionID), nil},
		{"scenarioId", "scenario", `SELECT 1 FROM scenarios WHERE account_id = $1 AND id = $2 AND deleted_at IS NULL`, int64(n.ScenarioID), nil},
		{"integrationId", "integration", `SELECT 1 FROM integrations WHERE account_id = $1 AND id = $2`, int64(n.IntegrationID), nil},
	} {
		if r.id == 0 {
			continue
		}
		var found int
		if err := c.queryRow(ctx, r.q, append([]any{account, r.id}, r.more...)...).Scan(&found); err != nil {
			return missing(r.field, r.what, err)
		}
	}
	return nil
}

func missing(field, what string, err error) error {
	if core.KindOf(translate(err)) == core.KindNotFound {
		return core.Invalid(field, "not_found", "there is no such %s", what)
	}
	return err
}

func poolsOf(list []calltracking.VirtualNumber) []core.PoolID {
	var out []core.PoolID
	for _, n := range list {
		if n.PoolID != 0 {
			out = append(out, n.PoolID)
		}
	}
	return slices.Compact(slices.Sorted(slices.Values(out)))
}
