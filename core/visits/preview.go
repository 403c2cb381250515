package visits

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/sites"
)

// maxPreviewLength is how much of an address is looked at, in characters; the tracker cuts at the same length.
const maxPreviewLength = 2000

// RuleReader reads the rules arrivals are judged by.
type RuleReader interface {
	// Site returns a site that is not deleted, or an error of kind KindNotFound.
	Site(ctx context.Context, account core.AccountID, id core.SiteID) (sites.Site, error)
	// Campaigns returns the campaigns of several sites of an account.
	Campaigns(ctx context.Context, account core.AccountID, ids []core.SiteID) ([]sites.Campaign, error)
}

// Previewer tells people what a visit would be counted to, by the very rules the tracker uses. It is safe for concurrent use.
type Previewer struct {
	// Rules reads sites and campaigns.
	Rules RuleReader
	// Classifier tells where visits come from.
	Classifier *Classifier
}

// Preview is what a visit would be counted to.
type Preview struct {
	Source TrafficSource
	// Campaign is nil when no campaign's rule matches.
	Campaign *sites.Campaign
}

// Preview tells what a visit that lands on a page from a referrer would be counted to. The place is unknown, so conditions on it don't hold.
// KindNotFound: no such site; KindInvalid: no address, or one too long.
func (p *Previewer) Preview(ctx context.Context, account core.AccountID, site core.SiteID, page, referrer string) (Preview, error) {
	page, referrer = strings.TrimSpace(page), strings.TrimSpace(referrer)
	switch {
	case page == "":
		return Preview{}, core.Invalid("url", "required", "give the address of the page")
	case utf8.RuneCountInString(page) > maxPreviewLength:
		return Preview{}, core.Invalid("url", "too_long", "the address is longer than %d characters", maxPreviewLength)
	case utf8.RuneCountInString(referrer) > maxPreviewLength:
		return Preview{}, core.Invalid("referrer", "too_long", "the address is longer than %d characters", maxPreviewLength)
	}
	s, err := p.Rules.Site(ctx, account, site)
	if err != nil {
		return Preview{}, err
	}
	campaigns, err := p.Rules.Campaigns(ctx, account, []core.SiteID{site})
	if err != nil {
		return Preview{}, err
	}
	arrival := Arrival{PageURL: page, Referrer: referrer, SiteDomain: s.Domain, ExcludedReferrers: s.Settings.ExcludedReferrers}
	seen := p.Classifier.Classify(arrival)
	out := Preview{Source: seen.Source}
	if id, ok := sites.NewMatcher(campaigns, s.Settings).Match(seen.Facts(arrival, Client{})); ok {
		for i := range campaigns {
			if campaigns[i].ID == id {
				out.Campaign = &campaigns[i]
			}
		}
	}
	return out, nil
}
