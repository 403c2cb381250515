package deals

import (
	"context"
	"slices"

	"github.com/skvoz/skvoz/core"
)

func checkLeadStage(st LeadStage) error {
	var c checks
	c.identity(st.ExternalID, st.Name)
	c.that(slices.Contains([]StageStatus{StageInProcess, StageSuccess, StageFailed}, st.Type), "type", string(st.Type), "unknown type of stage %q", st.Type)
	c.that(st.Position >= 0 && st.Position <= FailedPosition, "order", st.Position, "the order of a stage is a number from 0 to %d", FailedPosition)
	return c.err
}

// CreateLeadStage makes a stage of leads. KindConflict (duplicate_entity) when there is one with this external identifier.
func (s *Service) CreateLeadStage(ctx context.Context, account core.AccountID, crm core.CRMID, st LeadStage) (LeadStage, error) {
	if err := checkLeadStage(st); err != nil {
		return LeadStage{}, err
	}
	st.CRMID = crm
	err := s.change(ctx, account, crm, func(tx Tx) error {
		all, err := tx.LeadStages(ctx)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(all, func(x LeadStage) bool { return x.ExternalID == st.ExternalID }) {
			return duplicate("stage", "ext_id", st.ExternalID)
		}
		st.ID = tx.NewID()
		return tx.PutLeadStage(ctx, st)
	})
	return st, err
}

// UpdateLeadStage overwrites the stage with the same identifier.
func (s *Service) UpdateLeadStage(ctx context.Context, account core.AccountID, crm core.CRMID, st LeadStage) error {
	if err := checkLeadStage(st); err != nil {
		return err
	}
	st.CRMID = crm
	return s.change(ctx, account, crm, func(tx Tx) error {
		all, err := tx.LeadStages(ctx)
		if err != nil {
			return err
		}
		found := false
		for _, x := range all {
			found = found || x.ID == st.ID
			if x.ID != st.ID && x.ExternalID == st.ExternalID {
				return duplicate("stage", "ext_id", st.ExternalID)
			}
		}
		if !found {
			return missing("stage", "id", st.ID)
		}
		return tx.PutLeadStage(ctx, st)
	})
}

// DeleteLeadStage deletes a stage of leads. KindConflict (dependency_error) while a lead is in it.
func (s *Service) DeleteLeadStage(ctx context.Context, account core.AccountID, crm core.CRMID, id int64) error {
	return s.change(ctx, account, crm, func(tx Tx) error {
		all, err := tx.LeadStages(ctx)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(all, func(x LeadStage) bool { return x.ID == id }) {
			return missing("stage", "id", id)
		}
		used, err := tx.IsUsed(ctx, PartLeadStage, id)
		if err != nil {
			return err
		}
		if used {
			return dependent("leads are in this stage", "id", id)
		}
		return tx.Delete(ctx, PartLeadStage, id)
	})
}

// DeleteLead deletes a lead; deals that came from it stay and are linked anew.
func (s *Service) DeleteLead(ctx context.Context, account core.AccountID, crm core.CRMID, externalID string) error {
	return s.change(ctx, account, crm, func(tx Tx) error {
		list, err := tx.Leads(ctx, []string{externalID})
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return missing("lead", "ext_id", externalID)
		}
		return tx.DeleteLead(ctx, list[0])
	})
}
