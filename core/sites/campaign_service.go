package sites

import (
	"cmp"
	"context"
	"slices"

	"github.com/skvoz/skvoz/core"
)

// CampaignStore keeps campaigns.
type CampaignStore interface {
	// Campaigns returns the campaigns of several sites of an account, in no particular order, in a constant number of statements.
	Campaigns(ctx context.Context, account core.AccountID, sites []core.SiteID) ([]Campaign, error)
	// Campaign returns one campaign, or an error of kind KindNotFound.
	Campaign(ctx context.Context, account core.AccountID, id core.CampaignID) (Campaign, error)
	// CreateCampaign stores a campaign, gives it an id and returns it. KindNotFound when the site is none of the account's or deleted; KindConflict
	// when the site has one of this name; KindInvalid (too_many) when it has limit campaigns already.
	CreateCampaign(ctx context.Context, c Campaign, limit int) (Campaign, error)
	// UpdateCampaign lets change alter a campaign and stores it, all in one transaction, and returns it. It fails with change's error, with
	// KindNotFound, or with KindConflict when the site has the name already.
	UpdateCampaign(ctx context.Context, account core.AccountID, id core.CampaignID, change func(*Campaign) error) (Campaign, error)
	// DeleteCampaign deletes a campaign and its costs. KindNotFound when there is none, KindConflict when a session was counted to it.
	DeleteCampaign(ctx context.Context, account core.AccountID, id core.CampaignID) error
}

// CostStore keeps costs of campaigns.
type CostStore interface {
	// Costs returns the costs of several campaigns of an account, in no particular order, in a constant number of statements.
	Costs(ctx context.Context, account core.AccountID, campaigns []core.CampaignID) ([]Cost, error)
	// AddCost stores a cost and gives it an id. KindNotFound when the campaign is none of the account's, KindConflict when the period overlaps
	// another of the same campaign.
	AddCost(ctx context.Context, c Cost) error
	// DeleteCost deletes a cost. KindNotFound when the campaign has none with this id.
	DeleteCost(ctx context.Context, account core.AccountID, campaign core.CampaignID, id core.CostID) error
	// AccountCurrency returns the account's currency, an ISO 4217 code.
	AccountCurrency(ctx context.Context, account core.AccountID) (string, error)
}

// ListCampaigns returns the campaigns of each of the sites, by name, in the order of sites.
func (s *Service) ListCampaigns(ctx context.Context, account core.AccountID, sites []core.SiteID) ([][]Campaign, error) {
	all, err := s.Campaigns.Campaigns(ctx, account, sites)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b Campaign) int { return byName(a.Name, b.Name, a.ID, b.ID) })
	of := make(map[core.SiteID][]Campaign, len(sites))
	for _, c := range all {
		of[c.SiteID] = append(of[c.SiteID], c)
	}
	out := make([][]Campaign, len(sites))
	for i, id := range sites {
		out[i] = of[id]
	}
	return out, nil
}

// GetCampaign returns one campaign. KindNotFound when the account has none with this id.
func (s *Service) GetCampaign(ctx context.Context, account core.AccountID, id core.CampaignID) (Campaign, error) {
	return s.Campaigns.Campaign(ctx, account, id)
}

// CreateCampaign is a campaign to add.
type CreateCampaign struct {
	SiteID      core.SiteID
	Name        string
	Description string
	// Include and Exclude are described at Campaign.
	Include []Group
	Exclude []Group
}

// CreateCampaign adds an active campaign. KindInvalid names the wrong field; KindNotFound: no such site; KindConflict (name_taken).
func (s *Service) CreateCampaign(ctx context.Context, account core.AccountID, in CreateCampaign) (Campaign, error) {
	c := Campaign{AccountID: account, SiteID: in.SiteID, Status: CampaignActive}
	err := applyCampaign(&c, UpdateCampaign{
		Name: core.Some(in.Name), Description: core.Some(in.Description), Include: core.Some(in.Include), Exclude: core.Some(in.Exclude),
	})
	if err != nil {
		return Campaign{}, err
	}
	if c, err = s.Campaigns.CreateCampaign(ctx, c, MaxCampaigns); err != nil {
		return Campaign{}, nameTaken(err)
	}
	s.Changed(ctx)
	return c, nil
}

// UpdateCampaign is what to change of a campaign; what is absent stays.
type UpdateCampaign struct {
	Name        core.Opt[string]
	Description core.Opt[string]
	Status      core.Opt[CampaignStatus]
	Include     core.Opt[[]Group]
	Exclude     core.Opt[[]Group]
}

// UpdateCampaign changes a campaign for visits from now on. KindInvalid names the first wrong field; KindConflict (name_taken).
func (s *Service) UpdateCampaign(ctx context.Context, account core.AccountID, id core.CampaignID, u UpdateCampaign) (Campaign, error) {
	c, err := s.Campaigns.UpdateCampaign(ctx, account, id, func(c *Campaign) error { return applyCampaign(c, u) })
	if err != nil {
		return Campaign{}, nameTaken(err)
	}
	s.Changed(ctx)
	return c, nil
}

func applyCampaign(c *Campaign, u UpdateCampaign) (err error) {
	if u.Name.Set {
		if c.Name, err = ParseName("name", u.Name.Value); err != nil {
			return err
		}
	}
	if u.Description.Set {
		if c.Description, err = parseDescription(u.Description.Value); err != nil {
			return err
		}
	}
	if u.Status.Set {
		if s := u.Status.Value; s != CampaignActive && s != CampaignArchived {
			return core.Invalid("status", "bad_status", "there is no state %q", shorten(string(s)))
		}
		c.Status = u.Status.Value
	}
	if u.Include.Set {
		if c.Include, err = parseInclude(u.Include.Value); err != nil {
			return err
		}
	}
	if u.Exclude.Set {
		if c.Exclude, err = parseExclude(u.Exclude.Value); err != nil {
			return err
		}
	}
	return nil
}

// DeleteCampaign deletes a campaign with its costs. KindConflict (in_use) when a visit was counted to it: archive it instead.
func (s *Service) DeleteCampaign(ctx context.Context, account core.AccountID, id core.CampaignID) error {
	err := s.Campaigns.DeleteCampaign(ctx, account, id)
	if core.KindOf(err) == core.KindConflict {
		return core.E(core.KindConflict, "visits were counted to this campaign; archive it instead").WithReason("in_use").WithField("id").WithCause(err)
	}
	if err == nil {
		s.Changed(ctx)
	}
	return err
}

// ListCosts returns the costs of each of the campaigns, newest first, in the order of campaigns.
func (s *Service) ListCosts(ctx context.Context, account core.AccountID, campaigns []core.CampaignID) ([][]Cost, error) {
	all, err := s.Costs.Costs(ctx, account, campaigns)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b Cost) int {
		return cmp.Or(cmp.Compare(b.From.Number(), a.From.Number()), cmp.Compare(b.ID, a.ID))
	})
	of := make(map[core.CampaignID][]Cost, len(campaigns))
	for _, c := range all {
		of[c.CampaignID] = append(of[c.CampaignID], c)
	}
	out := make([][]Cost, len(campaigns))
	for i, id := range campaigns {
		out[i] = of[id]
	}
	return out, nil
}

// AddCost is a cost to add.
type AddCost struct {
	CampaignID core.CampaignID
	// From and To are the first and last day; at most MaxCostDays in all.
	From, To core.Date
	// Amount is a decimal number in the account's currency, above zero.
	Amount string
	// Clicks and Impressions are what the advertising system counted for it; 0 = not known.
	Clicks, Impressions int64
}

// AddCost adds money spent on a campaign and returns the campaign. KindInvalid names the wrong field; KindNotFound: no such campaign;
// KindConflict (period_overlaps): another cost of the campaign covers one of the days.
func (s *Service) AddCost(ctx context.Context, account core.AccountID, in AddCost) (Campaign, error) {
	if err := checkPeriod(in.From, in.To); err != nil {
		return Campaign{}, err
	}
	campaign, err := s.Campaigns.Campaign(ctx, account, in.CampaignID)
	if err != nil {
		return Campaign{}, err
	}
	currency, err := s.Costs.AccountCurrency(ctx, account)
	if err != nil {
		return Campaign{}, err
	}
	amount, err := core.ParseMoney(in.Amount, currency)
	if err != nil {
		return Campaign{}, err
	}
	if amount.Minor <= 0 {
		return Campaign{}, core.Invalid("amount", "out_of_range", "the amount must be above zero")
	}
	if in.Clicks < 0 || in.Impressions < 0 {
		return Campaign{}, core.Invalid("clicks", "out_of_range", "clicks and impressions must not be negative")
	}
	err = s.Costs.AddCost(ctx, Cost{
		AccountID: account, CampaignID: in.CampaignID, From: in.From, To: in.To, Amount: amount, Clicks: in.Clicks, Impressions: in.Impressions,
	})
	if core.KindOf(err) == core.KindConflict {
		return Campaign{}, core.E(core.KindConflict, "another cost of this campaign covers some of these days; remove it first").
			WithReason("period_overlaps").WithField("from").WithCause(err)
	}
	return campaign, err
}

// DeleteCost removes a cost and returns its campaign. KindNotFound when the campaign or the cost does not exist.
func (s *Service) DeleteCost(ctx context.Context, account core.AccountID, campaign core.CampaignID, id core.CostID) (Campaign, error) {
	c, err := s.Campaigns.Campaign(ctx, account, campaign)
	if err != nil {
		return Campaign{}, err
	}
	return c, s.Costs.DeleteCost(ctx, account, campaign, id)
}

func nameTaken(err error) error {
	if core.KindOf(err) == core.KindConflict {
		return core.E(core.KindConflict, "the site has a campaign of this name already").WithReason("name_taken").WithField("name").WithCause(err)
	}
	return err
}
