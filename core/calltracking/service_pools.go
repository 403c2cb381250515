package calltracking

import (
	"context"
	"time"

	"github.com/skvoz/skvoz/core"
)

// Pools returns the pools of a site (0 = of all), by site and position.
func (s *Service) Pools(ctx context.Context, account core.AccountID, site core.SiteID) ([]Pool, error) {
	return s.Store.Pools(ctx, account, site)
}

// PoolsByID returns those of the pools the account has, in any order.
func (s *Service) PoolsByID(ctx context.Context, account core.AccountID, ids []core.PoolID) ([]Pool, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return s.Store.PoolsByID(ctx, account, ids)
}

// PoolInput is a pool to add; times that are absent are those of the settings.
type PoolInput struct {
	SiteID      core.SiteID
	BlockID     core.BlockID
	Name        string
	HoldSeconds core.Opt[int]
	StickyDays  core.Opt[int]
	LateHours   core.Opt[int]
	// Overflow empty = OverflowDedicated.
	Overflow Overflow
	Segment  Segment
}

// CreatePool adds an enabled pool as the last of its site. KindInvalid names the wrong field; KindNotFound: no such site.
func (s *Service) CreatePool(ctx context.Context, account core.AccountID, in PoolInput) (Pool, error) {
	settings, err := s.Store.CalltrackingSettings(ctx, account)
	if err != nil {
		return Pool{}, err
	}
	p := Pool{
		AccountID: account, SiteID: in.SiteID, BlockID: in.BlockID, Name: in.Name, IsEnabled: true, Hold: seconds(in.HoldSeconds.Or(settings.HoldSeconds)),
		StickyDays: in.StickyDays.Or(settings.StickyDays), Late: time.Duration(in.LateHours.Or(settings.LateHours)) * time.Hour,
		Overflow: in.Overflow, Segment: in.Segment,
	}
	if p.Overflow == "" {
		p.Overflow = OverflowDedicated
	}
	if err := p.parse(); err != nil {
		return Pool{}, err
	}
	p, err = s.Store.CreatePool(ctx, p, MaxPools)
	return changed(ctx, s, p, err)
}

// PoolUpdate is what to change of a pool; what is absent stays.
type PoolUpdate struct {
	BlockID     core.Opt[core.BlockID]
	Name        core.Opt[string]
	IsEnabled   core.Opt[bool]
	HoldSeconds core.Opt[int]
	StickyDays  core.Opt[int]
	LateHours   core.Opt[int]
	Overflow    core.Opt[Overflow]
	// Segment replaces the old one.
	Segment core.Opt[Segment]
}

// UpdatePool changes a pool. KindInvalid names the wrong field; KindNotFound: no such pool.
func (s *Service) UpdatePool(ctx context.Context, account core.AccountID, id core.PoolID, u PoolUpdate) (Pool, error) {
	p, err := s.Store.UpdatePool(ctx, account, id, func(p *Pool) error {
		p.BlockID, p.Name, p.IsEnabled = u.BlockID.Or(p.BlockID), u.Name.Or(p.Name), u.IsEnabled.Or(p.IsEnabled)
		if u.HoldSeconds.Set {
			p.Hold = seconds(u.HoldSeconds.Value)
		}
		if u.LateHours.Set {
			p.Late = time.Duration(u.LateHours.Value) * time.Hour
		}
		p.StickyDays, p.Overflow, p.Segment = u.StickyDays.Or(p.StickyDays), u.Overflow.Or(p.Overflow), u.Segment.Or(p.Segment)
		return p.parse()
	})
	return changed(ctx, s, p, err)
}

// DeletePool removes a pool: its loans end, its numbers go into the reserve. KindNotFound: no such pool.
func (s *Service) DeletePool(ctx context.Context, account core.AccountID, id core.PoolID) error {
	settings, err := s.Store.CalltrackingSettings(ctx, account)
	if err != nil {
		return err
	}
	_, err = changed(ctx, s, 0, s.Store.DeletePool(ctx, account, id, days(settings.LeftQuarantineDays)))
	return err
}

// OrderPools puts all pools of a site into an order: a visit gets the first it belongs to. KindInvalid (bad_order) unless ids are exactly its pools.
func (s *Service) OrderPools(ctx context.Context, account core.AccountID, site core.SiteID, ids []core.PoolID) ([]Pool, error) {
	list, err := s.Store.OrderPools(ctx, account, site, ids)
	return changed(ctx, s, list, err)
}

// Blocks returns the blocks of a site (0 = of all), by site and position.
func (s *Service) Blocks(ctx context.Context, account core.AccountID, site core.SiteID) ([]Block, error) {
	return s.Store.Blocks(ctx, account, site)
}

// BlockInput is a block to add.
type BlockInput struct {
	SiteID        core.SiteID
	Name          string
	By            PlaceBy
	Value         string
	Template      Template
	Mask, Wording string
}

// CreateBlock adds a block as the last of its site. KindInvalid names the wrong field; KindNotFound: no such site.
func (s *Service) CreateBlock(ctx context.Context, account core.AccountID, in BlockInput) (Block, error) {
	b := Block{
		AccountID: account, SiteID: in.SiteID, Name: in.Name, By: in.By, Value: in.Value, Template: in.Template, Mask: in.Mask, Wording: in.Wording,
	}
	s.readValue(&b)
	if err := b.parse(); err != nil {
		return Block{}, err
	}
	b, err := s.Store.CreateBlock(ctx, b, MaxBlocks)
	return changed(ctx, s, b, err)
}

// readValue reads the number of a block as people write it.
func (s *Service) readValue(b *Block) {
	if b.By != PlaceByNumber {
		return
	}
	if digits, ok := s.ReadPhone(b.Value); ok {
		b.Value = digits
	}
}

// BlockUpdate is what to change of a block; what is absent stays.
type BlockUpdate struct {
	Name          core.Opt[string]
	By            core.Opt[PlaceBy]
	Value         core.Opt[string]
	Template      core.Opt[Template]
	Mask, Wording core.Opt[string]
}

// UpdateBlock changes a block. KindInvalid names the wrong field; KindNotFound: no such block.
func (s *Service) UpdateBlock(ctx context.Context, account core.AccountID, id core.BlockID, u BlockUpdate) (Block, error) {
	b, err := s.Store.UpdateBlock(ctx, account, id, func(b *Block) error {
		b.Name, b.By, b.Value = u.Name.Or(b.Name), u.By.Or(b.By), u.Value.Or(b.Value)
		b.Template, b.Mask, b.Wording = u.Template.Or(b.Template), u.Mask.Or(b.Mask), u.Wording.Or(b.Wording)
		s.readValue(b)
		return b.parse()
	})
	return changed(ctx, s, b, err)
}

// DeleteBlock removes a block. KindConflict (in_use) when a pool or number is for it alone; KindNotFound: no such block.
func (s *Service) DeleteBlock(ctx context.Context, account core.AccountID, id core.BlockID) error {
	_, err := changed(ctx, s, 0, s.Store.DeleteBlock(ctx, account, id))
	return err
}

// OrderBlocks puts all blocks of a site into an order. KindInvalid (bad_order) unless ids are exactly its blocks.
func (s *Service) OrderBlocks(ctx context.Context, account core.AccountID, site core.SiteID, ids []core.BlockID) ([]Block, error) {
	list, err := s.Store.OrderBlocks(ctx, account, site, ids)
	return changed(ctx, s, list, err)
}
