package goals

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/sites"
)

// Store keeps goals.
type Store interface {
	// Goals returns the goals of several sites of an account that are not deleted, in no particular order, in a constant number of statements.
	Goals(ctx context.Context, account core.AccountID, sites []core.SiteID) ([]Goal, error)
	// CreateGoal stores a goal, gives it an id and returns it. KindNotFound when the site is none of the account's or deleted, KindInvalid
	// (too_many) when it has limit goals already.
	CreateGoal(ctx context.Context, g Goal, limit int) (Goal, error)
	// UpdateGoal lets change alter a goal and stores it, all in one transaction, and returns it. It fails with change's error or KindNotFound.
	UpdateGoal(ctx context.Context, account core.AccountID, id core.GoalID, change func(*Goal) error) (Goal, error)
	// DeleteGoal marks a goal as deleted if check allows it, all in one transaction. It fails with check's error or KindNotFound.
	DeleteGoal(ctx context.Context, account core.AccountID, id core.GoalID, check func(Goal) error) error
	// CountReaches returns how often each of the goals was reached at since or later, in a constant number of statements; goals not reached may
	// be absent.
	CountReaches(ctx context.Context, account core.AccountID, ids []core.GoalID, since time.Time) (map[core.GoalID]int, error)
}

// Deps are what a Service needs.
type Deps struct {
	Store Store
	// Clock tells the time.
	Clock core.Clock
	// Changed is called after each change that the tracker must see; nil = nobody is told.
	Changed func(context.Context)
}

// Service manages goals. It is safe for concurrent use. Every method takes the account; what belongs to another one does not exist for it
// (KindNotFound).
type Service struct {
	Deps
}

// NewService returns a service.
func NewService(d Deps) *Service {
	if d.Changed == nil {
		d.Changed = func(context.Context) {}
	}
	return &Service{d}
}

// List returns the goals of each of the sites, by name, in the order of sites.
func (s *Service) List(ctx context.Context, account core.AccountID, ids []core.SiteID) ([][]Goal, error) {
	all, err := s.Store.Goals(ctx, account, ids)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b Goal) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), cmp.Compare(a.ID, b.ID))
	})
	of := make(map[core.SiteID][]Goal, len(ids))
	for _, g := range all {
		of[g.SiteID] = append(of[g.SiteID], g)
	}
	out := make([][]Goal, len(ids))
	for i, id := range ids {
		out[i] = of[id]
	}
	return out, nil
}

// Create is a goal to add.
type Create struct {
	SiteID core.SiteID
	Name   string
	// Type is any but TypeSystem.
	Type Type
	// IsGoal: count this event as a goal.
	IsGoal     bool
	Conditions Conditions
}

// Create adds an enabled goal to a site. KindInvalid names the wrong field; KindNotFound: no such site.
func (s *Service) Create(ctx context.Context, account core.AccountID, in Create) (Goal, error) {
	name, err := sites.ParseName("name", in.Name)
	if err != nil {
		return Goal{}, err
	}
	conditions, err := parseConditions(in.Type, in.Conditions)
	if err != nil {
		return Goal{}, err
	}
	g, err := s.Store.CreateGoal(ctx, Goal{
		AccountID: account, SiteID: in.SiteID, Name: name, Type: in.Type, IsGoal: in.IsGoal, IsEnabled: true, Conditions: conditions,
	}, MaxGoals)
	if err != nil {
		return Goal{}, err
	}
	s.Changed(ctx)
	return g, nil
}

// Update is what to change of a goal; what is absent stays.
type Update struct {
	Name      core.Opt[string]
	IsGoal    core.Opt[bool]
	IsEnabled core.Opt[bool]
	// Conditions replace all old ones.
	Conditions core.Opt[Conditions]
}

// Update changes a goal. KindInvalid names the wrong field (the conditions of a system goal can't change); KindNotFound: no such goal.
func (s *Service) Update(ctx context.Context, account core.AccountID, id core.GoalID, u Update) (Goal, error) {
	g, err := s.Store.UpdateGoal(ctx, account, id, func(g *Goal) error { return apply(g, u) })
	if err != nil {
		return Goal{}, err
	}
	s.Changed(ctx)
	return g, nil
}

func apply(g *Goal, u Update) (err error) {
	if u.Name.Set {
		if g.Name, err = sites.ParseName("name", u.Name.Value); err != nil {
			return err
		}
	}
	g.IsGoal, g.IsEnabled = u.IsGoal.Or(g.IsGoal), u.IsEnabled.Or(g.IsEnabled)
	if !u.Conditions.Set {
		return nil
	}
	if g.Type == TypeSystem {
		return core.Invalid("conditions", "system_goal", "the conditions of a system goal can't be changed")
	}
	g.Conditions, err = parseConditions(g.Type, u.Conditions.Value)
	return err
}

// Delete removes a goal; what was reached stays. KindConflict (system_goal): it is one of those every site has; switch it off instead.
func (s *Service) Delete(ctx context.Context, account core.AccountID, id core.GoalID) error {
	err := s.Store.DeleteGoal(ctx, account, id, func(g Goal) error {
		if g.Type == TypeSystem {
			return core.E(core.KindConflict, "a system goal can't be deleted; switch it off instead").WithReason("system_goal").WithField("id")
		}
		return nil
	})
	if err == nil {
		s.Changed(ctx)
	}
	return err
}

// CountReaches returns how often each goal was reached within a time up to now, in the order of ids.
func (s *Service) CountReaches(ctx context.Context, account core.AccountID, ids []core.GoalID, within time.Duration) ([]int, error) {
	counts, err := s.Store.CountReaches(ctx, account, ids, s.Clock.Now().Add(-within))
	if err != nil {
		return nil, err
	}
	out := make([]int, len(ids))
	for i, id := range ids {
		out[i] = counts[id]
	}
	return out, nil
}
