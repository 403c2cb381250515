package app

import (
	"context"
	"log/slog"

	"golang.org/x/sync/errgroup"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/internal/phonenum"
	"github.com/skvoz/skvoz/pbx/ctpbx"
	"github.com/skvoz/skvoz/pbx/mango"
	"github.com/skvoz/skvoz/pbx/uis"
	"github.com/skvoz/skvoz/pbx/wire"
	"github.com/skvoz/skvoz/store"
)

// foldWorkers is how many transactions of folding may run at once on PostgreSQL.
const foldWorkers = 3

// telephones are the use cases of calls.
type telephones struct {
	store   *store.CallStore
	drivers map[telephony.ConnectionKind]telephony.Driver
	// folder makes calls of events; events that come in are handed to it.
	folder  *telephony.Folder
	sweeper *telephony.Sweeper
	// connections attaches PBXs, calls shows what they told of.
	connections *telephony.Connections
	calls       *telephony.Calls
	changes     *store.LiveChanges
}

// openCalls makes what takes calls in and shows them. It needs what knows employees and links deals.
func (s *services) openCalls(db *store.DB, o outside, log *slog.Logger) {
	deps := wire.Deps{Networks: o.networks, Clock: db.Clock}
	t := &telephones{store: db.CallStore(o.box), changes: db.LiveChanges(), drivers: map[telephony.ConnectionKind]telephony.Driver{
		telephony.KindCTPBX: ctpbx.New(deps), telephony.KindUIS: uis.New(deps), telephony.KindMango: mango.New(deps),
	}}
	t.store.JobsAdded = s.runner.Wake
	workers := 1
	if db.Engine == store.Postgres {
		workers = foldWorkers
	}
	t.folder = telephony.NewFolder(telephony.FolderConfig{
		Store: t.store, People: s.employees, Drivers: t.drivers, ReadPhone: readPhone, Folded: s.folded, Workers: workers, Clock: db.Clock, Log: log,
	})
	t.sweeper = telephony.NewSweeper(telephony.SweeperConfig{Store: t.store, Drivers: t.drivers, Added: t.folder.Wake, Clock: db.Clock, Log: log})
	t.connections = telephony.NewConnections(telephony.ConnectionsConfig{Store: t.store, Drivers: t.drivers, Clock: db.Clock})
	t.calls = telephony.NewCalls(telephony.CallsConfig{Store: t.store, Events: t.folder, Marked: s.linker.Wake, Clock: db.Clock})
	s.employees.Changed = func(_ context.Context, account core.AccountID, employee core.EmployeeID) {
		t.changes.Publish(telephony.Change{AccountID: account, Topic: telephony.TopicEmployee, EmployeeID: employee})
	}
	s.telephones = t
}

// readPhone makes digits with country code of a number.
func readPhone(raw string) (core.Phone, bool) {
	digits, ok := phonenum.Normalize(raw, "")
	return core.Phone(digits), ok
}

// run folds calls, looks after them and carries changes until ctx ends.
func (t *telephones) run(ctx context.Context, work *errgroup.Group) {
	work.Go(func() error { t.folder.Run(ctx); return nil })
	work.Go(func() error { t.sweeper.Run(ctx); return nil })
	work.Go(func() error { t.changes.Run(ctx); return nil })
}
