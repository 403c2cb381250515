package graph

import (
	"context"
	"errors"
	"time"

	"github.com/skvoz/skvoz/core"
)

// rechecker ends long-lived connections whose user has signed out, was blocked, or whose token was revoked.
type rechecker struct {
	check func(ctx context.Context) error
	every time.Duration
}

func newRechecker(cfg Config) rechecker {
	return rechecker{check: cfg.Recheck, every: cfg.Limits.RecheckEvery}
}

// errLostRights is why a connection was ended.
var errLostRights = errors.New("the session or token has ended")

// watch returns a context that ends when the rights do. Trouble of the store ends nothing: it is asked again.
func (c rechecker) watch(parent context.Context) (context.Context, context.CancelCauseFunc) {
	ctx, cancel := context.WithCancelCause(parent)
	if c.check == nil {
		return ctx, cancel
	}
	go func() {
		tick := time.NewTicker(c.every)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				if core.KindOf(c.check(ctx)) == core.KindUnauthenticated {
					cancel(errLostRights)
				}
			case <-ctx.Done():
				return
			}
		}
	}()
	return ctx, cancel
}
