package app

import (
	"log/slog"
	"net/netip"
	"time"

	"github.com/skvoz/skvoz/connectors/registry"
	"github.com/skvoz/skvoz/core/integrations"
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
		Drivers: drivers, Store: kept, Queue: kept, Turns: db.Turns(), Sealer: o.box, Clock: db.Clock, Reader: reader, CRMs: s.deals, Comms: s.comms,
		Sites: s.sites, Goals: s.goals, PublicURL: publicURL, Wake: func() { s.runner.Wake() },
	})
	s.runner = jobs.New(jobs.Config{Queue: kept, Handler: s.integrations, Clock: db.Clock, Log: log})
}
