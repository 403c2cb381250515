package integrations

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"time"

	"github.com/skvoz/skvoz/core"
)

// HookContext is what a stored webhook is sealed for: it may bring tokens.
func HookContext(account core.AccountID, id core.IntegrationID) string {
	return fmt.Sprintf("hook/%d/%d", account, id)
}

// HookAddressContext is what the secret part of the address webhooks come to is sealed for.
func HookAddressContext(account core.AccountID, id core.IntegrationID) string {
	return fmt.Sprintf("hook address/%d/%d", account, id)
}

// ReceiveHook keeps a webhook as it came and returns: it is read by a job, so that the vendor has its answer at once. KindNotFound when no integration
// of the kind has the secret.
func (s *Service) ReceiveHook(ctx context.Context, kind Kind, secret string, h Hook) error {
	i, err := s.cfg.Store.IntegrationByHook(ctx, secret)
	if err != nil {
		return err
	}
	if i.Kind != kind {
		return core.NotFound("webhook address")
	}
	plain, err := json.Marshal(h)
	if err != nil {
		return err
	}
	sealed, err := s.cfg.Sealer.Seal(plain, HookContext(i.AccountID, i.ID))
	if err != nil {
		return err
	}
	payload, err := json.Marshal(sealed)
	if err != nil {
		return err
	}
	_, err = s.cfg.Queue.Enqueue(ctx, NewJob{
		AccountID: i.AccountID, IntegrationID: i.ID, Kind: JobHook, Key: "hook:" + rand.Text(), Payload: payload,
	})
	s.wake()
	return err
}

// readHook finds out what a webhook tells and puts the reading of it into the queue. What it tells of our own changes, or tells twice, has been loaded
// already and is not read again.
func (s *Service) readHook(ctx context.Context, o *opened, w Work) error {
	h, err := s.openHook(o, w)
	if err != nil {
		return err
	}
	if c, isCommand, err := command(o, h); err != nil || isCommand {
		if err != nil {
			return err
		}
		return s.carryOut(ctx, o, w, h.At, c)
	}
	receiver, ok := o.connector.(HookReceiver)
	if !ok {
		return nil
	}
	news, err := receiver.ParseHook(ctx, h)
	if err != nil {
		if f := AsFailure(err); f.Kind == FailKey { // a stranger's: that says nothing about our key
			return Fail(FailRejected, f.Detail)
		}
		return err
	}
	if len(news.Secrets) > 0 {
		if err := s.vault(&o.Integration).Put(ctx, news.Secrets); err != nil {
			return err
		}
	}
	if err := s.followStatuses(ctx, o, news.Statuses); err != nil {
		return err
	}
	return s.follow(ctx, o, w, news)
}

func (s *Service) openHook(o *opened, w Work) (Hook, error) {
	var sealed string
	if err := json.Unmarshal(w.Payload, &sealed); err != nil {
		return Hook{}, err
	}
	plain, err := s.cfg.Sealer.Open(sealed, HookContext(o.AccountID, o.ID))
	if err != nil {
		return Hook{}, err
	}
	var h Hook
	return h, json.Unmarshal(plain, &h)
}

// follow puts what a webhook told into settings and queue, in one transaction.
func (s *Service) follow(ctx context.Context, o *opened, w Work, news HookNews) error {
	fresh, doubtful, err := s.notLoaded(ctx, o, news.Deals)
	if err != nil {
		return err
	}
	now := s.cfg.Clock.Now().Truncate(time.Millisecond)
	_, err = s.cfg.Store.ChangeIntegration(ctx, o.AccountID, o.ID, func(i *Integration) ([]NewJob, error) {
		var jobs []NewJob
		if len(news.Settings) > 0 {
			i.Settings = i.Settings.merged(news.Settings)
		}
		if news.Revoked && i.State == StateActive {
			i.State, i.Sync.Failure = StateBroken, Fail(FailKey, "the system told that the connection was removed there")
		}
		if news.Installed && i.State == StateBroken {
			i.State, i.Sync.Failure = StateActive, nil
		}
		if i.State == StateDraft {
			return nil, nil
		}
		if news.Installed {
			jobs = append(jobs, subscribeJob(i))
		}
		if news.CatalogueChanged {
			jobs = append(jobs, catalogueJob(i))
		}
		if len(fresh) > 0 {
			jobs = append(jobs, pullJob(i, "hook:"+w.ID.String(), fresh...))
		}
		for _, d := range doubtful {
			j := pullJob(i, fmt.Sprintf("again:%s:%d", d.ID, d.ModifiedAt.Unix()), d.ID)
			j.RunAt = now.Add(secondIsOver)
			jobs = append(jobs, j)
		}
		return jobs, nil
	})
	s.wake()
	return err
}

// secondIsOver is when no more changes come in the second a webhook told of.
const secondIsOver = 2 * time.Second

// notLoaded returns the deals that have not been loaded in the state a webhook tells of. Vendors tell times in seconds: one that was loaded within the
// very second of the change is doubtful, for what was loaded may be another change of that second. It is read once more when the second is over.
func (s *Service) notLoaded(ctx context.Context, o *opened, told []HookDeal) (fresh []string, doubtful []HookDeal, err error) {
	if o.CRMID == 0 || len(told) == 0 || !o.Settings.On(KeyDealsIn) {
		return nil, nil, nil
	}
	ids := make([]string, len(told))
	for i, d := range told {
		ids[i] = d.ID
	}
	known, err := s.cfg.Reader.Loaded(ctx, o.Integration, ids)
	if err != nil {
		return nil, nil, err
	}
	seen := map[string]bool{}
	for _, d := range told {
		at, ok := known[d.ID]
		isKnown := ok && !d.IsDeleted && !d.ModifiedAt.IsZero()
		switch {
		case seen[d.ID] || isKnown && d.ModifiedAt.Before(at):
			continue
		case isKnown && d.ModifiedAt.Equal(at):
			doubtful = append(doubtful, d)
		default:
			fresh = append(fresh, d.ID)
		}
		seen[d.ID] = true
	}
	return fresh, doubtful, nil
}
