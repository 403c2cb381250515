package calltracking

import (
	"context"
	"log/slog"
	"time"

	"github.com/skvoz/skvoz/core"
)

// NightlyStore is what Nightly works on.
type NightlyStore interface {
	// PoolAccounts returns the accounts that have pools or loans.
	PoolAccounts(ctx context.Context) ([]core.AccountID, error)
	// CheckLeases looks for broken invariants among the loans that ran within a time up to now.
	CheckLeases(ctx context.Context, account core.AccountID, within time.Duration) ([]Violation, error)
	// TidyLeases ends quarantines that are over and removes loans older than the account's horizon. It returns how many were removed.
	TidyLeases(ctx context.Context, account core.AccountID) (int64, error)
}

const (
	nightlyInterval = 24 * time.Hour
	nightlyWithin   = 2 * nightlyInterval
)

// Nightly checks the invariants of loans and removes what is too old: at once and then every day, until ctx ends. A broken invariant is an error in
// the log. Several replicas may do it at once. Tick is the signal to work again; nil = a daily ticker.
func Nightly(ctx context.Context, store NightlyStore, log *slog.Logger, tick <-chan time.Time) {
	if tick == nil {
		ticker := time.NewTicker(nightlyInterval)
		defer ticker.Stop()
		tick = ticker.C
	}
	for {
		if err := nightly(ctx, store, log); err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "checking the loans of numbers", slog.Any("error", err))
		}
		select {
		case <-ctx.Done():
			return
		case <-tick:
		}
	}
}

func nightly(ctx context.Context, store NightlyStore, log *slog.Logger) error {
	accounts, err := store.PoolAccounts(ctx)
	if err != nil {
		return err
	}
	for _, account := range accounts {
		found, err := store.CheckLeases(ctx, account, nightlyWithin)
		if err != nil {
			return err
		}
		for _, v := range found {
			log.ErrorContext(ctx, "numbers were lent against the rules", "invariant", string(v.Invariant), "account_id", v.AccountID.String(),
				"number_id", v.NumberID.String(), "lease_id", v.LeaseID.String(), "other_id", v.OtherID.String(), "at", v.At)
		}
		if _, err := store.TidyLeases(ctx, account); err != nil {
			return err
		}
	}
	return nil
}
