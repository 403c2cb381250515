package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"syscall"
	"time"
	_ "time/tzdata" // machines without zone files know the zones, too

	"golang.org/x/sync/errgroup"

	"github.com/skvoz/skvoz/core/visits"
	"github.com/skvoz/skvoz/internal/config"
	"github.com/skvoz/skvoz/internal/gcpace"
	"github.com/skvoz/skvoz/internal/geoip"
	"github.com/skvoz/skvoz/internal/httpserver"
	"github.com/skvoz/skvoz/internal/observe"
	"github.com/skvoz/skvoz/internal/useragent"
	"github.com/skvoz/skvoz/jobs"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/tracker"
)

// App is a server ready to run. Make it with New, let it work with Run, end it by ending Run's context, and free it with Close.
type App struct {
	// URL is where browsers reach it, without a trailing slash.
	URL string

	cfg      config.Serve
	log      *slog.Logger
	metrics  *observe.Metrics
	db       *store.DB
	services *services
	ingest   *store.Ingest
	ingester *visits.Ingester
	tracker  *tracker.Server
	agents   *useragent.Parser

	classifier *visits.Classifier
	geo        *geoip.Database
	proxies    *httpserver.Proxies

	public net.Listener
	admin  net.Listener
	server *http.Server
	// streaming ends when the server stops, and with it the connections that would stay open for hours.
	streaming  context.Context //nolint:containedctx // the life of the server, not of a call
	endStreams context.CancelFunc
}

// New opens the database, migrates it, wires the parts and starts listening; nothing is answered before Run. On an error nothing stays open.
func New(ctx context.Context, cfg config.Serve, version string, log *slog.Logger) (*App, error) {
	a := &App{cfg: cfg, log: log, metrics: observe.NewMetrics(version)}
	a.streaming, a.endStreams = context.WithCancel(context.WithoutCancel(ctx))
	if err := a.open(ctx, version); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

func (a *App) open(ctx context.Context, version string) error {
	networks, err := a.cfg.Proxies()
	if err != nil {
		return err
	}
	a.proxies = httpserver.NewProxies(networks)
	if a.db, err = openMigrated(ctx, &a.cfg.Storage, a.log); err != nil {
		return err
	}
	if err := a.listen(ctx); err != nil {
		return err
	}
	if err := a.openServices(ctx); err != nil {
		return err
	}
	if err := a.services.directory.Refresh(ctx); err != nil {
		return fmt.Errorf("reading the sites: %w", err)
	}
	if err := a.db.PrepareHits(ctx); err != nil {
		return err
	}
	if err := a.db.DeferSessions(ctx); err != nil {
		return err
	}
	if a.cfg.GeoIP != "" {
		if a.geo, err = geoip.Open(a.cfg.GeoIP, geoip.Options{Language: "ru"}); err != nil {
			return fmt.Errorf("--geoip: %w", err)
		}
	}
	a.classifier, a.agents = visits.NewClassifier(), useragent.New(userAgentCache)
	if err := a.openTracker(); err != nil {
		return err
	}
	handler, err := a.handler(version)
	if err != nil {
		return err
	}
	a.server = httpserver.New(handler, a.log)
	a.server.RegisterOnShutdown(a.endStreams)
	return nil
}

func (a *App) openServices(ctx context.Context) (err error) {
	o := outside{lease: a.cfg.IntegrationLease, hurry: a.cfg.IntegrationHurry, observe: jobs.NewMetrics(a.metrics).Observe}
	if o.networks, err = a.cfg.Integrations(); err != nil {
		return err
	}
	if o.box, err = openBox(ctx, a.db, &a.cfg.Storage); err != nil {
		return err
	}
	if o.files, err = openFiles(ctx, &a.cfg, a.log); err != nil {
		return err
	}
	if err := a.freeCrashed(ctx, o.box); err != nil {
		return err
	}
	a.services, err = newServices(ctx, a.db, a.URL, o, a.log)
	return err
}

// listen takes the ports, so that one that is taken fails the start, and so that tests may ask for port 0.
func (a *App) listen(ctx context.Context) error {
	var lc net.ListenConfig
	var err error
	if a.public, err = lc.Listen(ctx, "tcp", a.cfg.Listen); err != nil {
		return fmt.Errorf("listening on %s: %w", a.cfg.Listen, err)
	}
	if err := a.listenAdmin(ctx, &lc); err != nil {
		return err
	}
	if a.cfg.PublicURL == "" { // port 0 is known only now
		_, port, _ := net.SplitHostPort(a.public.Addr().String())
		a.URL = "http://" + net.JoinHostPort("localhost", port)
		return nil
	}
	public, err := a.cfg.Public()
	if err != nil {
		return err
	}
	a.URL = public.String()
	return nil
}

// listenAdmin takes the admin port. That the default one is taken, by another server on this machine say, is no reason not to start.
func (a *App) listenAdmin(ctx context.Context, lc *net.ListenConfig) (err error) {
	if a.cfg.AdminListen == "" {
		return nil
	}
	a.admin, err = lc.Listen(ctx, "tcp", a.cfg.AdminListen)
	switch {
	case err == nil:
		return nil
	case a.cfg.AdminListen == config.DefaultAdminListen && errors.Is(err, syscall.EADDRINUSE):
		a.admin = nil
		a.log.WarnContext(ctx, "no admin port: the default one is taken; name another with --admin-listen", "address", a.cfg.AdminListen)
		return nil
	default:
		return fmt.Errorf("listening on %s (--admin-listen): %w", a.cfg.AdminListen, err)
	}
}

// Addr is the address the server listens on.
func (a *App) Addr() net.Addr { return a.public.Addr() }

// Run serves until ctx ends, then finishes what is in progress: first requests, then what waits for the disk. It returns nil after a clean end.
func (a *App) Run(ctx context.Context) error {
	if err := a.greet(ctx); err != nil {
		return err
	}
	background, stopBackground := context.WithCancel(context.WithoutCancel(ctx))
	defer stopBackground()
	written := make(chan struct{})
	go func() { defer close(written); a.ingester.Run(background) }()
	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() error { return a.services.directory.Run(ctx) })
	work.Go(func() error { return a.maintain(ctx) })
	work.Go(func() error { gcpace.Run(ctx); return nil })
	work.Go(func() error { return a.db.RunCheckpoints(ctx) })
	work.Go(func() error { a.services.linker.Run(ctx); return nil })
	work.Go(func() error { a.services.runner.Run(ctx); return nil })
	a.services.telephones.run(ctx, work)
	a.services.recorded.run(ctx, work)
	a.runLeading(ctx, work)
	work.Go(func() error { return httpserver.Run(ctx, a.public, a.server, a.cfg.ShutdownTimeout) })
	if a.admin != nil {
		work.Go(func() error {
			return httpserver.Run(ctx, a.admin, httpserver.New(a.adminHandler(), a.log), time.Second)
		})
	}
	err := work.Wait()
	a.ingester.Close()
	<-written
	if errors.Is(err, context.Canceled) {
		err = nil
	}
	err = errors.Join(err, a.ingest.Finish(background))
	a.log.InfoContext(background, "stopped")
	return err
}

// greet says where the server is, and how to sign in while there is no account.
func (a *App) greet(ctx context.Context) error {
	a.log.InfoContext(ctx, "listening", "address", a.public.Addr().String(), "url", a.URL, "database", string(a.db.Engine))
	token, needed, err := a.services.accounts.EnsureSetupToken(ctx)
	if err != nil {
		return err
	}
	if needed {
		a.log.InfoContext(ctx, "no account yet: open the link to set up the first one", "link", a.services.accounts.SetupURL(token))
		return nil
	}
	a.log.InfoContext(ctx, "sign in", "link", a.URL+"/sign-in")
	return nil
}

// Close frees what New took. It is to be called after Run has ended, and may be called without Run.
func (a *App) Close() error {
	a.endStreams()
	var errs []error
	for _, ln := range []net.Listener{a.public, a.admin} {
		if ln != nil {
			if err := ln.Close(); !errors.Is(err, net.ErrClosed) {
				errs = append(errs, err)
			}
		}
	}
	if a.services != nil {
		errs = append(errs, a.services.segments.Close())
		errs = append(errs, a.services.recorded.close())
	}
	if a.db != nil {
		errs = append(errs, a.db.Close())
	}
	return errors.Join(errs...)
}
