package integrations

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/skvoz/skvoz/core"
)

var _ Handler = (*Service)(nil)

// Handle does a job. What the vendor refuses for good parks it, what may pass is tried again (Next); a refused key marks the integration as broken, so that
// its jobs wait until a person has connected it again.
func (s *Service) Handle(ctx context.Context, w Work) Outcome {
	now := s.cfg.Clock.Now()
	o, err := s.openFor(ctx, w.AccountID, w.IntegrationID, nil, w.Journal, w.Kind == JobCatchUp || w.Kind == JobCatalogue || w.Kind == JobImport || w.Kind == JobEmployees)
	if o == nil {
		return s.outcome(ctx, w, Policies{}, RemoteRef{}, err)
	}
	var remote RemoteRef
	if err == nil {
		remote, err = s.do(ctx, o, w)
	}
	if again := every(w.Kind, o); again > 0 {
		return s.recur(ctx, o, w, err, now.Add(again))
	}
	if at, ok := later(err); ok {
		return Outcome{State: JobWaiting, RunAt: at, NoAttempt: true}
	}
	if r := (refusedError{}); errors.As(err, &r) {
		return Outcome{State: JobCancelled, Failure: r.failure}
	}
	if w.Kind.isCard() {
		return s.cardOutcome(ctx, w, o.driver.Policies, err)
	}
	out := s.outcome(ctx, w, o.driver.Policies, remote, err)
	if err == nil {
		out.Then = o.then
	}
	return out
}

func (s *Service) do(ctx context.Context, o *opened, w Work) (RemoteRef, error) {
	switch w.Kind {
	case JobDeliver:
		return s.deliver(ctx, o, w)
	case JobHook:
		return RemoteRef{}, s.readHook(ctx, o, w)
	case JobSubscribe:
		return RemoteRef{}, s.subscribe(ctx, o)
	case JobUnsubscribe:
		return RemoteRef{}, unsubscribe(ctx, o)
	case JobEmployees:
		return RemoteRef{}, s.syncEmployees(ctx, o)
	case JobCallPopUp, JobCallHide, JobCallLog, JobCallTask:
		return s.tell(ctx, o, w)
	case JobPull, JobCatchUp, JobCatalogue, JobImport:
		source, ok := o.connector.(DealSource)
		if !ok || o.CRMID == 0 || !o.Settings.On(KeyDealsIn) {
			return RemoteRef{}, nil // switched off since
		}
		if w.Kind == JobPull {
			return RemoteRef{}, s.pull(ctx, o, source, w)
		}
		return RemoteRef{}, s.read(ctx, o, source, w)
	}
	return RemoteRef{}, Fail(FailSettings, fmt.Sprintf("there is no work of the kind %q", w.Kind))
}

// every is how often a job comes again; zero = once, or switched off.
func every(kind JobKind, o *opened) time.Duration {
	reads := o.Settings.On(KeyDealsIn)
	switch {
	case kind == JobCatchUp && reads:
		return o.driver.Policies.CatchUpEvery
	case kind == JobCatalogue && reads:
		return o.driver.Policies.CatalogueEvery
	case kind == JobEmployees && importsEmployees(&o.Integration, &o.driver):
		return employeesEvery
	}
	return 0
}

// recur ends an attempt of a job that comes again, however this one went.
func (s *Service) recur(ctx context.Context, o *opened, w Work, err error, next time.Time) Outcome {
	if err == nil {
		return Outcome{State: JobWaiting, RunAt: next}
	}
	out := s.outcome(ctx, w, o.driver.Policies, RemoteRef{}, err)
	if out.State != JobWaiting || out.RunAt.After(next) {
		out.State, out.RunAt = JobWaiting, next
	}
	return out
}

// outcome says what becomes of a job, and notes with the integration what a person must know.
func (s *Service) outcome(ctx context.Context, w Work, p Policies, remote RemoteRef, err error) Outcome {
	switch {
	case err == nil:
		return Outcome{State: JobDone, Remote: remote}
	case core.KindOf(err) == core.KindNotFound && AsFailure(err).Kind == FailInternal:
		return Outcome{State: JobCancelled, Failure: Fail(FailGone, "what it is about is not there any more")}
	case ctx.Err() != nil: // the server stops, or the claim was lost
		return Outcome{State: JobWaiting, RunAt: s.cfg.Clock.Now(), NoAttempt: true, Remote: remote}
	}
	f := AsFailure(err)
	out := Next(w.Job, f, s.cfg.Clock.Now(), p, rand.Float64)
	out.Remote = remote
	if f.Kind == FailKey || f.Kind == FailUnpaid || f.Kind == FailBanned {
		s.broken(ctx, w, f)
	}
	return out
}

// broken marks an integration as broken. A failure to note it is not what the job is about: the next job meets the same refusal.
func (s *Service) broken(ctx context.Context, w Work, f *Failure) {
	_, _ = s.cfg.Store.ChangeIntegration(ctx, w.AccountID, w.IntegrationID, func(i *Integration) ([]NewJob, error) {
		if i.State == StateActive {
			i.State = StateBroken
		}
		i.Sync.Failure = f
		return nil, nil
	})
}

// pull reads some deals. How it went stands in the journal alone: webhooks come by the hundred, and each would change the same row.
func (s *Service) pull(ctx context.Context, o *opened, source DealSource, w Work) error {
	var p PullPayload
	if err := json.Unmarshal(w.Payload, &p); err != nil {
		return err
	}
	return s.cfg.Reader.Pull(ctx, o.Integration, source, p.Deals)
}

// read does the readings, and keeps with the integration how they went.
func (s *Service) read(ctx context.Context, o *opened, source DealSource, w Work) error {
	if w.Kind == JobCatchUp || w.Kind == JobImport {
		if err := s.noteSync(ctx, o, func(i *Integration) { i.Sync.State = SyncRunning }); err != nil {
			return err
		}
	}
	changed, err := s.reading(ctx, o, source, w)
	now := s.cfg.Clock.Now().Truncate(time.Millisecond)
	if err != nil && ctx.Err() != nil {
		return err
	}
	before := o.Sync.State
	noted := s.noteSync(ctx, o, func(i *Integration) {
		switch {
		case err == nil:
			i.Sync.State, i.Sync.At, i.Sync.Failure = SyncOK, &now, nil
		case AsFailure(err).Kind == FailBusy: // it goes on in a moment, and nobody need do anything
			i.Sync.State = before
		default:
			i.Sync.State, i.Sync.At, i.Sync.Failure = SyncFailed, &now, AsFailure(err)
		}
		if changed != nil {
			changed(i)
		}
	})
	return errors.Join(err, noted)
}

// reading does one reading and returns what of the integration it changes.
func (s *Service) reading(ctx context.Context, o *opened, source DealSource, w Work) (func(*Integration), error) {
	switch w.Kind {
	case JobCatalogue:
		return nil, s.cfg.Reader.Catalogue(ctx, o.Integration, source)
	case JobCatchUp:
		mark, err := s.cfg.Reader.CatchUp(ctx, o.Integration, source, o.Sync.Watermark)
		return func(i *Integration) {
			if mark.After(i.Sync.Watermark) {
				i.Sync.Watermark = mark
			}
		}, err
	default: // JobImport
		return nil, s.importDeals(ctx, o, source)
	}
}

func (s *Service) importDeals(ctx context.Context, o *opened, source DealSource) error {
	if o.Sync.Import == nil {
		return nil
	}
	return s.cfg.Reader.Import(ctx, o.Integration, source, *o.Sync.Import, func(p ImportProgress) error {
		return s.noteSync(ctx, o, func(i *Integration) { i.Sync.Import = &p })
	})
}

func (s *Service) noteSync(ctx context.Context, o *opened, set func(*Integration)) error {
	_, err := s.cfg.Store.ChangeIntegration(ctx, o.AccountID, o.ID, func(i *Integration) ([]NewJob, error) {
		set(i)
		return nil, nil
	})
	return err
}

// subscribe asks for webhooks. A key that can't is no failure: catch-up readings bring the changes then.
func (s *Service) subscribe(ctx context.Context, o *opened) error {
	receiver, ok := o.connector.(HookReceiver)
	if !ok {
		return nil
	}
	err := receiver.Subscribe(ctx)
	if f := AsFailure(err); f != nil && f.Kind == FailRight {
		return nil
	}
	return err
}

func unsubscribe(ctx context.Context, o *opened) error {
	if receiver, ok := o.connector.(HookReceiver); ok && !o.Settings.On(KeyDealsIn) {
		return receiver.Unsubscribe(ctx)
	}
	return nil // reading has been switched on again
}
