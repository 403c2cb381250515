package calltracking

import (
	"context"
	"time"

	"github.com/skvoz/skvoz/core"
)

// NumberFilter says which numbers; zero fields ask for nothing.
type NumberFilter struct {
	SiteID        core.SiteID
	PoolID        core.PoolID
	CampaignID    core.CampaignID
	ConnectionID  core.ConnectionID
	IntegrationID core.IntegrationID
	Usage         Usage
	State         State
	// Search is a part of the digits or of the name.
	Search string
}

// Store keeps numbers, pools, blocks and settings. Nothing of another account is ever returned or changed.
type Store interface {
	// Numbers reads one page, in the order of their digits.
	Numbers(ctx context.Context, account core.AccountID, f NumberFilter, page core.PageRequest) (core.Page[VirtualNumber], error)
	// NumbersByID reads those of the numbers the account has, in any order, deleted ones too.
	NumbersByID(ctx context.Context, account core.AccountID, ids []core.VirtualNumberID) ([]VirtualNumber, error)
	// NumberByDigits reads the number with these digits. KindNotFound when the account has none.
	NumberByDigits(ctx context.Context, account core.AccountID, digits core.Phone) (VirtualNumber, error)
	// CreateNumbers stores numbers, gives them ids and returns them. KindConflict (number_taken) names one the account has already, KindInvalid
	// (too_many) when it would have more than limit, KindInvalid names what a number refers to and the account has not.
	CreateNumbers(ctx context.Context, account core.AccountID, list []VirtualNumber, limit int) ([]VirtualNumber, error)
	// UpdateNumbers lets change alter numbers and stores them, all in one transaction. Loans of a number that leaves its pool, is disabled or
	// becomes one for overflow end; left is how long such a number then waits. KindNotFound when one is not there.
	UpdateNumbers(ctx context.Context, account core.AccountID, ids []core.VirtualNumberID, left time.Duration, change func(*VirtualNumber) error) ([]VirtualNumber, error)
	// DeleteNumbers removes numbers and ends their loans; calls keep pointing at them. KindNotFound when one is not there.
	DeleteNumbers(ctx context.Context, account core.AccountID, ids []core.VirtualNumberID) error
	// LastNumberWith finds the usable number of the latest call with a contact, of those bound to an integration (0 = of all) that are not
	// 8 800; nil = none.
	LastNumberWith(ctx context.Context, account core.AccountID, contact core.Phone, integration core.IntegrationID) (*VirtualNumber, error)
	// DefaultNumber finds the default caller id of an integration, else that of the account; nil = none.
	DefaultNumber(ctx context.Context, account core.AccountID, integration core.IntegrationID) (*VirtualNumber, error)

	// Pools reads the pools of a site (0 = of all), by site and position.
	Pools(ctx context.Context, account core.AccountID, site core.SiteID) ([]Pool, error)
	// PoolsByID reads those of the pools the account has, in any order.
	PoolsByID(ctx context.Context, account core.AccountID, ids []core.PoolID) ([]Pool, error)
	// CreatePool stores a pool as the last of its site, gives it an id and returns it. KindNotFound: no such site; KindInvalid (too_many).
	CreatePool(ctx context.Context, p Pool, limit int) (Pool, error)
	// UpdatePool lets change alter a pool and stores it, all in one transaction. KindNotFound when it is not there.
	UpdatePool(ctx context.Context, account core.AccountID, id core.PoolID, change func(*Pool) error) (Pool, error)
	// DeletePool removes a pool, ends its loans and puts its numbers into the reserve; those that were lent wait for left.
	DeletePool(ctx context.Context, account core.AccountID, id core.PoolID, left time.Duration) error
	// OrderPools puts all pools of a site into an order. KindInvalid (bad_order) unless ids are exactly its pools.
	OrderPools(ctx context.Context, account core.AccountID, site core.SiteID, ids []core.PoolID) ([]Pool, error)

	// Blocks reads the blocks of a site (0 = of all), by site and position.
	Blocks(ctx context.Context, account core.AccountID, site core.SiteID) ([]Block, error)
	// CreateBlock stores a block as the last of its site, gives it an id and returns it. KindNotFound: no such site; KindInvalid (too_many).
	CreateBlock(ctx context.Context, b Block, limit int) (Block, error)
	// UpdateBlock lets change alter a block and stores it, all in one transaction. KindNotFound when it is not there.
	UpdateBlock(ctx context.Context, account core.AccountID, id core.BlockID, change func(*Block) error) (Block, error)
	// DeleteBlock removes a block. KindConflict (in_use) when a pool or number is for it alone.
	DeleteBlock(ctx context.Context, account core.AccountID, id core.BlockID) error
	// OrderBlocks puts all blocks of a site into an order. KindInvalid (bad_order) unless ids are exactly its blocks.
	OrderBlocks(ctx context.Context, account core.AccountID, site core.SiteID, ids []core.BlockID) ([]Block, error)

	// CalltrackingSettings reads an account's settings.
	CalltrackingSettings(ctx context.Context, account core.AccountID) (Settings, error)
	// UpdateCalltrackingSettings lets change alter them and stores them, all in one transaction.
	UpdateCalltrackingSettings(ctx context.Context, account core.AccountID, change func(Settings) (Settings, error)) (Settings, error)

	// PoolFigures reads what happened in a pool from one day to another (UTC, both included). KindNotFound when it is not there.
	PoolFigures(ctx context.Context, account core.AccountID, pool core.PoolID, from, to core.Date) (PoolFigures, error)
}

// Deps are what a Service needs.
type Deps struct {
	Store Store
	// Clock tells the time.
	Clock core.Clock
	// ReadPhone reads a number written by people; internal/phonenum does.
	ReadPhone func(raw string) (digits string, ok bool)
	// Changed is called after each change that the tracker must see; nil = nobody is told.
	Changed func(context.Context)
}

// Service manages numbers, pools, blocks and settings. It is safe for concurrent use. Every method takes the account; what belongs to another one
// does not exist for it (KindNotFound).
type Service struct{ Deps }

// NewService returns a service.
func NewService(d Deps) *Service {
	if d.Changed == nil {
		d.Changed = func(context.Context) {}
	}
	if d.Clock == nil {
		d.Clock = core.SystemClock{}
	}
	return &Service{d}
}

// CallerID returns the number an outgoing call to a contact shows: the one last used with the contact among those bound to the integration (0 = all),
// 8 800 aside, else the default number. KindInvalid (no_caller_id) when there is none.
func (s *Service) CallerID(ctx context.Context, account core.AccountID, contact core.Phone, integration core.IntegrationID) (VirtualNumber, error) {
	if contact != "" {
		n, err := s.Store.LastNumberWith(ctx, account, contact, integration)
		if err != nil {
			return VirtualNumber{}, err
		}
		if n != nil {
			return *n, nil
		}
	}
	n, err := s.Store.DefaultNumber(ctx, account, integration)
	if err != nil {
		return VirtualNumber{}, err
	}
	if n == nil {
		return VirtualNumber{}, core.Invalid("virtualNumber", "no_caller_id",
			"there is no number to call from: no call with this contact went through a number that can be shown, and no number is marked as the default")
	}
	return *n, nil
}

// Find returns the number with these digits. KindNotFound when the account has none.
func (s *Service) Find(ctx context.Context, account core.AccountID, digits core.Phone) (VirtualNumber, error) {
	return s.Store.NumberByDigits(ctx, account, digits)
}

// Settings returns the account's settings.
func (s *Service) Settings(ctx context.Context, account core.AccountID) (Settings, error) {
	return s.Store.CalltrackingSettings(ctx, account)
}

// UpdateSettings changes them. KindInvalid names the wrong field.
func (s *Service) UpdateSettings(ctx context.Context, account core.AccountID, u SettingsUpdate) (Settings, error) {
	return s.Store.UpdateCalltrackingSettings(ctx, account, func(old Settings) (Settings, error) { return old.apply(u) })
}

// changed tells of a change that was stored.
func changed[T any](ctx context.Context, s *Service, v T, err error) (T, error) {
	if err == nil {
		s.Changed(ctx)
	}
	return v, err
}
