package store

import (
	"context"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/calltracking"
)

// CallAttribution counts a call outside a transaction.
func (db *DB) CallAttribution(
	ctx context.Context, account core.AccountID, number core.VirtualNumberID, contact core.Phone, at time.Time,
) (calltracking.Attribution, error) {
	return db.rawReader().callAttribution(ctx, account, number, contact, at)
}
