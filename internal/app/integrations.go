package app

import (
	"context"
	"log/slog"
	"net/netip"
	"time"

	"github.com/skvoz/skvoz/connectors/registry"
	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/integrations"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/internal/filestore"
	"github.com/skvoz/skvoz/internal/httpclient"
	"github.com/skvoz/skvoz/internal/secretbox"
	"github.com/skvoz/skvoz/jobs"
	"github.com/skvoz/skvoz/store"
)

// vendorTimeout bounds one request to a vendor.
const vendorTimeout = 30 * time.Second

// outside is what outside systems are attached with. Commands that have nothing to do with them leave the box out.
type outside struct {
	networks []netip.Prefix
	box      *secretbox.Box
	// files keeps recordings and sounds.
	files filestore.Store
	// lease and hurry are for tests with emulators; zero values leave things as they are.
	lease time.Duration
	hurry int
	// observe is told of each attempt of a job; it may be nil.
	observe func(jobs.Report)
}

// hurried lets requests through so many times faster than their limits: for emulators that are as much faster.
type hurried struct {
	integrations.Turns
	times int
}

// Wait implements integrations.Turns.
func (h hurried) Wait(ctx context.Context, l integrations.Limit) error {
	l.Every /= time.Duration(h.times)
	return h.Turns.Wait(ctx, l)
}

func (o outside) turns(db *store.DB) integrations.Turns {
	if o.hurry > 1 {
		return hurried{db.Turns(), o.hurry}
	}
	return db.Turns()
}

// freeCrashed lets work go on that an earlier server on the same SQLite file was doing when it crashed.
func (a *App) freeCrashed(ctx context.Context, box *secretbox.Box) error {
	n, err := a.db.IntegrationStore(box).FreeCrashed(ctx)
	if n > 0 {
		a.log.InfoContext(ctx, "the last server did not end well; work it was doing goes on", "jobs", n)
	}
	return err
}

// openIntegrations makes what attaches outside systems and does their work.
func (s *services) openIntegrations(db *store.DB, publicURL string, o outside, log *slog.Logger) {
	drivers := registry.Drivers(registry.Deps{
		HTTP:  httpclient.New(httpclient.Options{Timeout: vendorTimeout, MaxBody: 16 << 20, Attempts: 1, AllowNetworks: o.networks}),
		Clock: db.Clock,
	})
	kept := db.IntegrationStore(o.box)
	reader := integrations.NewReader(integrations.ReaderConfig{Drivers: drivers, Deals: s.deals, Sent: kept, Clock: db.Clock})
	s.integrations = integrations.NewService(integrations.Config{
		Drivers: drivers, Store: kept, Queue: kept, Turns: o.turns(db), Sealer: o.box, Clock: db.Clock, Reader: reader, CRMs: s.deals, Comms: s.comms,
		Sites: s.sites, Goals: s.goals, Employees: s.employees, Staff: s.employees, Calls: calls{s}, Caller: caller{s}, PublicURL: publicURL, Wake: func() { s.runner.Wake() },
	})
	s.runner = jobs.New(jobs.Config{Queue: kept, Handler: s.integrations, Clock: db.Clock, Log: log, Lease: o.lease, Observe: o.observe})
}

// caller begins calls; what leads them is made later.
type caller struct{ s *services }

// Start implements integrations.Caller.
func (c caller) Start(ctx context.Context, account core.AccountID, n telephony.NewCall) (telephony.BegunCall, error) {
	return c.s.leading.commander.Start(ctx, account, n)
}

// calls are what outside systems are told of.
type calls struct{ s *services }

// Call implements integrations.Calls.
func (c calls) Call(ctx context.Context, account core.AccountID, id core.CallID) (telephony.Call, error) {
	return c.s.telephones.store.Call(ctx, account, id)
}

// Recordings implements integrations.Calls.
func (c calls) Recordings(ctx context.Context, account core.AccountID, id core.CallID) ([]telephony.Recording, error) {
	return c.s.telephones.store.RecordingsOfCalls(ctx, account, []core.CallID{id})
}

// RecordingURL implements integrations.Calls.
func (c calls) RecordingURL(account core.AccountID, id core.RecordingID) string {
	return c.s.recorded.SignedRecordingURL(account, id)
}
