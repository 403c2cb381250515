package visits

import "github.com/skvoz/skvoz/core/sites"

// Arrival is a page view as far as its origin can be seen in it. Every field may be empty or anything a foreign browser sends.
type Arrival struct {
	// PageURL is the address of the page, Referrer the browser's document.referrer.
	PageURL  string
	Referrer string
	// SiteDomain is sites.Site.Domain: the domain and all its subdomains are the site itself.
	SiteDomain string
	// ExcludedReferrers are sites.Settings.ExcludedReferrers; payment and sign-in pages known to everybody are excluded anyway.
	ExcludedReferrers []string
}

// ClickID is an identifier an advertising system, a network or a tool put into the address: gclid, yclid, ….
type ClickID struct {
	Name  string
	Value string
}

// Tags are the parameters of a page's address, for campaign conditions. They are empty for an internal view without advertising tags.
type Tags struct {
	// UTM have keys like "utm_source"; OpenStat are "service", "campaign", "ad" and "source", decoded; Other are all other parameters.
	UTM, OpenStat, Other []sites.Tag
}

// Classification is where an arrival came from.
type Classification struct {
	Source TrafficSource
	// SearchQuery is what was searched for, where the engine tells it.
	SearchQuery string
	// IsArrival: the visitor came from outside or through a link with advertising tags, so this view may begin a new session (see Begins).
	// Direct views, internal ones and returns from excluded referrers are none.
	IsArrival bool
	Tags      Tags
	ClickIDs  []ClickID
}

// Begins says whether the view begins a new session while one with source current is still running: it is an arrival, and from another source.
// A reload of the landing page, or a walk through the site that drags its tags along, does not.
func (c Classification) Begins(current TrafficSource) bool {
	if !c.IsArrival {
		return false
	}
	s := c.Source
	return s.Channel != current.Channel || s.Source != current.Source || s.Medium != current.Medium || s.Campaign != current.Campaign ||
		s.Term != current.Term || s.Content != current.Content || s.Engine != current.Engine
}

// Facts are what campaign conditions look at, for a session that begins with this arrival from this place.
func (c Classification) Facts(a Arrival, client Client) sites.Facts {
	return sites.Facts{
		EntrancePage: a.PageURL, Referrer: c.Source.Referrer, ReferrerDomain: c.Source.ReferrerDomain,
		SearchEngine: c.Source.SearchEngine, SearchQuery: c.SearchQuery, Engine: c.Source.Engine, Channel: string(c.Source.Channel),
		Country: client.Country, Region: client.Region, City: client.City,
		UTM: c.Tags.UTM, OpenStat: c.Tags.OpenStat, Other: c.Tags.Other,
	}
}

// Classifier says where page views come from. It never changes and may be used by several goroutines; NewClassifier makes one.
type Classifier struct {
	origins origins
	media   map[string]medium
	params  map[string]parameter
}

// NewClassifier reads the lists that come with the program.
func NewClassifier() *Classifier {
	return &Classifier{origins: loadOrigins(listedSources, ownSources), media: loadMedia(), params: loadParameters()}
}
