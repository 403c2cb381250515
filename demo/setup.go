package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/core/sites"
)

// The demo account's owner.
const (
	Email    = "demo@skvoz.example"
	Password = "demo-demo-demo" //nolint:gosec // it is printed at the start, for everybody to use
	company  = "Демо"
	// PageSiteName is the site of the pages in this package.
	PageSiteName = "Демо-сайт"
	pageDomain   = "localhost"
)

// Services are the use cases the demo is set up with.
type Services struct {
	Accounts *accounts.Service
	Sites    *sites.Service
	Goals    *goals.Service
}

// SetUp makes the demo account with its sites, goals, campaigns and their costs over the last days before until. With an account that is there
// already it fails with KindConflict.
func SetUp(ctx context.Context, s Services, days int, until time.Time, seed uint64) (accounts.Account, []Site, error) {
	account, _, err := s.Accounts.CreateAccount(ctx, accounts.Founding{AccountName: company, Name: "Анна Демидова", Email: Email, Password: Password})
	if err != nil {
		return account, nil, err
	}
	rng := rand.New(rand.NewPCG(seed, 0xc057))
	var made []Site
	for _, profile := range Profiles() {
		site, err := setUpSite(ctx, s, account.ID, profile)
		if err != nil {
			return account, nil, fmt.Errorf("setting %s up: %w", profile.Domain, err)
		}
		if err := addCosts(ctx, s, account.ID, site, days, until, rng); err != nil {
			return account, nil, fmt.Errorf("adding costs of %s: %w", profile.Domain, err)
		}
		made = append(made, site)
	}
	pageSite := windows()
	pageSite.Domain, pageSite.Name = pageDomain, PageSiteName
	if _, err := setUpSite(ctx, s, account.ID, pageSite); err != nil {
		return account, nil, fmt.Errorf("setting the demo site up: %w", err)
	}
	return account, made, nil
}

func setUpSite(ctx context.Context, s Services, account core.AccountID, p Profile) (Site, error) {
	site, err := s.Sites.Create(ctx, account, sites.Create{Domain: p.Domain, Name: p.Name})
	if err != nil {
		return Site{}, err
	}
	for _, g := range p.Goals {
		if _, err := s.Goals.Create(ctx, account, goals.Create{SiteID: site.ID, Name: g.Name, Type: g.Type, IsGoal: true, Conditions: g.Conditions}); err != nil {
			return Site{}, err
		}
	}
	out := Site{Site: site, Profile: p}
	for _, c := range p.Campaigns {
		campaign, err := s.Sites.CreateCampaign(ctx, account, sites.CreateCampaign{SiteID: site.ID, Name: c.Name, Include: []sites.Group{{Conditions: c.Conditions}}})
		if err != nil {
			return Site{}, err
		}
		out.Campaigns = append(out.Campaigns, campaign)
	}
	all, err := s.Goals.List(ctx, account, []core.SiteID{site.ID})
	if err != nil {
		return Site{}, err
	}
	out.Goals = all[0]
	return out, nil
}

// addCosts adds what each campaign cost, week by week.
func addCosts(ctx context.Context, s Services, account core.AccountID, site Site, days int, until time.Time, rng *rand.Rand) error {
	for i, c := range site.Campaigns {
		for back := 0; back+7 <= days; back += 7 {
			to := until.AddDate(0, 0, -back)
			amount := core.Money{Minor: int64(float64(site.Profile.Campaigns[i].WeeklyCost) * (0.8 + 0.4*rng.Float64())), Currency: "RUB"}
			_, err := s.Sites.AddCost(ctx, account, sites.AddCost{
				CampaignID: c.ID, From: core.DateOf(to.AddDate(0, 0, -6)), To: core.DateOf(to), Amount: amount.Amount(),
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
