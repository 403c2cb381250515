package calltracking

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
)

// Numbers returns one page, 1 to 100, of the account's numbers, in the order of their digits.
func (s *Service) Numbers(ctx context.Context, account core.AccountID, f NumberFilter, page core.PageRequest) (core.Page[VirtualNumber], error) {
	f.Search = strings.TrimSpace(f.Search)
	return s.Store.Numbers(ctx, account, f, page)
}

// NumbersByID returns those of the numbers the account has, in any order, deleted ones too.
func (s *Service) NumbersByID(ctx context.Context, account core.AccountID, ids []core.VirtualNumberID) ([]VirtualNumber, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return s.Store.NumbersByID(ctx, account, ids)
}

// Number returns a number. KindNotFound: no such number.
func (s *Service) Number(ctx context.Context, account core.AccountID, id core.VirtualNumberID) (VirtualNumber, error) {
	found, err := s.Store.NumbersByID(ctx, account, []core.VirtualNumberID{id})
	if err == nil && len(found) == 0 {
		err = core.NotFound("number")
	}
	if err != nil {
		return VirtualNumber{}, err
	}
	return found[0], nil
}

// NumbersInput is what several new numbers have in common.
type NumbersInput struct {
	// List is a text pasted by people: numbers separated by line breaks, commas or semicolons.
	List          string
	Name          string
	ConnectionID  core.ConnectionID
	SiteID        core.SiteID
	Usage         Usage
	CampaignID    core.CampaignID
	PoolID        core.PoolID
	BlockID       core.BlockID
	IsOverflow    bool
	ScenarioID    core.ScenarioID
	IntegrationID core.IntegrationID
	Records       bool
	// Quarantine keeps them from being shown for Settings.NewQuarantineDays, since callers of a former owner may still ring.
	Quarantine bool
}

// CreateNumbers adds numbers. KindInvalid names the wrong field, or the line that is no number; KindConflict (number_taken) names one that is there
// already: then none is added.
func (s *Service) CreateNumbers(ctx context.Context, account core.AccountID, in NumbersInput) ([]VirtualNumber, error) {
	digits, err := s.parseList(in.List)
	if err != nil {
		return nil, err
	}
	n := VirtualNumber{
		AccountID: account, ConnectionID: in.ConnectionID, SiteID: in.SiteID, Usage: in.Usage, CampaignID: in.CampaignID, PoolID: in.PoolID,
		BlockID: in.BlockID, IsOverflow: in.IsOverflow, State: StateActive, ScenarioID: in.ScenarioID, IntegrationID: in.IntegrationID, Records: in.Records,
	}
	if n.Name, err = parseText("name", in.Name, 200); err != nil {
		return nil, err
	}
	if err := n.settle(); err != nil {
		return nil, err
	}
	if in.Quarantine {
		settings, err := s.Store.CalltrackingSettings(ctx, account)
		if err != nil {
			return nil, err
		}
		n.quarantine(s.Clock.Now().Add(days(settings.NewQuarantineDays)))
	}
	list := make([]VirtualNumber, len(digits))
	for i, d := range digits {
		list[i] = n
		list[i].Number = d
	}
	list, err = s.Store.CreateNumbers(ctx, account, list, MaxNumbers)
	return changed(ctx, s, list, err)
}

func (n *VirtualNumber) quarantine(until time.Time) {
	n.State, n.QuarantineUntil = StateQuarantine, &until
}

// parseList reads a pasted list. A number that occurs twice counts once.
func (s *Service) parseList(text string) ([]core.Phone, error) {
	var out []core.Phone
	for i, line := range strings.Split(text, "\n") {
		for _, one := range strings.FieldsFunc(line, func(r rune) bool { return r == ',' || r == ';' || r == '\t' || r == '\r' }) {
			if one = strings.TrimSpace(one); one == "" {
				continue
			}
			digits, ok := s.ReadPhone(one)
			if !ok {
				return nil, notANumber("numbers", i+1, one)
			}
			number, err := ParseNumber("numbers", core.Phone(digits))
			if err != nil {
				return nil, err
			}
			if !slices.Contains(out, number) {
				out = append(out, number)
			}
			if len(out) > MaxNewNumbers {
				return nil, core.Invalid("numbers", "too_many", "add at most %d numbers at a time", MaxNewNumbers)
			}
		}
	}
	if len(out) == 0 {
		return nil, core.Invalid("numbers", "required", "write at least one number")
	}
	return out, nil
}

// NumberUpdate is what to change of numbers; what is absent stays.
type NumberUpdate struct {
	Name          core.Opt[string]
	ConnectionID  core.Opt[core.ConnectionID]
	SiteID        core.Opt[core.SiteID]
	Usage         core.Opt[Usage]
	CampaignID    core.Opt[core.CampaignID]
	PoolID        core.Opt[core.PoolID]
	BlockID       core.Opt[core.BlockID]
	IsOverflow    core.Opt[bool]
	IsDefault     core.Opt[bool]
	State         core.Opt[State]
	ScenarioID    core.Opt[core.ScenarioID]
	IntegrationID core.Opt[core.IntegrationID]
	Records       core.Opt[bool]
}

// UpdateNumbers changes numbers, all or none. A number that leaves its pool while a visit has it is put into quarantine. Marking a number as the
// default takes the mark from the one that had it. KindInvalid names the wrong field; KindNotFound: one of them is not there.
func (s *Service) UpdateNumbers(ctx context.Context, account core.AccountID, ids []core.VirtualNumberID, u NumberUpdate) ([]VirtualNumber, error) {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	switch {
	case len(ids) == 0 || len(ids) > MaxNewNumbers:
		return nil, core.Invalid("ids", "bad_count", "choose 1 to %d numbers", MaxNewNumbers)
	case u.IsDefault.Set && u.IsDefault.Value && len(ids) > 1:
		return nil, core.Invalid("isDefault", "bad_count", "only one number can be the default")
	}
	settings, err := s.Store.CalltrackingSettings(ctx, account)
	if err != nil {
		return nil, err
	}
	list, err := s.Store.UpdateNumbers(ctx, account, ids, days(settings.LeftQuarantineDays), func(n *VirtualNumber) error {
		return n.apply(u, s.Clock.Now().Add(days(settings.NewQuarantineDays)))
	})
	return changed(ctx, s, list, err)
}

func (n *VirtualNumber) apply(u NumberUpdate, quarantineEnds time.Time) (err error) {
	if u.Name.Set {
		if n.Name, err = parseText("name", u.Name.Value, 200); err != nil {
			return err
		}
	}
	n.ConnectionID, n.SiteID = u.ConnectionID.Or(n.ConnectionID), u.SiteID.Or(n.SiteID)
	n.Usage, n.CampaignID, n.PoolID = u.Usage.Or(n.Usage), u.CampaignID.Or(n.CampaignID), u.PoolID.Or(n.PoolID)
	n.BlockID, n.IsOverflow, n.IsDefault = u.BlockID.Or(n.BlockID), u.IsOverflow.Or(n.IsOverflow), u.IsDefault.Or(n.IsDefault)
	n.ScenarioID, n.IntegrationID, n.Records = u.ScenarioID.Or(n.ScenarioID), u.IntegrationID.Or(n.IntegrationID), u.Records.Or(n.Records)
	if u.State.Set && u.State.Value != n.State {
		switch u.State.Value {
		case StateActive, StateDisabled:
			n.State, n.QuarantineUntil = u.State.Value, nil
		case StateQuarantine:
			n.quarantine(quarantineEnds)
		default:
			return core.Invalid("state", "bad_state", "there is no state %q", shorten(string(u.State.Value)))
		}
	}
	return n.settle()
}

// DeleteNumbers removes numbers, all or none; loans of them end, calls stay. KindNotFound: one of them is not there.
func (s *Service) DeleteNumbers(ctx context.Context, account core.AccountID, ids []core.VirtualNumberID) error {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	if len(ids) == 0 || len(ids) > MaxNewNumbers {
		return core.Invalid("ids", "bad_count", "choose 1 to %d numbers", MaxNewNumbers)
	}
	_, err := changed(ctx, s, 0, s.Store.DeleteNumbers(ctx, account, ids))
	return err
}
