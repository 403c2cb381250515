package app

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/skvoz/skvoz/auth"
	"github.com/skvoz/skvoz/core/calltracking"
	"github.com/skvoz/skvoz/core/visits"
	"github.com/skvoz/skvoz/jsapi"
	"github.com/skvoz/skvoz/resolvers"
	"github.com/skvoz/skvoz/sheets"
	"github.com/skvoz/skvoz/tracker"
)

// openTracker makes the door for sites and what stores behind it.
func (a *App) openTracker() (err error) {
	var metrics *tracker.IngestMetrics
	a.ingest = a.db.Ingest()
	a.ingester = visits.NewIngester(visits.IngestConfig{
		Store: a.ingest, IDs: a.services.ids, Clock: a.db.Clock, Log: a.log, Queue: a.cfg.IngestQueue, Wake: a.services.signals.Wake,
		Observe: func(r visits.BatchReport) { metrics.Observe(r) },
	})
	metrics = tracker.NewIngestMetrics(a.metrics, a.ingester.Waiting)
	a.tracker, err = tracker.New(tracker.Config{
		Sites: a.services.directory, Hits: a.ingester, Contacts: a.services.comms, Properties: a.db, Refusals: a.db, Numbers: a.services.assigner,
		Classifier: a.classifier, IDs: a.services.ids, Places: a.geo, Agents: a.agents, ClientIP: a.proxies.ClientIP,
		Region: a.cfg.PhoneRegion, Clock: a.db.Clock, Log: a.log, Metrics: a.metrics, Script: jsapi.FS(),
		Limits: tracker.Limits{PerIP: rate(a.cfg.LimitPerIP, 12), PerSite: rate(a.cfg.LimitPerSite, 10), PerBackEnd: rate(a.cfg.LimitPerBackEnd, 10)},
	})
	return err
}

// rate lets so many requests a second through in the long run, and some seconds' worth at once; 0 = all.
func rate(perSecond int, burstSeconds float64) tracker.Rate {
	if perSecond == 0 {
		return tracker.Rate{PerSecond: -1}
	}
	return tracker.Rate{PerSecond: float64(perSecond), Burst: float64(perSecond) * burstSeconds}
}

// resolvers makes what answers the GraphQL API.
func (a *App) resolvers(version string, sessions *auth.Store) *resolvers.Resolver {
	return &resolvers.Resolver{
		Accounts: a.services.accounts, SignIns: auth.NewSignIns(sessions), Devices: a.agents, Version: version, PublicURL: a.URL,
		Sites: a.services.sites, Goals: a.services.goals, Comms: a.services.comms, Deals: a.services.deals, Reports: a.services.reports,
		Employees: a.services.employees, Integrations: a.services.integrations, Scenarios: a.services.leading.scenarios, ReadPhone: readPhone,
		Connections: a.services.telephones.connections, Calls: a.services.telephones.calls, Live: a.services.leading.live, Commander: a.services.leading.commander,
		Recordings: a.services.recorded.Recordings, Sheets: sheets.Reader{},
		Calltracking: a.services.calltracking,
		Arrivals:     &visits.Previewer{Rules: a.db, Classifier: a.classifier},
		Visits: visits.NewService(visits.ServiceConfig{
			Reader: a.db, Joins: a.db, Reincluder: a.tracker, Clock: a.db.Clock, Signals: a.services.signals,
		}),
	}
}

const (
	geoInterval    = time.Minute
	userAgentCache = 20_000
)

// maintain does what must be done from time to time, until ctx ends: next month's tables, refusals and hits that are old enough, a new city
// database.
func (a *App) maintain(ctx context.Context) error {
	var work errgroup.Group
	work.Go(func() error { visits.Upkeep(ctx, a.db, a.log, nil); return nil })
	work.Go(func() error { a.retain(ctx); return nil })
	work.Go(func() error { calltracking.Nightly(ctx, a.db, a.log, nil); return nil })
	work.Go(func() error {
		a.geo.Watch(ctx, geoInterval, func(err error) {
			if err != nil {
				a.log.WarnContext(ctx, "city database not reloaded", "error", err)
			}
		})
		return nil
	})
	return work.Wait()
}

// retain drops hits that are older than the settings keep them, now and every day.
func (a *App) retain(ctx context.Context) {
	if a.cfg.HitRetentionDays == 0 {
		return
	}
	ticker := time.NewTicker(24 * time.Hour)
	defer ticker.Stop()
	for {
		months, err := a.db.DropHitsBefore(ctx, a.db.Clock.Now().AddDate(0, 0, -a.cfg.HitRetentionDays))
		switch {
		case err != nil && ctx.Err() == nil:
			a.log.ErrorContext(ctx, "dropping old hits", "error", err)
		case months > 0:
			a.log.InfoContext(ctx, "old hits dropped", "months", months)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}
