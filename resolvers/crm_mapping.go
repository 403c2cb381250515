package resolvers

import (
	"context"
	"fmt"
	"slices"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/graph/model"
)

func crmPayload(crm deals.CRM, err error) (*model.CrmPayload, error) {
	if err != nil {
		return nil, err
	}
	return &model.CrmPayload{Crm: &crm}, nil
}

func uploaded(count int, err error) (*model.UploadPayload, error) {
	if err != nil {
		return nil, err
	}
	return &model.UploadPayload{Count: count}, nil
}

// parseIDs reads a list of identifiers; the first wrong one is named by its place.
func parseIDs[T ~int64](field string, texts []string) ([]T, error) {
	out := make([]T, len(texts))
	for i, text := range texts {
		var err error
		if out[i], err = parseID[T](fmt.Sprintf("%s.%d", field, i), text); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// currency returns that of the signed-in account.
func (r *Resolver) currency(ctx context.Context) (string, error) {
	who, err := accounts.Require(ctx)
	if err != nil {
		return "", err
	}
	account, err := r.Accounts.Account(ctx, who.AccountID)
	return account.Currency, err
}

func eachCRM[T any](list []*deals.CRM, of func(*deals.CRM) T) []T {
	out := make([]T, len(list))
	for i, c := range list {
		out[i] = of(c)
	}
	return out
}

// linkingGoals returns the goals of each CRM that still exist, in the order of sites and names.
func (r *Resolver) linkingGoals(ctx context.Context, account core.AccountID, crms []*deals.CRM) ([][]goals.Goal, error) {
	if !slices.ContainsFunc(crms, func(c *deals.CRM) bool { return len(c.GoalIDs) > 0 }) {
		return make([][]goals.Goal, len(crms)), nil
	}
	list, err := r.Sites.List(ctx, account)
	if err != nil {
		return nil, err
	}
	ids := make([]core.SiteID, len(list))
	for i, s := range list {
		ids[i] = s.ID
	}
	bySite, err := r.Goals.List(ctx, account, ids)
	if err != nil {
		return nil, err
	}
	all := slices.Concat(bySite...)
	return eachCRM(crms, func(c *deals.CRM) []goals.Goal {
		return slices.DeleteFunc(slices.Clone(all), func(g goals.Goal) bool { return !slices.Contains(c.GoalIDs, g.ID) })
	}), nil
}

func (r *Resolver) funnelsOf(ctx context.Context, account core.AccountID, crms []*deals.CRM) ([][]deals.Funnel, error) {
	all, err := r.Deals.Funnels(ctx, account, 0)
	if err != nil {
		return nil, err
	}
	return eachCRM(crms, func(c *deals.CRM) []deals.Funnel {
		return slices.DeleteFunc(slices.Clone(all), func(f deals.Funnel) bool { return f.CRMID != c.ID })
	}), nil
}

// crmOf returns the CRM a deal is asked from: the one named, or the only one there is.
func (r *Resolver) crmOf(ctx context.Context, account core.AccountID, id *string) (core.CRMID, error) {
	if id != nil {
		return parseID[core.CRMID]("crmId", *id)
	}
	list, err := r.Deals.CRMs(ctx, account)
	switch {
	case err != nil:
		return 0, err
	case len(list) == 0:
		return 0, core.NotFound("deal")
	case len(list) > 1:
		return 0, core.Invalid("crmId", "required", "the account has several CRMs; say which")
	}
	return list[0].ID, nil
}

func crmPatch(in model.UpdateCrmInput) (deals.CRMPatch, error) {
	p := deals.CRMPatch{
		Name: given(in.Name), Description: given(in.Description), URL: given(in.URL), ConversionModel: given(in.ConversionModel),
		IgnoreOutgoingCalls: given(in.IgnoreOutgoingCalls), IgnoreOutgoingChats: given(in.IgnoreOutgoingChats), Terms: given(in.Terms),
	}
	ids := givenList(in.GoalIds)
	if !ids.Set {
		return p, nil
	}
	list, err := parseIDs[core.GoalID]("goalIds", ids.Value)
	p.GoalIDs = core.Some(list)
	return p, err
}

func newFunnel(in model.CreateFunnelInput) deals.NewFunnel {
	f := deals.NewFunnel{ExternalID: in.ExternalID, Name: in.Name, Success: newStage(*in.Success), Failed: newStage(*in.Failed)}
	for i, s := range in.InProcess {
		stage := newStage(s)
		if !given(s.Position).Set {
			stage.Position = 10 * (i + 1)
		}
		f.InProcess = append(f.InProcess, stage)
	}
	return f
}

func newStage(in model.StageInput) deals.NewStage {
	return deals.NewStage{ExternalID: in.ExternalID, Name: in.Name, Position: given(in.Position).Value}
}

func contactRecords(list []model.DealContactInput) []deals.ContactRecord {
	out := make([]deals.ContactRecord, len(list))
	for i, in := range list {
		out[i] = deals.ContactRecord{
			ExternalID: in.ExternalID, Name: in.Name, CreatedAt: given(in.CreatedAt), Phones: givenList(in.Phones), Emails: givenList(in.Emails),
		}
	}
	return out
}

func employeeRecords(list []model.DealEmployeeInput) []deals.Employee {
	out := make([]deals.Employee, len(list))
	for i, in := range list {
		out[i] = deals.Employee{ExternalID: in.ExternalID, Name: in.Name}
	}
	return out
}

func dealRecords(list []model.DealRecordInput, currency string) ([]deals.DealRecord, error) {
	out := make([]deals.DealRecord, len(list))
	for i, in := range list {
		record, err := dealRecord(in, currency)
		if err != nil {
			e := core.AsError(err)
			return nil, e.WithField(fmt.Sprintf("deals.%d.%s", i, e.Field))
		}
		out[i] = record
	}
	return out, nil
}

func dealRecord(in model.DealRecordInput, currency string) (deals.DealRecord, error) {
	d := deals.DealRecord{
		ExternalID: in.ExternalID, Name: in.Name, CreatedAt: in.CreatedAt, ModifiedAt: given(in.ModifiedAt).Value, StageAt: in.StageAt,
		ContactExternalIDs: givenList(in.ContactExternalIds).Value, MainContactExternalID: given(in.MainContactExternalID).Value,
		EmployeeExternalID: given(in.EmployeeExternalID).Value, LeadExternalID: given(in.LeadExternalID).Value,
		FunnelExternalID: in.FunnelExternalID, StageExternalID: in.StageExternalID, Comments: given(in.Comments).Value,
		Source: given(in.Source).Value, URL: given(in.URL).Value,
	}
	if closed := given(in.ClosedAt); closed.Set {
		d.ClosedAt = &closed.Value
	}
	if text := given(in.Revenue); text.Set {
		amount, err := core.ParseMoney(text.Value, currency)
		if err != nil {
			return d, core.AsError(err).WithField("revenue")
		}
		d.RevenueMinor = &amount.Minor
	}
	id, err := optionalID[core.CommunicationID]("communicationId", given(in.CommunicationID))
	d.Communication = deals.CommunicationRef{ID: id, Kind: given(in.CommunicationKind).Value}
	return d, err
}
