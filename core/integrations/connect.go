package integrations

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/deals"
)

// TestResult is what a test of a connection found.
type TestResult struct {
	Integration Integration
	// Account is set when the test went well, Failure when it did not.
	Account *Account
	Failure *Failure
}

// opened is an integration with its driver and an open connector.
type opened struct {
	Integration
	driver    Driver
	connector Connector
	// then are jobs that are to follow the one being done.
	then []NewJob
}

// session makes what a connector works with; edits lie on top of the stored settings.
func (s *Service) session(i *Integration, d *Driver, edits Values) Session {
	return Session{
		AccountID: i.AccountID, IntegrationID: i.ID, Settings: i.Settings.merged(edits).WithDefaults(d.Settings), Vault: s.vault(i), Turns: s.cfg.Turns,
		Clock: s.cfg.Clock, HookURL: s.HookURL(i),
	}
}

func (s *Service) open(ctx context.Context, account core.AccountID, id core.IntegrationID, edits Values) (*opened, error) {
	return s.openFor(ctx, account, id, edits, nil, false)
}

func (s *Service) openFor(ctx context.Context, account core.AccountID, id core.IntegrationID, edits Values, journal Recorder, inBackground bool) (*opened, error) {
	i, d, err := s.described(ctx, account, id)
	if err != nil {
		return nil, err
	}
	_, plain, err := d.Settings.split(edits)
	if err != nil {
		return nil, err
	}
	session := s.session(&i, &d, plain)
	session.Journal, session.InBackground = journal, inBackground
	i.Settings = session.Settings
	c, err := d.Open(session)
	return &opened{Integration: i, driver: d, connector: c}, err
}

// Test asks the system whether address and key are good. What the system answers is part of the result, not an error.
func (s *Service) Test(ctx context.Context, account core.AccountID, id core.IntegrationID) (TestResult, error) {
	o, err := s.open(ctx, account, id, nil)
	if o == nil {
		return TestResult{}, err
	}
	out := TestResult{Integration: o.Integration}
	var who Account
	if err == nil {
		who, err = o.connector.Test(ctx)
	}
	if err != nil {
		if ctx.Err() != nil {
			return out, ctx.Err()
		}
		out.Failure = AsFailure(err)
		return out, nil
	}
	out.Account = &who
	return out, nil
}

// Options returns the choices of a setting, with edits on top of the stored settings.
func (s *Service) Options(ctx context.Context, account core.AccountID, id core.IntegrationID, key string, edits Values) ([]Option, error) {
	o, err := s.open(ctx, account, id, edits)
	if o == nil {
		return nil, err
	}
	f, ok := o.driver.Settings.Field(key)
	switch {
	case !ok:
		return nil, core.Invalid("key", "unknown_setting", "there is no setting %q", key)
	case f.Source == SourceGoals:
		return s.goalOptions(ctx, account)
	case f.Source == "":
		return f.Options, nil
	case err != nil:
		return nil, told(err)
	}
	lister, ok := o.connector.(Options)
	if !ok {
		return nil, core.Invalid("key", "no_options", "the setting %q has no choices", key)
	}
	list, err := lister.Options(ctx, f.Source, o.Settings)
	return list, told(err)
}

// goalOptions lists the goals of all sites.
func (s *Service) goalOptions(ctx context.Context, account core.AccountID) ([]Option, error) {
	all, err := s.cfg.Sites.List(ctx, account)
	if err != nil {
		return nil, err
	}
	ids := make([]core.SiteID, len(all))
	for i := range all {
		ids[i] = all[i].ID
	}
	lists, err := s.cfg.Goals.List(ctx, account, ids)
	if err != nil {
		return nil, err
	}
	var out []Option
	for i, list := range lists {
		for _, g := range list {
			if g.IsGoal {
				out = append(out, Option{Value: g.ID.String(), Title: g.Name, Group: all[i].Name})
			}
		}
	}
	return out, nil
}

// told makes an error people may be shown of a vendor's failure.
func told(err error) error {
	if err == nil {
		return nil
	}
	f := AsFailure(err)
	kind := core.KindConflict
	switch f.Kind {
	case FailInternal:
		return err
	case FailBusy, FailDown, FailTimeout, FailAnswer:
		kind = core.KindUnavailable
	}
	return core.E(kind, "the system refused or failed: "+f.Error()).WithReason(string(f.Kind)).WithField(f.Field).WithRetryAfter(f.RetryAfter).WithCause(err)
}

// authState is what travels through the vendor's page.
type authState struct {
	Account     core.AccountID     `json:"a"`
	Integration core.IntegrationID `json:"i"`
	Until       int64              `json:"u"`
}

const (
	authContext  = "authorization"
	authLifetime = 30 * time.Minute
)

// StartAuthorization returns the vendor's page a person is to be sent to.
func (s *Service) StartAuthorization(ctx context.Context, account core.AccountID, id core.IntegrationID) (string, error) {
	i, d, err := s.described(ctx, account, id)
	if err != nil {
		return "", err
	}
	if d.Authorize == nil {
		return "", core.Invalid("id", "no_authorization", "this system is connected with a key, not with a button")
	}
	plain, err := json.Marshal(authState{account, id, s.cfg.Clock.Now().Add(authLifetime).Unix()})
	if err != nil {
		return "", err
	}
	state, err := s.cfg.Sealer.Seal(plain, authContext)
	if err != nil {
		return "", err
	}
	url, err := d.Authorize.URL(s.session(&i, &d, nil), state, s.RedirectURL())
	return url, told(err)
}

// FinishAuthorization takes what came back in the query of our page, keeps the tokens and tests them. KindInvalid when the state is none of ours, of
// another account, or too old.
func (s *Service) FinishAuthorization(ctx context.Context, account core.AccountID, query map[string]string) (TestResult, error) {
	plain, err := s.cfg.Sealer.Open(query["state"], authContext)
	var state authState
	if err != nil || json.Unmarshal(plain, &state) != nil || state.Account != account || s.cfg.Clock.Now().Unix() > state.Until {
		return TestResult{}, core.Invalid("query", "bad_state", "this authorization is not the one that was begun here, or it took too long; press the button again")
	}
	i, d, err := s.described(ctx, account, state.Integration)
	if err != nil {
		return TestResult{}, err
	}
	if d.Authorize == nil {
		return TestResult{}, core.Invalid("query", "no_authorization", "this system is connected with a key, not with a button")
	}
	if err := d.Authorize.Finish(ctx, s.session(&i, &d, nil), query, s.RedirectURL()); err != nil {
		return TestResult{Integration: i, Failure: AsFailure(err)}, ctx.Err()
	}
	return s.Test(ctx, account, i.ID)
}

// Activate switches an integration on: settings must be complete and the system must accept us, else KindInvalid or KindConflict says why. The first
// time it asks for webhooks, reads funnels and users and then the deals of the past.
func (s *Service) Activate(ctx context.Context, account core.AccountID, id core.IntegrationID) (Integration, error) {
	tested, err := s.ready(ctx, account, id)
	if err != nil {
		return Integration{}, err
	}
	d, err := s.Driver(tested.Integration.Kind)
	if err != nil {
		return Integration{}, err
	}
	crm, err := s.crmOf(ctx, tested, &d)
	if err != nil {
		return Integration{}, err
	}
	now := s.cfg.Clock.Now().Truncate(time.Millisecond)
	i, err := s.cfg.Store.ChangeIntegration(ctx, account, id, func(i *Integration) ([]NewJob, error) {
		i.State, i.CRMID, i.RemoteID = StateActive, crm, tested.Account.ID
		i.Settings = i.Settings.WithDefaults(d.Settings) // later defaults change nothing of what was switched on
		i.Sync.Failure = nil
		if i.Sync.State == SyncFailed {
			i.Sync.State = SyncNever
		}
		return startJobs(i, &d, now), nil
	})
	if err != nil {
		return i, err
	}
	if err := s.linkGoals(ctx, &i); err != nil {
		return i, err
	}
	return i, s.goOn(ctx, &i)
}

// goOn lets what waits for an integration that works again be done at once.
func (s *Service) goOn(ctx context.Context, i *Integration) error {
	_, err := s.cfg.Store.Retry(ctx, i.AccountID, JobFilter{
		IntegrationID: i.ID, States: []JobState{JobWaiting}, Kinds: []JobKind{JobDeliver, JobHook, JobPull, JobCallLog, JobCallTask},
	})
	s.wake()
	return err
}

// linkGoals lets the goals that make deals link deals with visits, too (GD-3): a deal may be found by the phone of a goal as by that of a call.
func (s *Service) linkGoals(ctx context.Context, i *Integration) error {
	if i.CRMID == 0 || i.State != StateActive {
		return nil
	}
	all, err := s.cfg.CRMs.CRMs(ctx, i.AccountID)
	if err != nil {
		return err
	}
	for _, c := range all {
		if c.ID != i.CRMID {
			continue
		}
		goals := slices.Clone(c.GoalIDs)
		for _, text := range i.Settings.List(KeyGoals) {
			if goal, err := core.ParseID[core.GoalID](text); err == nil && !slices.Contains(goals, goal) {
				goals = append(goals, goal)
			}
		}
		if len(goals) > len(c.GoalIDs) {
			_, err = s.cfg.CRMs.UpdateCRM(ctx, i.AccountID, c.ID, deals.CRMPatch{GoalIDs: core.Some(goals)})
		}
	}
	return err
}

// ready tests a connection whose settings are complete.
func (s *Service) ready(ctx context.Context, account core.AccountID, id core.IntegrationID) (TestResult, error) {
	problems, err := s.Problems(ctx, account, id, "", nil)
	if err != nil {
		return TestResult{}, err
	}
	if len(problems) > 0 {
		return TestResult{}, core.Invalid(problems[0].Key, "bad_setting", "%s", problems[0].Text.EN)
	}
	tested, err := s.Test(ctx, account, id)
	if err == nil && tested.Failure != nil {
		err = told(tested.Failure)
	}
	return tested, err
}

// crmOf returns where the deals of an integration go: the CRM it has, one that the same account at the vendor had before, or a new one; zero when it
// brings no deals.
func (s *Service) crmOf(ctx context.Context, t TestResult, d *Driver) (core.CRMID, error) {
	if d.DealsKind == "" || t.Integration.CRMID != 0 {
		return t.Integration.CRMID, nil
	}
	all, err := s.cfg.CRMs.CRMs(ctx, t.Integration.AccountID)
	if err != nil {
		return 0, err
	}
	for _, c := range all {
		if c.Kind == d.DealsKind && c.URL == t.Account.URL {
			return c.ID, nil
		}
	}
	c, err := s.cfg.CRMs.CreateCRM(ctx, t.Integration.AccountID, deals.NewCRM{
		Kind: d.DealsKind, Name: t.Integration.Name, URL: t.Account.URL, ConversionModel: deals.LastBeforeDeal,
	})
	return c.ID, err
}

// startJobs are the jobs of an integration that is switched on.
func startJobs(i *Integration, d *Driver, now time.Time) []NewJob {
	jobs := startReading(i, d, now)
	if importsEmployees(i, d) {
		jobs = append(jobs, job(i, JobEmployees))
	}
	return jobs
}

// startReading are the jobs that read deals.
func startReading(i *Integration, d *Driver, now time.Time) []NewJob {
	if d.DealsKind == "" || !i.Settings.On(KeyDealsIn) {
		return nil
	}
	if i.Sync.Watermark.IsZero() {
		i.Sync.Watermark = now
	}
	jobs := []NewJob{subscribeJob(i), catalogueJob(i), catchUpJob(i, now.Add(d.Policies.CatchUpEvery))}
	if months := i.Settings.Number(KeyImportMonths); i.Sync.Import == nil && months > 0 {
		i.Sync.Import = &ImportProgress{Months: months, Since: now.AddDate(0, -months, 0), Started: now}
		jobs = append(jobs, importJob(i))
	}
	return jobs
}

// Pause switches an integration off; its work waits.
func (s *Service) Pause(ctx context.Context, account core.AccountID, id core.IntegrationID) (Integration, error) {
	return s.cfg.Store.ChangeIntegration(ctx, account, id, func(i *Integration) ([]NewJob, error) {
		if i.State == StateDraft {
			return nil, core.E(core.KindConflict, "the integration is not switched on yet").WithReason("draft")
		}
		i.State = StatePaused
		return nil, nil
	})
}

// Disconnect detaches a system: it ends the webhooks as far as the system lets it, and deletes keys, settings and journal. Deals stay in reports.
func (s *Service) Disconnect(ctx context.Context, account core.AccountID, id core.IntegrationID) error {
	if o, err := s.open(ctx, account, id, nil); err == nil {
		if receiver, ok := o.connector.(HookReceiver); ok && o.State != StateDraft {
			short, cancel := context.WithTimeout(ctx, 5*time.Second)
			_ = receiver.Unsubscribe(short) // the system may be gone for good: that is no reason to keep it
			cancel()
		}
	} else if o == nil {
		return err
	}
	return s.cfg.Store.DeleteIntegration(ctx, account, id)
}

// SyncNow reads funnels, users and changed deals at once. KindConflict when the integration is not switched on.
func (s *Service) SyncNow(ctx context.Context, account core.AccountID, id core.IntegrationID) (Integration, error) {
	now := s.cfg.Clock.Now()
	return s.enqueueFor(ctx, account, id, func(i *Integration) []NewJob { return []NewJob{catalogueJob(i), catchUpJob(i, now)} })
}

// Import reads the deals of past months anew, 1 to 36.
func (s *Service) Import(ctx context.Context, account core.AccountID, id core.IntegrationID, months int) (Integration, error) {
	if months < 1 || months > 36 {
		return Integration{}, core.Invalid("months", "bad_months", "choose 1 to 36 months")
	}
	now := s.cfg.Clock.Now().Truncate(time.Millisecond)
	return s.enqueueFor(ctx, account, id, func(i *Integration) []NewJob {
		i.Sync.Import = &ImportProgress{Months: months, Since: now.AddDate(0, -months, 0), Started: now}
		return []NewJob{importJob(i)}
	})
}

func (s *Service) enqueueFor(ctx context.Context, account core.AccountID, id core.IntegrationID, jobs func(*Integration) []NewJob) (Integration, error) {
	i, err := s.cfg.Store.ChangeIntegration(ctx, account, id, func(i *Integration) ([]NewJob, error) {
		d, err := s.Driver(i.Kind)
		if err != nil {
			return nil, err
		}
		if i.State != StateActive || d.DealsKind == "" || !i.Settings.WithDefaults(d.Settings).On(KeyDealsIn) {
			return nil, core.E(core.KindConflict, "the integration is not switched on, or reading deals is off").WithReason("not_active")
		}
		return jobs(i), nil
	})
	s.wake()
	return i, err
}

func job(i *Integration, kind JobKind) NewJob {
	return NewJob{AccountID: i.AccountID, IntegrationID: i.ID, Kind: kind, Key: string(kind), Again: true}
}

func subscribeJob(i *Integration) NewJob { return job(i, JobSubscribe) }

func catalogueJob(i *Integration) NewJob { return job(i, JobCatalogue) }

func importJob(i *Integration) NewJob { return job(i, JobImport) }

func catchUpJob(i *Integration, at time.Time) NewJob {
	j := job(i, JobCatchUp)
	j.RunAt = at
	return j
}
