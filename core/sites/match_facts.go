package sites

import (
	"net/url"
	"strings"

	"github.com/skvoz/skvoz/core"
)

// foldedFacts are Facts made ready for comparing, once for all campaigns.
type foldedFacts struct {
	entrancePage, referrer, referrerDomain     []foldedValue
	searchEngine, searchQuery, engine, channel []foldedValue
	location                                   []foldedValue
	utm, openStat, other                       []foldedTag
}

type foldedTag struct {
	key   string
	value foldedValue
}

type foldedValue struct {
	raw    string
	folded string
	// plain is set for addresses and hosts: without scheme, "www." and closing slash.
	plain string
}

func foldFacts(f Facts) *foldedFacts {
	return &foldedFacts{
		entrancePage:   foldAddress(f.EntrancePage),
		referrer:       foldAddress(f.Referrer),
		referrerDomain: foldHost(f.ReferrerDomain),
		searchEngine:   foldValues(f.SearchEngine),
		searchQuery:    foldValues(f.SearchQuery),
		engine:         foldValues(f.Engine),
		channel:        foldValues(f.Channel),
		location:       foldValues(f.Country, f.Region, f.City),
		utm:            foldTags(ParameterUTMTags, f.UTM),
		openStat:       foldTags(ParameterOSTags, f.OpenStat),
		other:          foldTags(ParameterOtherTags, f.Other),
	}
}

func (f *foldedFacts) values(p Parameter) []foldedValue {
	switch p {
	case ParameterEntrancePage:
		return f.entrancePage
	case ParameterReferrerDomain:
		return f.referrerDomain
	case ParameterSearchEngine:
		return f.searchEngine
	case ParameterSearchQuery:
		return f.searchQuery
	case ParameterEngine:
		return f.engine
	case ParameterReferrer:
		return f.referrer
	case ParameterChannel:
		return f.channel
	case ParameterLocation:
		return f.location
	default:
		return nil
	}
}

func foldValues(values ...string) []foldedValue {
	var out []foldedValue
	for _, v := range values {
		if v != "" {
			out = append(out, foldedValue{raw: v, folded: strings.ToLower(v)})
		}
	}
	return out
}

func foldTags(p Parameter, tags []Tag) []foldedTag {
	if len(tags) == 0 {
		return nil
	}
	out := make([]foldedTag, len(tags))
	for i, t := range tags {
		out[i] = foldedTag{key: foldKey(p, t.Key), value: foldedValue{raw: t.Value, folded: strings.ToLower(t.Value)}}
	}
	return out
}

// foldKey lets "source" and "utm_source", "service" and "openstat_service" be the same.
func foldKey(p Parameter, key string) string {
	key = strings.ToLower(strings.TrimSpace(key))
	switch p {
	case ParameterUTMTags:
		return strings.TrimPrefix(key, "utm_")
	case ParameterOSTags:
		return strings.TrimPrefix(key, "openstat_")
	default:
		return key
	}
}

// foldAddress gives the address as it came and, where it differs, as a person reads it: unescaped, with the host in its own letters.
func foldAddress(address string) []foldedValue {
	if address == "" {
		return nil
	}
	out := []foldedValue{foldedAddress(address)}
	if readable := readableAddress(address); readable != address {
		out = append(out, foldedAddress(readable))
	}
	return out
}

func foldHost(host string) []foldedValue {
	if host == "" {
		return nil
	}
	out := []foldedValue{foldedAddress(host)}
	if readable := core.ReadableHost(host); readable != host {
		out = append(out, foldedAddress(readable))
	}
	return out
}

func foldedAddress(address string) foldedValue {
	folded := strings.ToLower(address)
	return foldedValue{raw: address, folded: folded, plain: plainAddress(folded)}
}

func readableAddress(address string) string {
	readable := address
	if strings.Contains(readable, "%") {
		if unescaped, err := url.PathUnescape(readable); err == nil {
			readable = unescaped
		}
	}
	if !strings.Contains(readable, "xn--") {
		return readable
	}
	scheme, rest, found := strings.Cut(readable, "://")
	if !found {
		return readable
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	return scheme + "://" + core.ReadableHost(rest[:end]) + rest[end:]
}

func plainAddress(address string) string {
	address = strings.TrimPrefix(strings.TrimPrefix(address, "https://"), "http://")
	return strings.TrimSuffix(strings.TrimPrefix(address, "www."), "/")
}
