package sites

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
)

// Store keeps sites.
type Store interface {
	// Sites returns the sites of an account that are not deleted, in no particular order.
	Sites(ctx context.Context, account core.AccountID) ([]Site, error)
	// Site returns a site that is not deleted, or an error of kind KindNotFound.
	Site(ctx context.Context, account core.AccountID, id core.SiteID) (Site, error)
	// CreateSite stores a site with the goals every site has, gives it an id and returns it. An account that has the domain already is an error
	// of kind KindConflict, one that has limit sites already of kind KindInvalid (too_many).
	CreateSite(ctx context.Context, s Site, limit int) (Site, error)
	// UpdateSite lets change alter a site and stores it, all in one transaction, and returns it. It fails with change's error, with KindNotFound,
	// or with KindConflict when the account has the new domain already.
	UpdateSite(ctx context.Context, account core.AccountID, id core.SiteID, change func(*Site) error) (Site, error)
	// DeleteSite marks a site as deleted. KindNotFound when there is none.
	DeleteSite(ctx context.Context, account core.AccountID, id core.SiteID) error
	// Arrivals returns the first and newest hit of each of the sites that has any, in a constant number of statements.
	Arrivals(ctx context.Context, account core.AccountID, ids []core.SiteID) (map[core.SiteID]Arrivals, error)
}

// Arrivals says which hits of a site arrived.
type Arrivals struct {
	FirstHitAt time.Time
	LastHitAt  time.Time
	// LastPageURL is the page of the newest hit.
	LastPageURL string
}

// InstallationState says whether a site's snippet works.
type InstallationState string

// The states of an installation.
const (
	// InstallationWaiting: no hit has arrived yet.
	InstallationWaiting InstallationState = "waiting"
	// InstallationReceiving: the newest hit is younger than SilentAfter.
	InstallationReceiving InstallationState = "receiving"
	// InstallationSilent: hits arrived, but none lately.
	InstallationSilent InstallationState = "silent"
)

// SilentAfter is how long no hit must have arrived until a site counts as silent.
const SilentAfter = 24 * time.Hour

// Installation says whether hits of a site arrive.
type Installation struct {
	State InstallationState
	// Arrivals is nil while State is InstallationWaiting.
	Arrivals *Arrivals
}

// Deps are what a Service needs.
type Deps struct {
	Store     Store
	Campaigns CampaignStore
	Costs     CostStore
	// CostUploads keeps costs passed in by outside systems.
	CostUploads CostUploadStore
	// Clock tells the time.
	Clock core.Clock
	// PublicURL is the server's address as browsers see it, with or without a slash at its end.
	PublicURL string
	// Changed is called after each change that the tracker must see; nil = nobody is told.
	Changed func(context.Context)
}

// Service manages sites and their campaigns. It is safe for concurrent use. Every method takes the account; what belongs to another one does
// not exist for it (KindNotFound).
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

// List returns the account's sites by name.
func (s *Service) List(ctx context.Context, account core.AccountID) ([]Site, error) {
	list, err := s.Store.Sites(ctx, account)
	slices.SortFunc(list, func(a, b Site) int { return byName(a.Name, b.Name, a.ID, b.ID) })
	return list, err
}

// Get returns one site. KindNotFound when the account has none with this id.
func (s *Service) Get(ctx context.Context, account core.AccountID, id core.SiteID) (Site, error) {
	return s.Store.Site(ctx, account, id)
}

// Create is a site to add.
type Create struct {
	// Domain is what a person takes for one: scheme, "www.", port and path are cut off.
	Domain string
	// Name is the domain when empty.
	Name string
}

// Create adds a site with new keys, default settings and the system goals. KindInvalid: not a domain, a bad name, or too many sites;
// KindConflict (domain_taken): the account has the domain already.
func (s *Service) Create(ctx context.Context, account core.AccountID, c Create) (Site, error) {
	domain, name, err := parseDomain("domain", c.Domain)
	if err != nil {
		return Site{}, err
	}
	if strings.TrimSpace(c.Name) != "" {
		if name, err = ParseName("name", c.Name); err != nil {
			return Site{}, err
		}
	}
	site, err := s.Store.CreateSite(ctx, Site{
		AccountID: account, Domain: domain, Name: name, SiteKey: core.NewKey(), Key: core.NewKey(), Settings: DefaultSettings(),
	}, MaxSites)
	if err != nil {
		return Site{}, domainTaken(err)
	}
	s.Changed(ctx)
	return site, nil
}

// Update is what to change of a site; what is absent stays.
type Update struct {
	Domain core.Opt[string]
	Name   core.Opt[string]
	// The rest is described at Settings.
	CookieLifetimeDays    core.Opt[int]
	CampaignLifetimeDays  core.Opt[int]
	SessionTimeoutMinutes core.Opt[int]
	ShareSubdomains       core.Opt[bool]
	RespectDoNotTrack     core.Opt[bool]
	RequireConsent        core.Opt[bool]
	DynamicalReplacement  core.Opt[bool]
	IgnoredIPs            core.Opt[[]string]
	ExcludedReferrers     core.Opt[[]string]
	// Weights holds those to change.
	Weights map[Parameter]int
}

// Update changes a site. KindInvalid names the first wrong field; KindConflict (domain_taken): the account has the new domain already.
func (s *Service) Update(ctx context.Context, account core.AccountID, id core.SiteID, u Update) (Site, error) {
	site, err := s.Store.UpdateSite(ctx, account, id, func(site *Site) error { return s.apply(site, u) })
	if err != nil {
		return Site{}, domainTaken(err)
	}
	s.Changed(ctx)
	return site, nil
}

func (s *Service) apply(site *Site, u Update) (err error) {
	if u.Domain.Set {
		if site.Domain, _, err = parseDomain("domain", u.Domain.Value); err != nil {
			return err
		}
	}
	if u.Name.Set {
		if site.Name, err = ParseName("name", u.Name.Value); err != nil {
			return err
		}
	}
	site.Settings, err = settingsUpdate(site.Settings, u)
	return err
}

// Delete removes a site from lists and stops counting it; its history stays. Its domain may be added anew, as another site.
func (s *Service) Delete(ctx context.Context, account core.AccountID, id core.SiteID) error {
	if err := s.Store.DeleteSite(ctx, account, id); err != nil {
		return err
	}
	s.Changed(ctx)
	return nil
}

// Installations says of each site whether its snippet works, in the order of ids.
func (s *Service) Installations(ctx context.Context, account core.AccountID, ids []core.SiteID) ([]Installation, error) {
	arrivals, err := s.Store.Arrivals(ctx, account, ids)
	if err != nil {
		return nil, err
	}
	silentBefore := s.Clock.Now().Add(-SilentAfter)
	out := make([]Installation, len(ids))
	for i, id := range ids {
		a, ok := arrivals[id]
		switch {
		case !ok:
			out[i].State = InstallationWaiting
		case a.LastHitAt.Before(silentBefore):
			out[i] = Installation{InstallationSilent, &a}
		default:
			out[i] = Installation{InstallationReceiving, &a}
		}
	}
	return out, nil
}

func domainTaken(err error) error {
	if core.KindOf(err) == core.KindConflict {
		return core.E(core.KindConflict, "the account has a site with this domain already").WithReason("domain_taken").WithField("domain").WithCause(err)
	}
	return err
}

// byName orders for people: letter case aside, equal names by age.
func byName[ID cmp.Ordered](a, b string, idA, idB ID) int {
	return cmp.Or(strings.Compare(strings.ToLower(a), strings.ToLower(b)), cmp.Compare(idA, idB))
}
