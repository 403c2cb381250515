package demo

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/core/attribution"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/core/reports"
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
	Deals    *deals.Service
	Reports  *reports.Service
	// Phones are the use cases of calls.
	Phones Phones
}

// Size says how much history is to be made. See Plan.
type Size struct {
	Hits, Days int
	Until      time.Time
	Seed       uint64
}

// From manyHits on each campaign has as many advertisements, so that reports have hundreds of rows.
const (
	manyHits       = 1_000_000
	advertisements = 50
)

// SetUp makes the demo account with its sites, goals, campaigns and their costs, the CRM's funnels and employees, what reports have of one's own, and
// telephones: employees, numbers, scenarios and the connection of a simulated provider.
// It returns the plan of the history that fits it. With an account that is there already it fails with KindConflict.
func SetUp(ctx context.Context, s Services, size Size) (Plan, core.CRMID, error) {
	account, owner, err := s.Accounts.CreateAccount(ctx, accounts.Founding{AccountName: company, Name: "Анна Демидова", Email: Email, Password: Password})
	if err != nil {
		return Plan{}, 0, err
	}
	plan := Plan{AccountID: account.ID, Currency: account.Currency, Hits: size.Hits, Days: size.Days, Until: size.Until, Seed: size.Seed}
	for _, profile := range Profiles() {
		if size.Hits >= manyHits {
			profile = profile.varied(advertisements)
		}
		site, err := setUpSite(ctx, s, account.ID, profile)
		if err != nil {
			return plan, 0, fmt.Errorf("setting %s up: %w", profile.Domain, err)
		}
		plan.Sites = append(plan.Sites, site)
	}
	if err := addCosts(ctx, s.Sites, &plan); err != nil {
		return plan, 0, fmt.Errorf("adding costs: %w", err)
	}
	pageSite := windows()
	pageSite.Domain, pageSite.Name = pageDomain, PageSiteName
	pages, err := setUpSite(ctx, s, account.ID, pageSite)
	if err != nil {
		return plan, 0, fmt.Errorf("setting the demo site up: %w", err)
	}
	crm, err := setUpCRM(ctx, s.Deals, account.ID)
	if err != nil {
		return plan, 0, fmt.Errorf("setting the CRM up: %w", err)
	}
	if err := setUpReports(ctx, s.Reports, account.ID); err != nil {
		return plan, 0, fmt.Errorf("setting reports up: %w", err)
	}
	if err := setUpPhones(ctx, s.Phones, &plan, pages.ID, owner.ID); err != nil {
		return plan, 0, fmt.Errorf("setting telephones up: %w", err)
	}
	return plan, crm, nil
}

// setUpReports makes a model and a formula of the account's own.
func setUpReports(ctx context.Context, s *reports.Service, account core.AccountID) error {
	_, err := s.PutModel(ctx, account, reports.Model{
		Name: "Знакомство 50 / продажа 30", Definition: attribution.Definition{Kind: attribution.KindPosition, First: .5, Middle: .2, Last: .3, ExcludeDirect: true},
	})
	if err != nil {
		return err
	}
	_, err = s.PutFormula(ctx, account, reports.Formula{Name: "Прибыль при марже 35 %", Expression: "revenue_won * 0.35 - cost", Format: reports.TypeMoney})
	return err
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

// hitsPerSession is about how many pages a visit has.
const hitsPerSession = 5

// addCosts adds what each campaign cost, week by week: the price of as many clicks as there will be visits, about.
func addCosts(ctx context.Context, s *sites.Service, plan *Plan) error {
	rng := rand.New(rand.NewPCG(plan.Seed, 0xc057))
	visits := 7 * float64(plan.Hits) / float64(plan.Days) / hitsPerSession
	for i := range plan.Sites {
		site := &plan.Sites[i]
		for n, c := range site.Campaigns {
			for back := 0; back+7 <= plan.Days; back += 7 {
				to := plan.Until.AddDate(0, 0, -back)
				share := plan.shareOf(site, c.Name, to.AddDate(0, 0, -3)) * (.85 + .3*rng.Float64())
				if err := addCost(ctx, s, plan, c.ID, site.Profile.Campaigns[n], to, visits*share); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// shareOf is the part of all visits that come to a site by a campaign.
func (p *Plan) shareOf(s *Site, campaign string, at time.Time) float64 {
	var all, own, weights float64
	for _, a := range s.Profile.Arrivals {
		w := a.Weight * trend(a, at, p.Until.AddDate(0, 0, -p.Days), p.Days)
		all += w
		if a.Campaign == campaign {
			own += w
		}
	}
	for i := range p.Sites {
		weights += p.Sites[i].Profile.Weight
	}
	return own / all * s.Profile.Weight / weights
}

func addCost(ctx context.Context, s *sites.Service, plan *Plan, id core.CampaignID, c CampaignPlan, to time.Time, clicks float64) error {
	clicks = math.Max(1, math.Round(clicks))
	_, err := s.AddCost(ctx, plan.AccountID, sites.AddCost{
		CampaignID: id, From: core.DateOf(to.AddDate(0, 0, -6)), To: core.DateOf(to), Amount: core.Money{Minor: int64(clicks * c.Click), Currency: plan.Currency}.Amount(),
		Clicks: int64(clicks), Impressions: int64(clicks / c.ClickRate),
	})
	return err
}
