package integrations

import (
	"context"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/core/sites"
	"github.com/skvoz/skvoz/core/visits"
)

// Jobs returns a page of the journal of an integration, newest first.
func (s *Service) Jobs(ctx context.Context, account core.AccountID, f JobFilter, page core.PageRequest) (core.Page[Job], error) {
	if _, err := s.Get(ctx, account, f.IntegrationID); err != nil {
		return core.Page[Job]{}, err
	}
	return s.cfg.Store.Jobs(ctx, account, f, page)
}

// Job returns one job; KindNotFound.
func (s *Service) Job(ctx context.Context, account core.AccountID, id core.JobID) (Job, error) {
	return s.cfg.Store.Job(ctx, account, id)
}

// Attempts returns the attempts of jobs, oldest first.
func (s *Service) Attempts(ctx context.Context, account core.AccountID, ids []core.JobID) (map[core.JobID][]Attempt, error) {
	return s.cfg.Store.Attempts(ctx, account, ids)
}

// Retry lets jobs of an integration run again at once: those named, or all that are parked. It returns how many.
func (s *Service) Retry(ctx context.Context, account core.AccountID, id core.IntegrationID, ids []core.JobID) (int, error) {
	n, err := s.changeJobs(ctx, account, id, ids, s.cfg.Store.Retry)
	s.wake()
	return n, err
}

// Cancel takes back jobs of an integration that wait or are parked: those named, or all that are parked. It returns how many.
func (s *Service) Cancel(ctx context.Context, account core.AccountID, id core.IntegrationID, ids []core.JobID) (int, error) {
	return s.changeJobs(ctx, account, id, ids, s.cfg.Store.Cancel)
}

func (s *Service) changeJobs(ctx context.Context, account core.AccountID, id core.IntegrationID, ids []core.JobID, change func(context.Context, core.AccountID, JobFilter) (int, error)) (int, error) {
	if _, err := s.Get(ctx, account, id); err != nil {
		return 0, err
	}
	f := JobFilter{IntegrationID: id, IDs: ids}
	if len(ids) == 0 { // an empty list would choose none
		f.IDs, f.States = nil, []JobState{JobParked}
	}
	return change(ctx, account, f)
}

// Reconcile compares the deals created in a period here and at the system.
func (s *Service) Reconcile(ctx context.Context, account core.AccountID, id core.IntegrationID, from, to time.Time) (CheckReport, error) {
	o, err := s.open(ctx, account, id, nil)
	if o == nil {
		return CheckReport{}, err
	}
	if err != nil {
		return CheckReport{}, told(err)
	}
	source, ok := o.connector.(DealSource)
	if !ok || o.CRMID == 0 {
		return CheckReport{}, core.E(core.KindConflict, "no deals are read from this system").WithReason("no_deals")
	}
	report, err := s.cfg.Reader.Check(ctx, o.Integration, source, from, to)
	return report, told(err)
}

// Preview is what would be sent.
type Preview struct {
	// Communication is nil when it was worked out for a made-up visitor.
	Communication *comms.Communication
	Deal          NewDeal
	Note          NewNote
	Requests      []Exchange
}

// Preview works out what would be sent for a communication, the newest one of a chosen goal when id is zero, or a made-up one when there is none;
// nothing is sent. Edits lie on top of the stored settings.
func (s *Service) Preview(ctx context.Context, account core.AccountID, id core.IntegrationID, communication core.CommunicationID, edits Values) (Preview, error) {
	o, err := s.open(ctx, account, id, edits)
	if o == nil {
		return Preview{}, err
	}
	if err != nil {
		return Preview{}, told(err)
	}
	desk, ok := o.connector.(DealDesk)
	if !ok {
		return Preview{}, core.E(core.KindConflict, "this system takes no deals").WithReason("no_deals")
	}
	subject, isReal, err := s.previewSubject(ctx, o, communication)
	if err != nil {
		return Preview{}, err
	}
	key := "skvoz-" + o.ID.String() + "-" + subject.Communication.ID.String()
	out := Preview{Deal: newDeal(o.Settings, subject, personOf(&subject, o.Settings), key, "", s.cfg.Clock.Now())}
	out.Note = newNote(o.Settings, subject, key, "", false)
	if isReal {
		out.Communication = &subject.Communication
	}
	if p, ok := o.connector.(Preparer); ok {
		if err := p.Prepare(ctx); err != nil {
			return Preview{}, told(err)
		}
	}
	out.Requests, err = previewed(desk, out.Deal, out.Note)
	return out, told(err)
}

// previewed are the requests of a delivery to somebody the vendor does not know yet.
func previewed(desk DealDesk, d NewDeal, n NewNote) ([]Exchange, error) {
	rest, err := desk.Preview(d, n)
	contacts, ok := desk.(ContactPreviewer)
	if err != nil || !ok || desk.UsesInbox() {
		return rest, err
	}
	first, err := contacts.PreviewContact(NewContact{Person: d.Person, Responsible: d.Responsible, Key: d.Key})
	return append([]Exchange{first}, rest...), err
}

func (s *Service) previewSubject(ctx context.Context, o *opened, id core.CommunicationID) (Subject, bool, error) {
	if id != 0 {
		goal, _ := core.ParseID[core.GoalID](o.Settings.Text(KeyGoals)) // for a communication that is not a goal's itself
		subject, err := s.subject(ctx, o.AccountID, id, 0)
		if err == nil && subject.Goal.Name == "" && goal != 0 {
			subject.Goal, err = s.anyGoal(ctx, o.AccountID, goal)
		}
		return subject, true, err
	}
	for _, text := range o.Settings.List(KeyGoals) {
		goal, err := core.ParseID[core.GoalID](text)
		if err != nil {
			continue
		}
		page, err := s.cfg.Comms.Communications(ctx, o.AccountID, comms.CommunicationQuery{GoalID: goal}, core.PageRequest{First: 1})
		if err != nil {
			return Subject{}, false, err
		}
		if len(page.Nodes) > 0 {
			subject, err := s.subject(ctx, o.AccountID, page.Nodes[0].ID, goal)
			return subject, true, err
		}
	}
	return s.madeUp(), false, nil
}

// anyGoal names a goal of any site.
func (s *Service) anyGoal(ctx context.Context, account core.AccountID, goal core.GoalID) (goals.Ref, error) {
	all, err := s.cfg.Sites.List(ctx, account)
	if err != nil {
		return goals.Ref{}, err
	}
	for i := range all {
		if ref, err := s.goalRef(ctx, account, all[i].ID, goal); err != nil || ref.Name != "" {
			return ref, err
		}
	}
	return goals.Ref{ID: goal}, nil
}

// madeUp is a subject made of the examples of the variables.
func (s *Service) madeUp() Subject {
	examples := map[string]string{}
	for _, v := range Variables() {
		examples[v.Name] = v.Example
	}
	return Subject{
		Communication: comms.Communication{
			ID: 771829364510, Kind: comms.KindGoal, At: s.cfg.Clock.Now(), Name: examples["name"], Phone: core.Phone(examples["phone"]),
			Email: core.Email(examples["email"]), VisitorID: 4912873645102938, SessionID: 2918273645102931, PageURL: examples["page"], Message: examples["message"],
			Source: &visits.TrafficSource{
				Channel: visits.ChannelPaid, Source: examples["utm_source"], Medium: examples["utm_medium"], Campaign: examples["utm_campaign"],
				Term: examples["utm_term"], Content: examples["utm_content"], Referrer: examples["referrer"],
			},
			Campaign: &sites.Ref{Name: examples["campaign"]},
		},
		Goal: goals.Ref{Name: examples["goal"]}, Site: examples["site"], CardURL: s.cfg.PublicURL + "/visitors/4912873645102938",
	}
}
