package calltracking

import (
	"context"
	"sync"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/visits"
)

// AssignStore is what an Assigner works on.
type AssignStore interface {
	// NumberPlan reads how a site shows numbers.
	NumberPlan(ctx context.Context, account core.AccountID, site core.SiteID) (*Plan, error)
	// VisitFacts reads what segments look at. KindNotFound with reason bad_triple when visitor, session and site do not belong together.
	VisitFacts(ctx context.Context, who visits.Triple) (Visit, error)
	// KeepLeases prolongs the loans of a session that have not ended, by what happened, and returns them. It never revives one that has.
	KeepLeases(ctx context.Context, k Keep) ([]Held, error)
	// TakeLease borrows a number of a pool for a session, or returns the loan it has already; nil when the pool has none to give.
	TakeLease(ctx context.Context, r LeaseRequest) (*Held, error)
}

// Keep says which loans go on, and what happened on the page.
type Keep struct {
	AccountID core.AccountID
	VisitorID core.VisitorID
	SessionID core.SessionID
	Pools     []core.PoolID
	PageURL   string
	// Shown: the number has been in view. Clicked is a number that was clicked; empty = none.
	Shown   bool
	Clicked core.Phone
}

// LeaseRequest asks for a loan.
type LeaseRequest struct {
	AccountID core.AccountID
	PoolID    core.PoolID
	VisitorID core.VisitorID
	SessionID core.SessionID
	PageURL   string
	Shown     bool
}

// Held is a loan that runs.
type Held struct {
	LeaseID  core.LeaseID
	PoolID   core.PoolID
	NumberID core.VirtualNumberID
	Number   core.Phone
	IsShared bool
	// Hold is how long it runs from now unless it is prolonged.
	Hold time.Duration
}

// Versions tells whether configurations changed; goals.Directory does.
type Versions interface {
	// Version grows with every change of sites, numbers, pools and blocks.
	Version() int64
}

// AssignerConfig is what an Assigner is made of.
type AssignerConfig struct {
	Store    AssignStore
	Versions Versions
	// Format writes a number for people; nil = its digits after a plus.
	Format func(core.Phone) string
	// MaxVisits bounds the visits kept in memory; 0 = 50 000.
	MaxVisits int
	Clock     core.Clock
}

// Assigner says which numbers a visit is shown. Plans of sites and facts of visits are kept in memory, so that a visit that goes on costs one
// statement. It is safe for concurrent use.
type Assigner struct {
	cfg   AssignerConfig
	plans recent[siteKey, keptPlan]
	seen  recent[sessionKey, Visit]
}

type (
	siteKey struct {
		account core.AccountID
		site    core.SiteID
	}
	sessionKey struct {
		account core.AccountID
		session core.SessionID
	}
	keptPlan struct {
		version int64
		readAt  time.Time
		plan    *Plan
	}
)

// planLifetime is how long a plan counts although nothing was changed: quarantines end by themselves.
const planLifetime = time.Minute

// NewAssigner returns an assigner.
func NewAssigner(cfg AssignerConfig) *Assigner {
	if cfg.MaxVisits <= 0 {
		cfg.MaxVisits = 50_000
	}
	if cfg.Clock == nil {
		cfg.Clock = core.SystemClock{}
	}
	return &Assigner{cfg: cfg, plans: recent[siteKey, keptPlan]{limit: 5000}, seen: recent[sessionKey, Visit]{limit: cfg.MaxVisits / 2}}
}

// ShowInput is a page that asks for numbers.
type ShowInput struct {
	Who     visits.Triple
	PageURL string
	// Shown: a replaced number has been in view. Clicked is a replaced number that was clicked; empty = none.
	Shown   bool
	Clicked core.Phone
	// Leaving: the page is being left, nobody reads the answer; nothing new is lent.
	Leaving bool
}

// Shown is what a page is to show.
type Shown struct {
	// Numbers are those of the blocks that get one, in the order of the blocks.
	Numbers []ShownNumber
	// Expires is how long the borrowed numbers are held; 0 = nothing is borrowed.
	Expires time.Duration
	// Again is after which time to ask again; 0 = no need.
	Again time.Duration
}

// ShownNumber is a number for a block.
type ShownNumber struct {
	BlockID core.BlockID
	Number  core.Phone
	// Text is the number ready to be written.
	Text string
	// IsDynamic: borrowed for this visit.
	IsDynamic bool
}

// Show says what a page is to show, and notes what happened on it. KindNotFound with reason bad_triple when visitor, session and site do not belong
// together; KindUnavailable when the store can't answer now.
func (a *Assigner) Show(ctx context.Context, in ShowInput) (Shown, error) {
	plan, err := a.plan(ctx, in.Who.AccountID, in.Who.SiteID)
	if err != nil || len(plan.Blocks) == 0 {
		return Shown{}, err
	}
	visit, err := a.visit(ctx, in)
	if err != nil {
		return Shown{}, err
	}
	choices := plan.Choose(visit)
	held, err := a.hold(ctx, in, pools(choices))
	if err != nil || in.Leaving {
		return Shown{}, err
	}
	return a.answer(choices, held), nil
}

// plan returns a site's plan, read anew when something changed.
func (a *Assigner) plan(ctx context.Context, account core.AccountID, site core.SiteID) (*Plan, error) {
	key, version, now := siteKey{account, site}, a.cfg.Versions.Version(), a.cfg.Clock.Now()
	if kept, ok := a.plans.get(key); ok && kept.version == version && now.Sub(kept.readAt) < planLifetime {
		return kept.plan, nil
	}
	plan, err := a.cfg.Store.NumberPlan(ctx, account, site)
	if err != nil {
		return nil, err
	}
	a.plans.put(key, keptPlan{version, now, plan})
	return plan, nil
}

// visit returns the facts of a visit, which never change once it has begun, with the page it is on.
func (a *Assigner) visit(ctx context.Context, in ShowInput) (Visit, error) {
	key := sessionKey{in.Who.AccountID, in.Who.SessionID}
	v, ok := a.seen.get(key)
	if !ok || v.VisitorID != in.Who.VisitorID || v.SiteID != in.Who.SiteID {
		var err error
		if v, err = a.cfg.Store.VisitFacts(ctx, in.Who); err != nil {
			return Visit{}, err
		}
		a.seen.put(key, v)
	}
	v.PageURL = in.PageURL
	return v, nil
}

func pools(choices []Choice) []core.PoolID {
	var out []core.PoolID
	for _, c := range choices {
		if c.Pool == nil {
			continue
		}
		known := false
		for _, id := range out {
			known = known || id == c.Pool.ID
		}
		if !known {
			out = append(out, c.Pool.ID)
		}
	}
	return out
}

// hold prolongs the visit's loans and borrows where it has none.
func (a *Assigner) hold(ctx context.Context, in ShowInput, pools []core.PoolID) (map[core.PoolID]Held, error) {
	held := make(map[core.PoolID]Held, len(pools))
	if len(pools) == 0 {
		return held, nil
	}
	kept, err := a.cfg.Store.KeepLeases(ctx, Keep{
		AccountID: in.Who.AccountID, VisitorID: in.Who.VisitorID, SessionID: in.Who.SessionID, Pools: pools, PageURL: in.PageURL, Shown: in.Shown, Clicked: in.Clicked,
	})
	if err != nil {
		return nil, err
	}
	for _, h := range kept {
		held[h.PoolID] = h
	}
	for _, pool := range pools {
		if _, ok := held[pool]; ok || in.Leaving {
			continue
		}
		h, err := a.cfg.Store.TakeLease(ctx, LeaseRequest{
			AccountID: in.Who.AccountID, PoolID: pool, VisitorID: in.Who.VisitorID, SessionID: in.Who.SessionID, PageURL: in.PageURL,
		})
		if err != nil {
			return nil, err
		}
		if h != nil {
			held[pool] = *h
		}
	}
	return held, nil
}

func (a *Assigner) answer(choices []Choice, held map[core.PoolID]Held) Shown {
	var out Shown
	write := formatter(a.cfg.Format)
	for _, c := range choices {
		if c.Pool != nil {
			if h, ok := held[c.Pool.ID]; ok {
				out.Numbers = append(out.Numbers, ShownNumber{BlockID: c.Block.ID, Number: h.Number, Text: write.format(c.Block, h.Number), IsDynamic: true})
				if out.Expires == 0 || h.Hold < out.Expires {
					out.Expires, out.Again = h.Hold, Interval(h.Hold)
				}
				continue
			}
		}
		if c.Static != nil {
			out.Numbers = append(out.Numbers, ShownNumber{BlockID: c.Block.ID, Number: c.Static.Number, Text: write.format(c.Block, c.Static.Number)})
		}
	}
	return out
}

// recent keeps what was used lately, twice limit at most.
type recent[K comparable, V any] struct {
	limit int

	mu       sync.Mutex
	now, old map[K]V
}

func (r *recent[K, V]) get(k K) (V, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if v, ok := r.now[k]; ok {
		return v, true
	}
	v, ok := r.old[k]
	if ok {
		r.store(k, v)
	}
	return v, ok
}

func (r *recent[K, V]) put(k K, v V) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.store(k, v)
}

func (r *recent[K, V]) store(k K, v V) {
	if r.now == nil || len(r.now) >= r.limit {
		r.old, r.now = r.now, make(map[K]V)
	}
	r.now[k] = v
}
