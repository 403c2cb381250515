package goals

import (
	"net/netip"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/sites"
)

// TrackedSite is all the tracker needs to know of a site. It is shared between requests and never changes: who keeps one sees the state of the
// moment it was looked up.
type TrackedSite struct {
	sites.Site
	// Goals are the enabled goals, oldest first.
	Goals []Goal
	// Campaigns are the active campaigns, oldest first.
	Campaigns []sites.Campaign
	// Matcher finds the campaign a visit counts to.
	Matcher *sites.Matcher
	// AccountTimezone is the account's zone; days begin in it.
	AccountTimezone *time.Location
	// Currency is the account's, an ISO 4217 code.
	Currency string
	// Blocks are where numbers are replaced; none when the site replaces none.
	Blocks []ScriptBlock
	// Script is the body of GET /cs/s/{site_key}, and ScriptETag its quoted entity tag.
	Script     []byte
	ScriptETag string

	ignored []netip.Prefix
	byID    map[core.GoalID]Goal
	pages   map[core.GoalID]func(string) bool
}

// Goal returns an enabled goal of the site.
func (t *TrackedSite) Goal(id core.GoalID) (Goal, bool) {
	g, ok := t.byID[id]
	return g, ok
}

// AllowsPage reports whether a goal of the site may be reached on a page. A goal without an address may be reached on every page, and so may one
// of type link, whose address is the link's.
func (t *TrackedSite) AllowsPage(g Goal, address string) bool {
	test, ok := t.pages[g.ID]
	return !ok || anyForm(address, test)
}

// SystemGoal returns the enabled goal that watches for a system event.
func (t *TrackedSite) SystemGoal(event SystemEvent) (Goal, bool) {
	for _, g := range t.Goals {
		if g.Type == TypeSystem && g.Conditions.SystemEvent == event {
			return g, true
		}
	}
	return Goal{}, false
}

// IgnoresIP reports whether requests from an address are not counted. An IPv4 address in IPv6 form is the same address.
func (t *TrackedSite) IgnoresIP(addr netip.Addr) bool {
	addr = addr.Unmap().WithZone("")
	for _, p := range t.ignored {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

// ExcludesReferrer reports whether a host never starts a session as referrer: it is one of the site's excluded domains or a subdomain of one.
func (t *TrackedSite) ExcludesReferrer(host string) bool {
	for _, domain := range t.Settings.ExcludedReferrers {
		if isWithin(host, domain) {
			return true
		}
	}
	return false
}

// Owns reports whether a host is the site's domain or a subdomain of it.
func (t *TrackedSite) Owns(host string) bool { return isWithin(sites.PlainHost(host), t.Domain) }

func isWithin(host, domain string) bool {
	return host == domain || (len(host) > len(domain) && host[len(host)-len(domain)-1] == '.' && strings.HasSuffix(host, domain))
}

func newTrackedSite(s sites.Site, timezone *time.Location, currency string, goals []Goal, campaigns []sites.Campaign, blocks []ScriptBlock) *TrackedSite {
	t := &TrackedSite{
		Site: s, Goals: goals, Campaigns: campaigns, Matcher: sites.NewMatcher(campaigns, s.Settings), AccountTimezone: timezone, Currency: currency, Blocks: blocks,
		byID: make(map[core.GoalID]Goal, len(goals)), pages: make(map[core.GoalID]func(string) bool),
	}
	for _, g := range goals {
		t.byID[g.ID] = g
		if g.Type == TypeLink || g.Conditions.URL == "" {
			continue
		}
		if test, err := urlTest(g.Conditions.URLMatch, g.Conditions.URL); err == nil {
			t.pages[g.ID] = test
		}
	}
	for _, text := range s.Settings.IgnoredIPs {
		if p, ok := sites.ParseNetwork(text); ok {
			t.ignored = append(t.ignored, p)
		}
	}
	t.Script, t.ScriptETag = encodeScript(ScriptSettings(t))
	return t
}
