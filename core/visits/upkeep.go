package visits

import (
	"context"
	"log/slog"
	"time"
)

// upkeepInterval is how often Upkeep works.
const upkeepInterval = time.Hour

// UpkeepStore is what Upkeep works on.
type UpkeepStore interface {
	// PrepareHits makes the tables for the hits of this month and the next.
	PrepareHits(ctx context.Context) error
	// PurgeRefusals removes refusals older than RefusalRetention and returns how many those were.
	PurgeRefusals(ctx context.Context) (int64, error)
}

// Upkeep keeps the store of hits in order: at once and then every hour, until ctx ends. What fails is logged and tried again the next time.
// Several replicas may do it at once. Tick is the signal to work again; nil = an hourly ticker.
func Upkeep(ctx context.Context, store UpkeepStore, log *slog.Logger, tick <-chan time.Time) {
	if tick == nil {
		ticker := time.NewTicker(upkeepInterval)
		defer ticker.Stop()
		tick = ticker.C
	}
	for {
		if err := store.PrepareHits(ctx); err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "preparing tables for hits", slog.Any("error", err))
		}
		if _, err := store.PurgeRefusals(ctx); err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "removing old refusals", slog.Any("error", err))
		}
		select {
		case <-ctx.Done():
			return
		case <-tick:
		}
	}
}
