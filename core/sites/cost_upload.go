package sites

import (
	"context"
	"fmt"

	"github.com/skvoz/skvoz/core"
)

// MaxCostUpload is how many costs may be uploaded at once.
const MaxCostUpload = 500

// CostUpload is a cost as an outside system passes it in.
type CostUpload struct {
	CampaignID core.CampaignID
	SiteID     core.SiteID
	// From and To are the first and last day; at most MaxCostDays in all.
	From, To core.Date
	// Amount in the account's currency; zero removes what was spent in exactly this period.
	Amount core.Money
}

// CostUploadStore keeps uploaded costs.
type CostUploadStore interface {
	// PutCosts puts costs in their order, all or none: one of exactly the period of another of the campaign replaces it, one of zero only
	// removes that. KindConflict with the field costs.N when the period of the N-th, counted from 0, overlaps another.
	PutCosts(ctx context.Context, account core.AccountID, costs []Cost) error
}

// UploadCosts puts up to MaxCostUpload costs, all or none. A period replaces the same period; one that only overlaps another of the campaign is
// KindConflict with reason invalid_parameters_combination. KindNotFound (entity_not_found): no such campaign; KindInvalid: the period, the amount, or
// the site is not the campaign's. The error's field is costs.N.name, counted from 0.
func (s *Service) UploadCosts(ctx context.Context, account core.AccountID, list []CostUpload) error {
	if len(list) > MaxCostUpload {
		return core.Invalid("costs", "data_limit_exceeded", "at most %d costs at a time", MaxCostUpload)
	}
	known := map[core.CampaignID]Campaign{}
	costs := make([]Cost, len(list))
	for i, u := range list {
		c, ok := known[u.CampaignID]
		if !ok {
			var err error
			c, err = s.Campaigns.Campaign(ctx, account, u.CampaignID)
			if core.KindOf(err) == core.KindNotFound {
				return core.NotFound("campaign").WithReason("entity_not_found").WithField(fmt.Sprintf("costs.%d.campaign_id", i))
			}
			if err != nil {
				return err
			}
			known[u.CampaignID] = c
		}
		if err := u.check(c); err != nil {
			return err.WithField(fmt.Sprintf("costs.%d.%s", i, err.Field))
		}
		costs[i] = Cost{AccountID: account, CampaignID: u.CampaignID, From: u.From, To: u.To, Amount: u.Amount}
	}
	return s.CostUploads.PutCosts(ctx, account, costs)
}

func (u CostUpload) check(c Campaign) *core.Error {
	if c.SiteID != u.SiteID {
		return core.Invalid("site_id", "invalid_parameters_combination", "the campaign belongs to another site")
	}
	if u.Amount.Minor < 0 {
		return core.Invalid("cost", "invalid_parameter_value", "the amount must not be negative")
	}
	if err := core.AsError(checkPeriod(u.From, u.To)); err != nil {
		field := map[string]string{"from": "date_from", "to": "date_till"}[err.Field]
		return core.Invalid(field, "invalid_parameter_value", "%s", err.Message)
	}
	return nil
}
