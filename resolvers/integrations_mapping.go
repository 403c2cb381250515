package resolvers

import (
	"context"
	"slices"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/integrations"
	"github.com/skvoz/skvoz/graph/model"
)

// ofIntegration reads who asks and which integration is meant.
func ofIntegration(ctx context.Context, id string) (core.AccountID, core.IntegrationID, error) {
	who, err := accounts.Require(ctx)
	if err != nil {
		return 0, 0, err
	}
	number, err := parseID[core.IntegrationID]("id", id)
	return who.AccountID, number, err
}

func integrationPayload(i integrations.Integration, err error) (*model.IntegrationPayload, error) {
	if err != nil {
		return nil, err
	}
	return &model.IntegrationPayload{Integration: &i}, nil
}

func testPayload(t integrations.TestResult, err error) (*model.TestIntegrationPayload, error) {
	if err != nil {
		return nil, err
	}
	return &model.TestIntegrationPayload{Integration: &t.Integration, Account: t.Account, Failure: t.Failure}, nil
}

// settingValues reads values that were sent. A setting that is named without values or pairs is cleared.
func settingValues(list []model.SettingInput) (integrations.Values, error) {
	out := integrations.Values{}
	for _, in := range list {
		if _, twice := out[in.Key]; twice {
			return nil, core.Invalid("settings", "duplicate_setting", "the setting %q is given twice", in.Key)
		}
		out[in.Key] = integrations.Value{List: givenList(in.Values).Value, Pairs: givenList(in.Pairs).Value}
	}
	return out, nil
}

// settings shows the values of an integration, defaults where nothing is set, and of secrets whether they are.
func (r *Resolver) settings(i *integrations.Integration) ([]model.Setting, error) {
	d, err := r.Integrations.Driver(i.Kind)
	if err != nil {
		return nil, err
	}
	values := i.Settings.WithDefaults(d.Settings)
	var out []model.Setting
	for _, f := range d.Settings.Fields() {
		switch f.Type {
		case integrations.FieldNote, integrations.FieldAuthorize:
		case integrations.FieldSecret:
			out = append(out, model.Setting{Key: f.Key, IsSecretSet: slices.Contains(i.SecretKeys, f.Key)})
		default:
			out = append(out, model.Setting{Key: f.Key, Values: values.List(f.Key), Pairs: values.Pairs(f.Key)})
		}
	}
	return out, nil
}

// crmsOf returns the CRM of each integration, nil where it has none.
func (r *Resolver) crmsOf(ctx context.Context, objs []*integrations.Integration) ([]*deals.CRM, error) {
	out := make([]*deals.CRM, len(objs))
	if !slices.ContainsFunc(objs, func(i *integrations.Integration) bool { return i.CRMID != 0 }) {
		return out, nil
	}
	who, err := accounts.Require(ctx)
	if err != nil {
		return nil, err
	}
	all, err := r.Deals.CRMs(ctx, who.AccountID)
	for n, i := range objs {
		for c := range all {
			if all[c].ID == i.CRMID {
				out[n] = &all[c]
			}
		}
	}
	return out, err
}

func (r *Resolver) jobCounts(ctx context.Context, objs []*integrations.Integration) ([]*model.IntegrationJobCounts, error) {
	who, err := accounts.Require(ctx)
	if err != nil {
		return nil, err
	}
	all, err := r.Integrations.Counts(ctx, who.AccountID)
	out := make([]*model.IntegrationJobCounts, len(objs))
	for n, i := range objs {
		c := all[i.ID]
		out[n] = &model.IntegrationJobCounts{
			Waiting: c[integrations.JobWaiting], Running: c[integrations.JobRunning], Done: c[integrations.JobDone], Parked: c[integrations.JobParked],
			Cancelled: c[integrations.JobCancelled],
		}
	}
	return out, err
}

// jobCommunications returns what each job is about, nil where that is no communication or it is gone.
func (r *Resolver) jobCommunications(ctx context.Context, objs []*integrations.Job) ([]*comms.Communication, error) {
	who, err := accounts.Require(ctx)
	if err != nil {
		return nil, err
	}
	var ids []core.CommunicationID
	for _, j := range objs {
		if j.CommunicationID != 0 {
			ids = append(ids, j.CommunicationID)
		}
	}
	out := make([]*comms.Communication, len(objs))
	if len(ids) == 0 {
		return out, nil
	}
	found, err := r.Comms.CommunicationsByID(ctx, who.AccountID, ids)
	byID := make(map[core.CommunicationID]*comms.Communication, len(found))
	for i := range found {
		byID[found[i].ID] = &found[i]
	}
	for n, j := range objs {
		out[n] = byID[j.CommunicationID]
	}
	return out, err
}

func (r *Resolver) jobAttempts(ctx context.Context, objs []*integrations.Job) ([][]integrations.Attempt, error) {
	who, err := accounts.Require(ctx)
	if err != nil {
		return nil, err
	}
	ids := make([]core.JobID, len(objs))
	for n, j := range objs {
		ids[n] = j.ID
	}
	all, err := r.Integrations.Attempts(ctx, who.AccountID, ids)
	out := make([][]integrations.Attempt, len(objs))
	for n, j := range objs {
		out[n] = all[j.ID]
	}
	return out, err
}

func jobFilter(id core.IntegrationID, in *model.IntegrationJobFilter) (integrations.JobFilter, error) {
	f := integrations.JobFilter{IntegrationID: id}
	if in == nil {
		return f, nil
	}
	f.Kinds, f.States = givenList(in.Kinds).Value, givenList(in.States).Value
	var err error
	f.CommunicationID, err = optionalID[core.CommunicationID]("filter.communicationId", given(in.CommunicationID))
	return f, err
}

func jobConnection(p core.Page[integrations.Job], err error) (*model.IntegrationJobConnection, error) {
	if err != nil {
		return nil, err
	}
	return &model.IntegrationJobConnection{Nodes: p.Nodes, PageInfo: pageInfo(p)}, nil
}

func previewModel(p integrations.Preview, err error) (*model.IntegrationPreview, error) {
	if err != nil {
		return nil, err
	}
	out := &model.IntegrationPreview{Communication: p.Communication, DealName: p.Deal.Name, Note: p.Note.Text, Requests: p.Requests}
	for _, f := range p.Deal.Fields {
		out.Fields = append(out.Fields, integrations.Pair{Field: f.ID, Template: f.Value})
	}
	return out, nil
}

// changeJobs reads the input of a mutation over jobs, changes them and shows the integration.
func (r *Resolver) changeJobs(ctx context.Context, integration string, jobs []string, change func(context.Context, core.AccountID, core.IntegrationID, []core.JobID) (int, error)) (*model.IntegrationJobsPayload, error) {
	account, id, err := ofIntegration(ctx, integration)
	if err != nil {
		return nil, err
	}
	ids, err := parseIDs[core.JobID]("ids", jobs)
	if err != nil {
		return nil, err
	}
	n, err := change(ctx, account, id, ids)
	if err != nil {
		return nil, err
	}
	i, err := r.Integrations.Get(ctx, account, id)
	return &model.IntegrationJobsPayload{Count: n, Integration: &i}, err
}

// daysOf is the time from the beginning of one day to the end of another, in the account's zone.
func (r *Resolver) daysOf(ctx context.Context, account core.AccountID, from, to core.Date) (start, end time.Time, err error) {
	a, err := r.Accounts.Account(ctx, account)
	if err != nil {
		return start, end, err
	}
	zone, err := time.LoadLocation(a.Timezone)
	if err != nil {
		return start, end, err
	}
	if to.Number() < from.Number() {
		return start, end, core.Invalid("to", "bad_period", "the period ends before it begins")
	}
	return from.In(zone), to.In(zone).AddDate(0, 0, 1), nil
}
