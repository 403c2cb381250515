package store

import (
	"context"

	"github.com/skvoz/skvoz/core"
)

// LinkedDeals implements deals.DealReader.
func (s *DealStore) LinkedDeals(ctx context.Context, account core.AccountID, ids []core.CommunicationID) (map[core.CommunicationID][]core.DealID, error) {
	out := make(map[core.CommunicationID][]core.DealID)
	q := `SELECT communication_id, deal_id FROM deal_links WHERE account_id = $1 AND communication_id {in $2} ORDER BY communication_id, deal_id`
	err := s.db.rawReader().query(ctx, q, []any{int64(account), idsArg(s.db.Engine, ids)}, func(row scanner) error {
		var communication core.CommunicationID
		var deal core.DealID
		err := row.Scan(&communication, &deal)
		out[communication] = append(out[communication], deal)
		return err
	})
	return out, err
}
