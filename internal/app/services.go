package app

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/skvoz/skvoz/auth"
	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/core/calltracking"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/employees"
	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/core/integrations"
	"github.com/skvoz/skvoz/core/reports"
	"github.com/skvoz/skvoz/core/sites"
	"github.com/skvoz/skvoz/core/visits"
	"github.com/skvoz/skvoz/internal/config"
	"github.com/skvoz/skvoz/internal/phonenum"
	"github.com/skvoz/skvoz/jobs"
	"github.com/skvoz/skvoz/store"
)

// services are the use cases over one database.
type services struct {
	accounts *accounts.Service
	sites    *sites.Service
	goals    *goals.Service
	comms    *comms.Service
	deals    *deals.Service
	linker   *deals.Linker
	segments *store.Segments
	reports  *reports.Service
	// employees manages who takes calls; telephones is about the calls, leading leads them.
	employees  *employees.Service
	telephones *telephones
	leading    *leading
	// recorded fetches recordings and gives them out.
	recorded *recorded
	// integrations attaches outside systems; runner does their work.
	integrations *integrations.Service
	runner       *jobs.Runner
	directory    *goals.Directory
	// calltracking manages virtual numbers; assigner says which of them a page shows.
	calltracking *calltracking.Service
	assigner     *calltracking.Assigner
	ids          *visits.IDs
	signals      *visits.LiveSignals
}

// idsSecret names the secret from which visitors', sessions' and hits' identifiers are derived. It must never change.
const idsSecret = "ids"

func newServices(ctx context.Context, db *store.DB, publicURL string, o outside, log *slog.Logger) (*services, error) {
	secret, err := db.Secret(ctx, idsSecret)
	if err != nil {
		return nil, err
	}
	s := &services{ids: visits.NewIDs(secret), signals: &visits.LiveSignals{}, directory: goals.NewDirectory(db, log)}
	s.accounts, err = accounts.NewService(ctx, accounts.Config{
		Store: db.Accounts(), Passwords: auth.NewHasher(auth.DefaultCost()), Attempts: auth.NewAttempts(db.Clock), Clock: db.Clock, ReadEmail: phonenum.NormalizeEmail, PublicURL: publicURL,
	})
	if err != nil {
		return nil, err
	}
	s.sites = sites.NewService(sites.Deps{Store: db, Campaigns: db, Costs: db, CostUploads: db, Clock: db.Clock, PublicURL: publicURL, Changed: s.directory.Changed})
	s.goals = goals.NewService(goals.Deps{Store: db, Clock: db.Clock, Changed: s.directory.Changed})
	s.comms = comms.NewService(comms.Config{Writer: db, Cards: db, Comms: db, IDs: s.ids, Clock: db.Clock, Waker: s.signals})
	s.openEmployees(db)
	s.openCalltracking(db)
	s.openDeals(db, log)
	if o.box != nil {
		s.openIntegrations(db, publicURL, o, log)
		s.openCalls(db, o, log)
		if err := s.openRecordings(ctx, db, publicURL, o, log); err != nil {
			return nil, err
		}
		s.openLeading(db, o, log)
	}
	return s, nil
}

// openEmployees makes what knows who takes calls.
func (s *services) openEmployees(db *store.DB) {
	s.employees = employees.NewService(employees.Deps{
		Store: db.EmployeeStore(), Clock: db.Clock, ReadPhone: func(raw string) (string, bool) { return phonenum.Normalize(raw, "") }, ReadEmail: phonenum.NormalizeEmail,
		Timezone: func(ctx context.Context, account core.AccountID) (string, error) {
			a, err := s.accounts.Account(ctx, account)
			return a.Timezone, err
		},
	})
}

// openDeals makes what takes deals in, links them and counts.
func (s *services) openDeals(db *store.DB, log *slog.Logger) {
	s.linker = deals.NewLinker(deals.LinkerConfig{Store: db, Clock: db.Clock, Log: log})
	s.deals = deals.NewService(deals.Config{
		Store: db.DealStore(), Clock: db.Clock, ReadPhone: func(raw string) (string, bool) { return phonenum.Normalize(raw, "") }, ReadEmail: phonenum.NormalizeEmail,
		Currency: func(ctx context.Context, account core.AccountID) (string, error) {
			a, err := s.accounts.Account(ctx, account)
			return a.Currency, err
		},
		Marked: s.linker.Wake,
	})
	s.segments = store.NewSegments(db, store.SegmentOptions{Log: log})
	s.reports = reports.NewService(reports.Config{
		Segments: s.segments, Names: db, Costs: db, Deals: s.deals, Saved: db, Accounts: s.accounts, Clock: db.Clock,
	})
}

// openDatabase opens the database the settings name, and makes the data directory.
func openDatabase(ctx context.Context, s *config.Storage, log *slog.Logger) (*store.DB, error) {
	if err := s.MakeDataDir(); err != nil {
		return nil, err
	}
	parsed, err := s.Parsed()
	if err != nil {
		return nil, err
	}
	dsn := parsed.DSN
	if parsed.Engine == config.SQLite {
		dsn = "sqlite://" + parsed.Path
	}
	return store.Open(ctx, store.Config{DSN: dsn, Clock: core.SystemClock{}, Log: log})
}

// openMigrated opens the database and brings its schema up to date.
func openMigrated(ctx context.Context, s *config.Storage, log *slog.Logger) (*store.DB, error) {
	db, err := openDatabase(ctx, s, log)
	if err != nil {
		return nil, err
	}
	n, err := db.Migrate(ctx)
	if err != nil {
		closeQuietly(db, log)
		return nil, err
	}
	if n > 0 {
		log.InfoContext(ctx, "schema migrated", "migrations", n)
	}
	return db, nil
}

// closeQuietly closes at the end of a command, when an error helps nobody but the log.
func closeQuietly(db *store.DB, log *slog.Logger) {
	if err := db.Close(); err != nil {
		log.Warn("closing the database", "error", fmt.Sprint(err))
	}
}
