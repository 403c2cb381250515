package visits

import (
	_ "embed"
	"strings"

	"github.com/skvoz/skvoz/core"
)

//go:generate go run ../../scripts/gensources/main.go -from=${SOURCES_CHECKOUT} -out sources_list.txt

// listedSources is the public list of search engines and networks, ownSources what is kept by hand. The format is described in the latter.
var (
	//go:embed sources_list.txt
	listedSources string
	//go:embed sources_own.txt
	ownSources string
)

type originKind uint8

const (
	kindNone originKind = iota
	kindSearch
	kindSocial
	kindMessenger
	kindEmail
	kindRecommendation
	kindCached
	kindAds
	kindReferral
	kindExcluded
)

// origin is a place visitors come from.
type origin struct {
	kind originKind
	// name is the stored word; engine is the system through which one advertises there, empty when none is known.
	name, engine string
	// params hold the search query.
	params []string
	// list is the number of the list it was read from: the later one wins.
	list int
	// needsQuery: it is a search engine only where a query is given.
	needsQuery bool
}

// hostEntry is what is known of a host: itself, what is below it, and its pages.
type hostEntry struct {
	// own is for the host itself, below for its subdomains; both may be nil.
	own, below *origin
	pages      []pageOrigin
}

type pageOrigin struct {
	prefix string
	origin *origin
}

// origins are all places known, by host, by brand (the host without its country's ending) and by word of utm_source.
type origins struct {
	hosts, brands map[string]*hostEntry
	words         map[string]*origin
}

// loadOrigins reads the lists in order; what comes later wins.
func loadOrigins(lists ...string) origins {
	o := origins{hosts: map[string]*hostEntry{}, brands: map[string]*hostEntry{}, words: map[string]*origin{}}
	for number, list := range lists {
		for line := range strings.Lines(list) {
			o.addLine(strings.TrimSpace(line), number)
		}
	}
	return o
}

func (o origins) addLine(line string, list int) {
	columns := strings.Split(line, " | ")
	if strings.HasPrefix(line, "#") || len(columns) != 6 {
		return
	}
	place := origin{kind: kindOf(columns[0]), name: columns[1], engine: strings.Trim(columns[2], "-"), params: cells(columns[3], ","), list: list}
	for _, host := range cells(columns[4], ", ") {
		o.addHost(host, place)
	}
	for _, word := range cells(columns[5], ", ") {
		o.words[foldWord(word)] = &place
	}
}

func (o origins) addHost(pattern string, place origin) {
	pattern, place.needsQuery = strings.CutPrefix(pattern, "?")
	host, page, isPage := strings.Cut(pattern, "/")
	host, onlyBelow := strings.CutPrefix(host, "*.")
	host = strings.TrimPrefix(host, "www.")
	entries := o.hosts
	if brand, found := strings.CutSuffix(host, ".*"); found {
		entries, host = o.brands, brand
	}
	entry := entries[host]
	if entry == nil {
		entry = &hostEntry{}
		entries[host] = entry
	}
	switch {
	case isPage:
		entry.pages = append([]pageOrigin{{prefix: "/" + page, origin: &place}}, entry.pages...)
	case onlyBelow:
		entry.below = &place
	case place.kind == kindSearch:
		entry.own = &place
	default:
		entry.own, entry.below = &place, &place
	}
}

// find tells the origin of a host (lower-case, without "www.") and path, nil when it is not known. It allocates nothing.
func (o origins) find(host, path string, hasQuery func(params []string) bool) *origin {
	below := false
	for rest := host; rest != ""; {
		byName, byBrand := o.hosts[rest], o.brandOf(rest)
		for _, place := range [...]*origin{byName.page(below, path), byBrand.page(below, path), laterListed(byName.host(below), byBrand.host(below))} {
			if place != nil && (!place.needsQuery || hasQuery(place.params)) {
				return place
			}
		}
		first, after, _ := strings.Cut(rest, ".")
		below = below || first != "m"
		rest = after
	}
	return nil
}

func laterListed(a, b *origin) *origin {
	if a == nil || (b != nil && b.list > a.list) {
		return b
	}
	return a
}

// page finds the origin of the pages below a path.
func (e *hostEntry) page(below bool, path string) *origin {
	if e == nil || below {
		return nil
	}
	for _, p := range e.pages {
		if strings.HasPrefix(path, p.prefix) && (len(path) == len(p.prefix) || !isWordByte(path[len(p.prefix)])) {
			return p.origin
		}
	}
	return nil
}

// host finds the origin of the host or, below it, of its subdomains.
func (e *hostEntry) host(below bool) *origin {
	switch {
	case e == nil:
		return nil
	case below || e.own == nil:
		return e.below
	}
	return e.own
}

// brandOf knows "google" in "google.de" and "google.co.uk", and "maps.google" in "maps.google.de".
func (o origins) brandOf(host string) *hostEntry {
	last := strings.LastIndexByte(host, '.')
	if last < 0 {
		return nil
	}
	if entry := o.brands[host[:last]]; entry != nil {
		return entry
	}
	second := strings.LastIndexByte(host[:last], '.')
	if second < 0 || last-second > 4 || len(host)-last != 3 {
		return nil
	}
	return o.brands[host[:second]]
}

func isWordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_'
}

func kindOf(word string) originKind {
	switch word {
	case "search":
		return kindSearch
	case "social":
		return kindSocial
	case "messenger":
		return kindMessenger
	case "email":
		return kindEmail
	case "recommendation":
		return kindRecommendation
	case "cached":
		return kindCached
	case "ads":
		return kindAds
	case "referral":
		return kindReferral
	case "excluded":
		return kindExcluded
	}
	return kindNone
}

// channel is the one of visits without advertising tags.
func (k originKind) channel() Channel {
	switch k {
	case kindSearch:
		return ChannelOrganic
	case kindSocial:
		return ChannelSocial
	case kindMessenger:
		return ChannelMessenger
	case kindEmail:
		return ChannelEmail
	case kindRecommendation:
		return ChannelRecommendation
	case kindCached:
		return ChannelCashed
	case kindAds:
		return ChannelPaid
	case kindExcluded:
		return ChannelDirect
	default:
		return ChannelReferral
	}
}

// cells splits a column; "-" is an empty one.
func cells(column, separator string) []string {
	column = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(column), "|"))
	if column == "-" || column == "" {
		return nil
	}
	out := strings.Split(column, separator)
	for i := range out {
		out[i] = strings.TrimSpace(out[i])
	}
	return out
}

// foldWord makes "Yandex_Direct", "yandex-direct" and "yandex.direct" one word.
func foldWord(word string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '-', '_', '.', ' ', '+', '/':
			return -1
		}
		return r
	}, strings.ToLower(word))
}

// hostOfSource lets utm_source=m.vk.com be found as a host.
func hostOfSource(source string) string {
	if !strings.Contains(source, ".") {
		return ""
	}
	return strings.TrimPrefix(core.ASCIIHost(strings.TrimSpace(source)), "www.")
}
