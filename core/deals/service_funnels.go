package deals

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/skvoz/skvoz/core"
)

// MaxOpenStages is how many stages in process a funnel may have.
const MaxOpenStages = 100

// Funnels returns funnels with their stages in order; crm 0 = of all CRMs.
func (s *Service) Funnels(ctx context.Context, account core.AccountID, crm core.CRMID) ([]Funnel, error) {
	return s.cfg.Store.ReadCRM(account, crm).Funnels(ctx, nil)
}

// ListFunnels returns a part of the funnels of a CRM. Fields: ext_id, name.
func (s *Service) ListFunnels(ctx context.Context, account core.AccountID, crm core.CRMID, r core.ListRequest) (core.Listing[Funnel], error) {
	list, err := s.Funnels(ctx, account, crm)
	return listed(list, err, r, func(f *Funnel, field string) (any, bool) { return identityField(field, f.ExternalID, f.Name) })
}

// CreateFunnel makes a funnel; its deals appear in reports. KindConflict (duplicate_entity) when the CRM has one with this external identifier or
// two stages have the same; KindInvalid for a number of stages or a position that is not allowed.
func (s *Service) CreateFunnel(ctx context.Context, account core.AccountID, crm core.CRMID, in NewFunnel) (Funnel, error) {
	f := in.funnel()
	if err := checkFunnel(f); err != nil {
		return Funnel{}, err
	}
	f.AccountID, f.CRMID, f.CreatedAt = account, crm, s.now()
	err := s.change(ctx, account, crm, func(tx Tx) error {
		same, err := tx.Funnels(ctx, []string{f.ExternalID})
		if err != nil {
			return err
		}
		if len(same) > 0 {
			return duplicate("funnel", "ext_id", f.ExternalID)
		}
		f.ID = core.FunnelID(tx.NewID())
		for i := range f.Stages {
			f.Stages[i].ID, f.Stages[i].FunnelID = core.StageID(tx.NewID()), f.ID
		}
		if err := tx.PutFunnel(ctx, f); err != nil {
			return err
		}
		return tx.PutStages(ctx, f.Stages)
	})
	return f, err
}

func (in NewFunnel) funnel() Funnel {
	f := Funnel{ExternalID: in.ExternalID, Name: in.Name, InReports: true}
	for _, st := range in.InProcess {
		f.Stages = append(f.Stages, Stage{ExternalID: st.ExternalID, Name: st.Name, Status: StageInProcess, Position: st.Position})
	}
	f.Stages = append(f.Stages,
		Stage{ExternalID: in.Success.ExternalID, Name: in.Success.Name, Status: StageSuccess, Position: SuccessPosition},
		Stage{ExternalID: in.Failed.ExternalID, Name: in.Failed.Name, Status: StageFailed, Position: FailedPosition})
	slices.SortStableFunc(f.Stages, func(a, b Stage) int { return cmp.Compare(a.Position, b.Position) })
	return f
}

// checkFunnel sees the stages in process in the order of their positions; paths of faults name them by that order.
func checkFunnel(f Funnel) error {
	var c checks
	c.identity(f.ExternalID, f.Name)
	open, seen := 0, map[string]bool{}
	for _, st := range f.Stages {
		c.at = "stages." + string(st.Status) + "."
		if st.Status == StageInProcess {
			c.at = fmt.Sprintf("stages.in_process.%d.", open)
			open++
			c.position("order", st.Position)
		}
		c.identity(st.ExternalID, st.Name)
		if seen[st.ExternalID] {
			c.fail(duplicate("stage", c.at+"ext_id", st.ExternalID))
		}
		seen[st.ExternalID] = true
	}
	c.at = ""
	c.openStages(open)
	return c.err
}

func (c *checks) openStages(n int) {
	if n == 0 {
		c.fail(required("stages.in_process"))
	}
	if n > MaxOpenStages {
		c.fail(core.Invalid("stages.in_process", reasonTooMany, "a funnel has at most %d stages in process", MaxOpenStages).WithValue(n))
	}
}

func (c *checks) position(field string, n int) {
	c.that(n >= 0 && n <= MaxStagePosition, field, n, "the order of a stage is a number from 0 to %d", MaxStagePosition)
}

// RenameFunnel gives a funnel another name.
func (s *Service) RenameFunnel(ctx context.Context, account core.AccountID, crm core.CRMID, externalID, name string) error {
	var c checks
	c.identity(externalID, name)
	if c.err != nil {
		return c.err
	}
	return s.change(ctx, account, crm, func(tx Tx) error {
		f, err := funnelOf(ctx, tx, "ext_id", externalID)
		if err != nil {
			return err
		}
		f.Name = name
		return tx.PutFunnel(ctx, f)
	})
}

func funnelOf(ctx context.Context, tx Tx, field, externalID string) (Funnel, error) {
	list, err := tx.Funnels(ctx, []string{externalID})
	if err != nil {
		return Funnel{}, err
	}
	if len(list) == 0 {
		return Funnel{}, missing("funnel", field, externalID)
	}
	return list[0], nil
}

// DeleteFunnel deletes a funnel. KindConflict (dependency_error) while a deal is in it, or was.
func (s *Service) DeleteFunnel(ctx context.Context, account core.AccountID, crm core.CRMID, externalID string) error {
	return s.change(ctx, account, crm, func(tx Tx) error {
		f, err := funnelOf(ctx, tx, "ext_id", externalID)
		if err != nil {
			return err
		}
		return deleteUnused(ctx, tx, PartFunnel, int64(f.ID), externalID)
	})
}

// deleteUnused deletes a row unless deals or leads use it.
func deleteUnused(ctx context.Context, tx Tx, part Part, id int64, externalID any) error {
	used, err := tx.IsUsed(ctx, part, id)
	if err != nil {
		return err
	}
	if used {
		return dependent(fmt.Sprintf("deals or leads use the %s %v", part, externalID), "ext_id", externalID)
	}
	return tx.Delete(ctx, part, id)
}

// SetReportFunnels makes exactly these funnels of the CRM appear in reports. KindNotFound when one of them is not the CRM's.
func (s *Service) SetReportFunnels(ctx context.Context, account core.AccountID, crm core.CRMID, shown []core.FunnelID) error {
	return s.change(ctx, account, crm, func(tx Tx) error {
		all, err := tx.Funnels(ctx, nil)
		if err != nil {
			return err
		}
		for _, id := range shown {
			if !slices.ContainsFunc(all, func(f Funnel) bool { return f.ID == id }) {
				return missing("funnel", "funnel_ids", int64(id))
			}
		}
		for _, f := range all {
			if is := slices.Contains(shown, f.ID); is != f.InReports {
				f.InReports = is
				if err := tx.PutFunnel(ctx, f); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// CreateStage adds a stage in process to a funnel.
func (s *Service) CreateStage(ctx context.Context, account core.AccountID, crm core.CRMID, funnelExternalID string, in NewStage) (Stage, error) {
	st := Stage{ExternalID: in.ExternalID, Name: in.Name, Status: StageInProcess, Position: in.Position}
	var c checks
	c.identity(in.ExternalID, in.Name)
	c.position("order", in.Position)
	if c.err != nil {
		return Stage{}, c.err
	}
	err := s.change(ctx, account, crm, func(tx Tx) error {
		f, err := funnelOf(ctx, tx, "sales_funnel_ext_id", funnelExternalID)
		if err != nil {
			return err
		}
		if err := checkNewStage(f, st); err != nil {
			return err
		}
		st.ID, st.FunnelID = core.StageID(tx.NewID()), f.ID
		return tx.PutStages(ctx, []Stage{st})
	})
	return st, err
}

func checkNewStage(f Funnel, st Stage) error {
	if _, err := stageOf(f, st.ExternalID); err == nil {
		return duplicate("stage", "ext_id", st.ExternalID)
	}
	var c checks
	c.openStages(f.openStages() + 1)
	return c.err
}

func (f Funnel) openStages() int {
	n := 0
	for _, st := range f.Stages {
		if st.Status == StageInProcess {
			n++
		}
	}
	return n
}

func stageOf(f Funnel, externalID string) (Stage, error) {
	i := slices.IndexFunc(f.Stages, func(st Stage) bool { return st.ExternalID == externalID })
	if i < 0 {
		return Stage{}, missing("stage", "ext_id", externalID)
	}
	return f.Stages[i], nil
}

func changedStage(ctx context.Context, tx Tx, funnelExternalID, externalID string) (Funnel, Stage, error) {
	f, err := funnelOf(ctx, tx, "sales_funnel_ext_id", funnelExternalID)
	if err != nil {
		return Funnel{}, Stage{}, err
	}
	st, err := stageOf(f, externalID)
	return f, st, err
}

// UpdateStage changes a stage; what is not set stays. The position of a closing stage can't be changed (forbidden).
func (s *Service) UpdateStage(ctx context.Context, account core.AccountID, crm core.CRMID, funnelExternalID, externalID string, p StagePatch) error {
	return s.change(ctx, account, crm, func(tx Tx) error {
		_, st, err := changedStage(ctx, tx, funnelExternalID, externalID)
		if err != nil {
			return err
		}
		if err := p.change(&st); err != nil {
			return err
		}
		return tx.PutStages(ctx, []Stage{st})
	})
}

func (p StagePatch) change(st *Stage) error {
	if p.Position.Set && st.Status != StageInProcess && p.Position.Value != st.Position {
		return closingStage("order", p.Position.Value)
	}
	st.Name, st.Position = p.Name.Or(st.Name), p.Position.Or(st.Position)
	var c checks
	c.needed("name", st.Name, maxName)
	if st.Status == StageInProcess {
		c.position("order", st.Position)
	}
	return c.err
}

func closingStage(field string, value any) error {
	return core.E(core.KindForbidden, "this stage closes deals; it can't be moved or deleted").WithReason(reasonForbidden).WithField(field).WithValue(value)
}

// DeleteStage deletes a stage in process. KindConflict (dependency_error) while a deal is in it, or was, and when it is the last one of its funnel;
// KindForbidden for the stages that close deals.
func (s *Service) DeleteStage(ctx context.Context, account core.AccountID, crm core.CRMID, funnelExternalID, externalID string) error {
	return s.change(ctx, account, crm, func(tx Tx) error {
		f, st, err := changedStage(ctx, tx, funnelExternalID, externalID)
		if err != nil {
			return err
		}
		if st.Status != StageInProcess {
			return closingStage("ext_id", externalID)
		}
		if f.openStages() == 1 {
			return dependent("a funnel needs at least one stage in process", "ext_id", externalID)
		}
		return deleteUnused(ctx, tx, PartStage, int64(st.ID), externalID)
	})
}
