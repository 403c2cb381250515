package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/reports"
	"github.com/skvoz/skvoz/demo"
	"github.com/skvoz/skvoz/emulators/stand"
	"github.com/skvoz/skvoz/internal/config"
	"github.com/skvoz/skvoz/internal/httpserver"
	"github.com/skvoz/skvoz/internal/observe"
	"github.com/skvoz/skvoz/store"
)

type demoCommand struct {
	config.Serve `embed:""`
	output
	Hits     int    `default:"120000" help:"About how many hits of history to make."`
	Days     int    `default:"90" help:"Over how many days, up to now."`
	Seed     uint64 `default:"1" help:"Which of all possible histories."`
	AndServe bool   `name:"serve" help:"Serve afterwards, together with the demo site."`
	SiteAddr string `name:"site-listen" env:"SKVOZ_SITE_LISTEN" default:"127.0.0.1:8090" placeholder:"ADDRESS" help:"Address of the demo site."`

	EmulatorsAddr string `name:"emulators-listen" env:"SKVOZ_EMULATORS_LISTEN" default:"127.0.0.1:8095" placeholder:"ADDRESS" help:"Loopback address of the emulators' page, to try the connect wizards with; the emulators have the ports that follow. Empty turns them off."`
}

// Validate checks the settings that only this command has.
func (c *demoCommand) Validate() error {
	if c.Hits < 0 || c.Hits > 100_000_000 {
		return errors.New("--hits: use 0 to 100000000")
	}
	if c.Days < 1 || c.Days > 730 {
		return errors.New("--days: use 1 to 730")
	}
	if c.EmulatorsAddr != "" {
		if err := (stand.Config{Listen: c.EmulatorsAddr}).Validate(); err != nil {
			return fmt.Errorf("--emulators-listen: %w", err)
		}
	}
	return c.Serve.Validate()
}

// Run makes the demo account unless it is there, and serves if asked.
func (c *demoCommand) Run(ctx context.Context, p *Process) error {
	log, err := observe.NewLogger(p.Err, c.Logging.Options())
	if err != nil {
		return err
	}
	if err := c.generate(ctx, p, log); err != nil {
		return err
	}
	if !c.AndServe {
		return nil
	}
	if len(c.IntegrationNetworks) == 0 {
		c.IntegrationNetworks = []string{"loopback"} // where the emulators are
	}
	a, err := New(ctx, c.Serve, p.Version, log)
	if err != nil {
		return err
	}
	return errors.Join(c.serve(ctx, p, a, log), a.Close())
}

func (c *demoCommand) generate(ctx context.Context, p *Process, log *slog.Logger) error {
	db, err := openMigrated(ctx, &c.Storage, log)
	if err != nil {
		return err
	}
	defer closeQuietly(db, log)
	o, err := c.phonesOutside(ctx, db, log)
	if err != nil {
		return err
	}
	s, err := newServices(ctx, db, "", o, log)
	if err != nil {
		return err
	}
	defer func() { _ = s.recorded.close() }()
	size := demo.Size{Hits: c.Hits, Days: c.Days, Until: db.Clock.Now(), Seed: c.Seed}
	plan, crm, err := demo.SetUp(ctx, demo.Services{Accounts: s.accounts, Sites: s.sites, Goals: s.goals, Deals: s.deals, Reports: s.reports, Phones: s.demoPhones()}, size)
	if core.KindOf(err) == core.KindConflict {
		return c.print(p, "The demo account is there already: "+demo.Email+" / "+demo.Password, map[string]any{"email": demo.Email, "created": false})
	}
	if err != nil {
		return err
	}
	counts, err := c.load(ctx, db, s, plan, crm, log)
	if err != nil {
		return fmt.Errorf("making the history: %w", err)
	}
	text := fmt.Sprintf("Made %d visitors, %d sessions, %d hits, %d communications, %d of them calls, %d contacts and %d deals, %d of them won. Sign in as %s with the password %s",
		counts.Visitors, counts.Sessions, counts.Hits, counts.Communications, counts.Calls, counts.Contacts, counts.Deals, counts.Won, demo.Email, demo.Password)
	return c.print(p, text, map[string]any{"account_id": plan.AccountID.String(), "email": demo.Email, "created": true, "counts": counts})
}

// load makes the history, links its deals and builds what reports are counted from.
func (c *demoCommand) load(ctx context.Context, db *store.DB, s *services, plan demo.Plan, crm core.CRMID, log *slog.Logger) (demo.Counts, error) {
	lastTold := time.Now()
	target := demo.Target{History: db, Deals: demo.ServiceLoader{Deals: s.deals, CRM: crm}, Calls: db, Files: s.recorded.files}
	counts, err := demo.Generate(ctx, plan, target, func(now demo.Counts) {
		if time.Since(lastTold) > 5*time.Second {
			lastTold = time.Now()
			log.InfoContext(ctx, "making history", "hits", now.Hits, "of", c.Hits, "deals", now.Deals)
		}
	})
	if err != nil {
		return counts, err
	}
	if counts.Hits > manyHits {
		log.InfoContext(ctx, "linking deals", "deals", counts.Deals)
	}
	if err := s.linker.LinkAll(ctx, plan.AccountID); err != nil {
		return counts, fmt.Errorf("linking deals: %w", err)
	}
	checker := reports.NewChecker(s.segments)
	first, last, err := checker.Days(ctx, plan.AccountID)
	if err == nil {
		_, err = checker.Rebuild(ctx, plan.AccountID, first, last)
	}
	if err != nil {
		return counts, fmt.Errorf("building what reports are counted from: %w", err)
	}
	return counts, nil
}

// manyHits is from how many hits on the steps after loading take long enough to be told of.
const manyHits = 1_000_000

// serve runs the server, and beside it the demo site and the emulators.
func (c *demoCommand) serve(ctx context.Context, p *Process, a *App, log *slog.Logger) error {
	key, err := a.pageSiteKey(ctx)
	if err != nil {
		return err
	}
	pages := &demo.PageSite{SiteKey: key, Server: a.URL, Client: &http.Client{Timeout: 10 * time.Second}, Log: log}
	handler, err := pages.Handler()
	if err != nil {
		return err
	}
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", c.SiteAddr)
	if err != nil {
		return fmt.Errorf("listening on %s (--site-listen): %w", c.SiteAddr, err)
	}
	_, _ = fmt.Fprintf(p.Out, "\n  cabinet    %s  (%s / %s)\n  demo site  %s\n", a.URL, demo.Email, demo.Password, asLocalhost(ln.Addr().String()))
	all, ctx := errgroup.WithContext(ctx)
	if emulators := c.startEmulators(ctx, log); emulators != nil {
		_, _ = fmt.Fprintf(p.Out, "  emulators  %s\n", asLocalhost(strings.TrimPrefix(emulators.Control(), "http://")))
		all.Go(emulators.Wait)
		if err := a.connectPhones(ctx, emulators); err != nil {
			log.WarnContext(ctx, "the simulated provider is not connected", "error", err)
		} else {
			_, _ = fmt.Fprintf(p.Out, "  phones     %s  (call %s: the card appears in the cabinet)\n", asLocalhost(strings.TrimPrefix(emulators.URL(phonesKind), "http://")), demo.PageNumbers()[0])
		}
	}
	_, _ = fmt.Fprintln(p.Out)
	all.Go(func() error { return a.Run(ctx) })
	all.Go(func() error { return httpserver.Run(ctx, ln, httpserver.New(handler, log), time.Second) })
	return all.Wait()
}

// startEmulators returns the emulators, or nil if they are turned off or can't run: the demo can do without.
func (c *demoCommand) startEmulators(ctx context.Context, log *slog.Logger) *stand.Running {
	if c.EmulatorsAddr == "" {
		return nil
	}
	emulators, err := stand.Start(ctx, stand.Config{Listen: c.EmulatorsAddr, Log: log})
	if err != nil {
		log.WarnContext(ctx, "no emulators; name another address with --emulators-listen", "error", err)
		return nil
	}
	return emulators
}

// asLocalhost is the address of a port on this machine as people like to read it.
func asLocalhost(address string) string {
	host, port, _ := net.SplitHostPort(address)
	if addr, err := netip.ParseAddr(host); err == nil && addr.IsLoopback() && host != "127.0.0.1" {
		return "http://" + address // the name leads elsewhere
	}
	return "http://localhost:" + port
}

func (a *App) pageSiteKey(ctx context.Context) (string, error) {
	owner, err := a.db.Accounts().CredentialsByEmail(ctx, demo.Email)
	if err != nil {
		return "", fmt.Errorf("looking the demo account up: %w", err)
	}
	all, err := a.services.sites.List(ctx, owner.User.AccountID)
	if err != nil {
		return "", err
	}
	for _, s := range all {
		if s.Name == demo.PageSiteName {
			return s.SiteKey, nil
		}
	}
	return "", core.NotFound("the demo account's site " + demo.PageSiteName)
}
