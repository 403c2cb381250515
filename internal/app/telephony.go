package app

import (
	"context"
	"crypto/rand"
	"log/slog"
	"math/big"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/scenarios"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/internal/phonenum"
	"github.com/skvoz/skvoz/pbx/door"
	"github.com/skvoz/skvoz/store"
)

// leading is what leads calls and shows them as they happen.
type leading struct {
	live      *telephony.Live
	commander *telephony.Commander
	engine    *scenarios.Engine
	scenarios *scenarios.Service
	// known are the connections the door has seen lately.
	known *door.Cache
}

// openLeading makes what leads calls. It needs openCalls.
func (s *services) openLeading(db *store.DB, o outside, log *slog.Logger) {
	t, l := s.telephones, &leading{}
	l.live = telephony.NewLive(telephony.LiveConfig{Calls: t.calls, Changes: t.changes, Clock: db.Clock, Log: log})
	l.known = door.NewCache(t.connections, db.Clock)
	l.commander = telephony.NewCommander(telephony.CommanderConfig{
		Drivers: t.drivers, Endpoints: t.store, Commands: db, Numbers: s.calltracking, Employees: s.employees, Calls: t.calls, IsBlocked: db.IsBlocked, ReadPhone: readPhone,
		SameCountry: func(a, b core.Phone) bool { return phonenum.SameCountry(string(a), string(b)) }, Clock: db.Clock, Log: log,
	})
	l.engine = scenarios.NewEngine(scenarios.EngineConfig{
		Runs: db, Scenarios: db, Blocked: db, People: s.employees, Numbers: db, Presence: db, Managers: managers{s}, Servers: newServers(o.networks), ReadPhone: readPhone, Random: draw,
		Clock: db.Clock, Log: log, Saved: t.folder.Wake, Media: s.recorded.Media,
	})
	l.scenarios = scenarios.NewService(scenarios.ServiceConfig{
		Store: db, Media: db, Blocked: db, Files: o.files, References: db, Engine: l.engine, ReadPhone: readPhone, Clock: db.Clock,
	})
	s.leading = l
}

// draw returns a number from 0 to n−1.
func draw(n int) int {
	v, err := rand.Int(rand.Reader, big.NewInt(int64(max(n, 1))))
	if err != nil {
		return 0
	}
	return int(v.Int64())
}

// pbxDoor is where PBXs knock.
func (a *App) pbxDoor() http.Handler {
	s := a.services
	return door.New(door.Config{
		Connections: s.leading.known, Events: s.telephones.folder, Router: s.leading.engine, ClientIP: a.proxies.ClientIP, Clock: a.db.Clock, Log: a.log,
	})
}

// runsKept is how long the ways of calls are kept.
const runsKept = 3 * 24 * time.Hour

// runLeading does the work behind running calls until ctx ends.
func (a *App) runLeading(ctx context.Context, work *errgroup.Group) {
	l, t := a.services.leading, a.services.telephones
	stop := t.changes.Listen(func(c telephony.Change) {
		if c.Topic == telephony.TopicConnection || c.Topic == telephony.TopicAll {
			l.known.Forget()
		}
	})
	context.AfterFunc(ctx, stop)
	work.Go(func() error { l.live.Run(ctx); return nil })
	work.Go(func() error { a.dropRuns(ctx); return nil })
}

// dropRuns forgets the ways of calls that are long over, now and every hour.
func (a *App) dropRuns(ctx context.Context) {
	ticker := time.NewTicker(time.Hour)
	defer ticker.Stop()
	for {
		if err := a.db.DropRuns(ctx, a.db.Clock.Now().Add(-runsKept).UnixMilli()); err != nil && ctx.Err() == nil {
			a.log.WarnContext(ctx, "dropping the ways of old calls", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}
