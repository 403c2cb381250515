package deals

import (
	"context"
	"time"

	"github.com/skvoz/skvoz/core"
)

// catalogueSync brings the catalogue of a CRM into its present state.
type catalogueSync struct {
	tx        Tx
	account   core.AccountID
	crm       core.CRMID
	now       func() time.Time
	inReports func(externalID string) bool
}

func (y *catalogueSync) funnels(ctx context.Context, list []CatalogueFunnel) error {
	all, err := y.tx.Funnels(ctx, nil)
	if err != nil {
		return err
	}
	known, named := make(map[string]Funnel, len(all)), map[string]bool{}
	for _, f := range all {
		known[f.ExternalID] = f
	}
	for _, f := range list {
		f.ExternalID = cut(f.ExternalID, maxExternalID)
		stages := f.stages()
		if f.ExternalID == "" || named[f.ExternalID] {
			continue
		}
		named[f.ExternalID] = true
		if len(stages) == 0 { // a funnel without stages can't have deals
			continue
		}
		if err := y.funnel(ctx, known[f.ExternalID], f, stages); err != nil {
			return err
		}
	}
	if len(named) == 0 {
		return nil
	}
	for _, f := range all {
		if !named[f.ExternalID] {
			if _, err := y.deleteIfUnused(ctx, PartFunnel, int64(f.ID)); err != nil {
				return err
			}
		}
	}
	return nil
}

// stages returns the stages of a funnel with their places.
func (f CatalogueFunnel) stages() []Stage {
	var out []Stage
	seen, count := map[string]bool{}, map[StageStatus]int{}
	step := stageStep
	if len(f.Stages) > MaxStagePosition/stageStep {
		step = 1
	}
	for _, in := range f.Stages {
		st := Stage{ExternalID: cut(in.ExternalID, maxExternalID), Status: in.Status}
		if st.ExternalID == "" || seen[st.ExternalID] {
			continue
		}
		seen[st.ExternalID] = true
		st.Name = orIdentifier(cut(in.Name, maxName), st.ExternalID)
		n := count[st.Status]
		switch st.Status {
		case StageSuccess:
			st.Position = min(SuccessPosition+n, FailedPosition-1)
		case StageFailed:
			st.Position = min(FailedPosition+n, GonePosition-1)
		default:
			st.Status, n = StageInProcess, count[StageInProcess]
			st.Position = min((n+1)*step, MaxStagePosition)
		}
		count[st.Status] = n + 1
		out = append(out, st)
	}
	return out
}

// funnel keeps a funnel with its stages; old is the zero value when it is new.
func (y *catalogueSync) funnel(ctx context.Context, old Funnel, in CatalogueFunnel, stages []Stage) error {
	f := old
	f.ExternalID, f.Name = in.ExternalID, orIdentifier(cut(in.Name, maxName), in.ExternalID)
	if old.ID == 0 {
		f.ID, f.AccountID, f.CRMID, f.CreatedAt = core.FunnelID(y.tx.NewID()), y.account, y.crm, y.now()
		f.InReports = y.inReports == nil || y.inReports(in.ExternalID)
	}
	if old.ID == 0 || f.Name != old.Name {
		if err := y.tx.PutFunnel(ctx, f); err != nil {
			return err
		}
	}
	return y.stages(ctx, f, stages)
}

// stages keeps the stages of a funnel. Those that are gone make way first.
func (y *catalogueSync) stages(ctx context.Context, f Funnel, stages []Stage) error {
	known, named := make(map[string]Stage, len(f.Stages)), map[string]bool{}
	for _, st := range f.Stages {
		known[st.ExternalID] = st
	}
	var changed, restated []Stage
	for _, st := range stages {
		named[st.ExternalID] = true
		old := known[st.ExternalID]
		st.ID, st.FunnelID = old.ID, f.ID
		if st == old {
			continue
		}
		if old.ID == 0 {
			st.ID = core.StageID(y.tx.NewID())
		} else if st.Status != old.Status {
			restated = append(restated, st)
		}
		changed = append(changed, st)
	}
	gone, err := y.goneStages(ctx, f.Stages, named)
	if err != nil {
		return err
	}
	if changed = append(changed, gone...); len(changed) > 0 {
		if err := y.tx.PutStages(ctx, changed); err != nil {
			return err
		}
	}
	for _, st := range restated {
		if err := y.tx.RestateDeals(ctx, st); err != nil {
			return err
		}
	}
	return nil
}

// goneStages deletes those stages that are not named and unused, and returns the others that are to be put behind.
func (y *catalogueSync) goneStages(ctx context.Context, stages []Stage, named map[string]bool) (behind []Stage, err error) {
	for i, st := range stages {
		if named[st.ExternalID] {
			continue
		}
		isDeleted, err := y.deleteIfUnused(ctx, PartStage, int64(st.ID))
		if err != nil {
			return nil, err
		}
		if !isDeleted && st.Position < GonePosition {
			st.Position = GonePosition + i
			behind = append(behind, st)
		}
	}
	return behind, nil
}

func (y *catalogueSync) deleteIfUnused(ctx context.Context, part Part, id int64) (isDeleted bool, err error) {
	isUsed, err := y.tx.IsUsed(ctx, part, id)
	if err != nil || isUsed {
		return false, err
	}
	return true, y.tx.Delete(ctx, part, id)
}

func (y *catalogueSync) employees(ctx context.Context, list []CatalogueEmployee) error {
	all, err := y.tx.Employees(ctx, nil)
	if err != nil {
		return err
	}
	known := make(map[string]Employee, len(all))
	for _, e := range all {
		known[e.ExternalID] = e
	}
	for _, in := range list {
		id := cut(in.ExternalID, maxExternalID)
		if id == "" {
			continue
		}
		old := known[id]
		e := Employee{ID: old.ID, CRMID: y.crm, ExternalID: id, Name: orIdentifier(cut(in.Name, maxName), id)}
		if e == old {
			continue
		}
		if e.ID == 0 {
			e.ID = core.DealEmployeeID(y.tx.NewID())
		}
		if err := y.tx.PutEmployee(ctx, e); err != nil {
			return err
		}
		known[id] = e
	}
	return nil
}
