package deals

import (
	"context"

	"github.com/skvoz/skvoz/core"
)

// Catalogue is what the deals of a CRM refer to, the whole of it, in the CRM's order.
type Catalogue struct {
	Funnels   []CatalogueFunnel
	Employees []CatalogueEmployee
	// InReports says whether the deals of a funnel that is new appear in reports; nil = of all. The choice for funnels that are there stays.
	InReports func(externalID string) bool
}

// CatalogueFunnel is a funnel with its stages in order.
type CatalogueFunnel struct {
	ExternalID, Name string
	Stages           []CatalogueStage
}

// CatalogueStage is a stage of a funnel. There may be several that fail, or succeed.
type CatalogueStage struct {
	ExternalID, Name string
	Status           StageStatus
}

// CatalogueEmployee is a user of a CRM.
type CatalogueEmployee struct{ ExternalID, Name string }

// GonePosition is where stages come that their CRM has no more but deals were in: behind the closing ones, so that no deal passes them.
const GonePosition = 20000

// stageStep is how far apart stages in process are, as long as there is room.
const stageStep = 10

// SyncCatalogue brings funnels, stages and employees into the state the CRM has them in. Funnels and stages that are not in the catalogue are deleted
// while no deal is or was in them, else kept, so that what happened stays readable; a catalogue without any funnel deletes none. Employees are never
// deleted: deals of those who left are loaded later, too. Deals take over the status of a stage that has changed its meaning. A catalogue that comes
// again changes nothing. KindNotFound when the account has no such CRM.
func (s *Service) SyncCatalogue(ctx context.Context, account core.AccountID, crm core.CRMID, c Catalogue) error {
	return s.cfg.Store.ChangeCRM(ctx, account, crm, func(tx Tx) error {
		y := &catalogueSync{tx: tx, account: account, crm: crm, now: s.now, inReports: c.InReports}
		if err := y.funnels(ctx, c.Funnels); err != nil {
			return err
		}
		return y.employees(ctx, c.Employees)
	})
}
