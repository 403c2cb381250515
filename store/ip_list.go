package store

import (
	"context"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
)

// AllowedNetworks implements accounts.DataAPIStore.
func (s *Accounts) AllowedNetworks(ctx context.Context, account core.AccountID) ([]accounts.AllowedNetwork, error) {
	var list []accounts.AllowedNetwork
	const q = `SELECT network, comment, created_at FROM ip_allow_list WHERE account_id = $1 ORDER BY created_at, network`
	err := s.db.rawReader().query(ctx, q, []any{int64(account)}, func(row scanner) error {
		n := accounts.AllowedNetwork{AccountID: account}
		var at int64
		if err := row.Scan(&n.Network, &n.Comment, &at); err != nil {
			return err
		}
		n.CreatedAt = fromMillis(at)
		list = append(list, n)
		return nil
	})
	return list, err
}

// AllowNetwork implements accounts.DataAPIStore.
func (s *Accounts) AllowNetwork(ctx context.Context, n accounts.AllowedNetwork, limit int) error {
	return s.db.inRawTx(ctx, func(tx conn) error {
		var others int
		const count = `SELECT COUNT(*) FROM ip_allow_list WHERE account_id = $1 AND network <> $2`
		if err := tx.queryRow(ctx, count, int64(n.AccountID), n.Network).Scan(&others); err != nil {
			return err
		}
		if others >= limit {
			return core.Invalid("network", "too_many", "there are %d networks already, which is the most there can be", others)
		}
		const put = `INSERT INTO ip_allow_list (account_id, network, comment, created_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (account_id, network) DO UPDATE SET comment = excluded.comment`
		_, err := tx.exec(ctx, put, int64(n.AccountID), n.Network, n.Comment, millis(n.CreatedAt))
		return err
	})
}

// RemoveNetwork implements accounts.DataAPIStore.
func (s *Accounts) RemoveNetwork(ctx context.Context, account core.AccountID, network string) error {
	return s.db.inRawTx(ctx, func(tx conn) error {
		n, err := tx.exec(ctx, `DELETE FROM ip_allow_list WHERE account_id = $1 AND network = $2`, int64(account), network)
		if err == nil && n == 0 {
			return core.NotFound("network").WithField("network")
		}
		return err
	})
}
