package visits

import (
	"encoding/base64"
	"strings"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/sites"
)

// Classify says where a page view comes from. It never fails: what can't be understood is a direct view or a reference.
// For a view inside the site without advertising tags it allocates nothing.
func (c *Classifier) Classify(a Arrival) Classification {
	page, referrer := cutAddress(a.PageURL), cutAddress(a.Referrer)
	internal := isInternal(a, page, referrer)
	if internal && !c.isAdvertised(page) {
		return Classification{Source: TrafficSource{Channel: ChannelInternal, Source: referrer.host, Referrer: a.Referrer, ReferrerDomain: referrer.host}}
	}
	v := view{Classifier: c, referrer: referrer}
	v.readTags(page)
	if (internal || !referrer.isWeb()) && v.lookBehind(a, page) {
		internal = false
	}
	v.place = v.findPlace()
	if v.isExcluded(a.ExcludedReferrers) {
		v.place = &origin{kind: kindExcluded}
	}
	out := v.classify(a.Referrer, internal)
	out.IsArrival = v.isArrival(internal)
	return out
}

// view is one page view while it is being classified.
type view struct {
	*Classifier
	referrer address
	// place is the referrer's origin, nil when unknown.
	place *origin
	tags  Tags
	ids   []ClickID
	// utm, from and the decisive click id, by name; click is nil when there is none.
	utm      utmTags
	from     string
	click    *parameter
	openStat bool
}

type utmTags struct {
	source, medium, campaign, term, content, referrer string
}

func (u utmTags) given() bool { return u.source != "" || u.medium != "" || u.campaign != "" }

func isInternal(a Arrival, page, referrer address) bool {
	if !referrer.isWeb() {
		return false
	}
	return referrer.host == page.host || isWithin(referrer.host, a.SiteDomain)
}

// isAdvertised says whether an address carries tags of advertising.
func (c *Classifier) isAdvertised(page address) bool {
	for _, query := range [2]string{page.query, fragmentQuery(page.fragment)} {
		for query != "" {
			key, value, rest := nextParameter(query)
			if value != "" && c.parameter(key).role.isAdvertising() {
				return true
			}
			query = rest
		}
	}
	return false
}

func (c *Classifier) parameter(key string) parameter {
	return c.params[strings.ToLower(key)]
}

// fragmentQuery finds parameters behind "#": "#utm_source=…", "#/path?utm_source=…".
func fragmentQuery(fragment string) string {
	if _, query, found := strings.Cut(fragment, "?"); found {
		return query
	}
	if strings.Contains(fragment, "=") {
		return fragment
	}
	return ""
}

func (v *view) readTags(page address) {
	v.readQuery(page.query, false)
	v.readQuery(fragmentQuery(page.fragment), true)
}

// readQuery takes the parameters in; behind "#" only those that are known, since the rest belongs to the page's own script.
func (v *view) readQuery(query string, onlyKnown bool) {
	for n := 0; query != "" && n < maxTags; n++ {
		var key, value string
		key, value, query = nextParameter(query)
		if key == "" {
			continue
		}
		key = strings.ToLower(decode(key))
		p, known := v.params[key]
		if known || !onlyKnown {
			v.readTag(key, decode(value), p)
		}
	}
}

func (v *view) readTag(key, value string, p parameter) {
	if p.role == roleOther && strings.HasPrefix(key, "utm_") {
		p.role = roleUTM
	}
	switch p.role {
	case roleUTM:
		v.tags.UTM = append(v.tags.UTM, sites.Tag{Key: key, Value: value})
		v.utm.set(key, value)
		return
	case roleOpenStat:
		v.readOpenStat(value)
		return
	case roleFrom:
		v.from = value
	case roleAdClick, roleMark:
		v.readClick(key, value, p)
	case roleID:
		v.ids = append(v.ids, ClickID{Name: key, Value: value})
	}
	v.tags.Other = append(v.tags.Other, sites.Tag{Key: key, Value: value})
}

// readClick keeps a click id. A paid one goes before a mark, one that names its system before one that doesn't, else the first.
func (v *view) readClick(key, value string, p parameter) {
	if value == "" {
		return
	}
	v.ids = append(v.ids, ClickID{Name: key, Value: value})
	if key == "roistat" {
		v.nameClick(&p, value)
	}
	better := v.click == nil || (v.click.role == roleMark && p.role == roleAdClick) ||
		(v.click.role == p.role && v.click.source == "" && p.source != "")
	if better {
		v.click = &p
	}
}

// nameClick reads the system from the first part of a mark such as "direct1_search_123" or "vk_456".
func (v *view) nameClick(p *parameter, value string) {
	first, _, _ := strings.Cut(value, "_")
	if place := v.origins.words[foldWord(strings.TrimRight(first, "0123456789"))]; place != nil {
		p.source, p.engine = place.name, place.engine
	}
}

func (u *utmTags) set(key, value string) {
	field := u.field(key)
	if field != nil && *field == "" {
		*field = value
	}
}

func (u *utmTags) field(key string) *string {
	switch key {
	case "utm_source":
		return &u.source
	case "utm_medium":
		return &u.medium
	case "utm_campaign":
		return &u.campaign
	case "utm_term":
		return &u.term
	case "utm_content":
		return &u.content
	case "utm_referrer":
		return &u.referrer
	}
	return nil
}

// readOpenStat takes "service;campaign;ad;source", plain or in base64.
func (v *view) readOpenStat(value string) {
	parts := strings.Split(value, ";")
	if len(parts) < 2 {
		text, ok := fromBase64(value)
		if !ok {
			return
		}
		parts = strings.Split(decode(text), ";")
	}
	if len(parts) < 2 || v.openStat {
		return
	}
	v.openStat = true
	for i, key := range [...]string{"service", "campaign", "ad", "source"} {
		if i < len(parts) && parts[i] != "" {
			v.tags.OpenStat = append(v.tags.OpenStat, sites.Tag{Key: key, Value: shorten(parts[i])})
		}
	}
}

// fromBase64 reads both alphabets, with and without padding; a "+" may have become a blank on the way.
func fromBase64(s string) (string, bool) {
	s = strings.NewReplacer(" ", "-", "+", "-", "/", "_", "=", "").Replace(s)
	text, err := base64.RawURLEncoding.DecodeString(s)
	return string(text), err == nil && len(text) > 0
}

func (v *view) openStatPart(key string) string {
	for _, t := range v.tags.OpenStat {
		if t.Key == key {
			return t.Value
		}
	}
	return ""
}

// lookBehind takes the referrer that utm_referrer saved over a redirect.
func (v *view) lookBehind(a Arrival, page address) bool {
	if v.utm.referrer == "" {
		return false
	}
	saved := v.utm.referrer
	if !strings.Contains(saved, "://") {
		saved = "https://" + saved
	}
	behind := cutAddress(saved)
	if !behind.isWeb() || !strings.Contains(behind.host, ".") || isInternal(a, page, behind) {
		return false
	}
	v.referrer = behind
	return true
}

func (v *view) findPlace() *origin {
	switch {
	case v.referrer.isWeb():
		return v.origins.find(v.referrer.host, v.referrer.path, func(params []string) bool { return v.searchQuery(params) != "" })
	case strings.EqualFold(v.referrer.scheme, "file"):
		return &origin{kind: kindCached, name: "file"}
	}
	return nil
}

// searchQuery reads the first parameter that is filled from the referrer.
func (v *view) searchQuery(params []string) string {
	for _, wanted := range params {
		for query := v.referrer.query; query != ""; {
			var key, value string
			key, value, query = nextParameter(query)
			if key == wanted && value != "" {
				return decode(value)
			}
		}
	}
	return ""
}

// isTagged: the address carries tags of advertising.
func (v *view) isTagged() bool {
	return v.utm.given() || v.openStat || (v.click != nil && v.click.role == roleAdClick)
}

// isExcluded: the site's settings say that whoever returns from there never left.
func (v *view) isExcluded(domains []string) bool {
	for _, d := range domains {
		if d = cleanHost(strings.TrimPrefix(strings.TrimSpace(d), "*.")); isWithin(v.referrer.host, d) {
			return true
		}
	}
	return false
}

func (v *view) isArrival(internal bool) bool {
	if v.place != nil && v.place.kind == kindExcluded {
		return false
	}
	if internal {
		return v.isTagged()
	}
	return v.isTagged() || v.click != nil || v.from != "" || v.place != nil || v.referrer.isWeb()
}

// classify applies the precedence: utm, openstat, ad click ids, other marks, the referrer, from, nothing.
func (v *view) classify(referrer string, internal bool) Classification {
	out := Classification{Tags: v.tags, ClickIDs: v.ids}
	s := &out.Source
	s.Referrer, s.ReferrerDomain = referrer, v.referrer.host
	if internal && !v.isTagged() {
		s.Channel, s.Source = ChannelInternal, v.referrer.host
		return out
	}
	if v.place != nil && v.place.kind == kindSearch {
		s.SearchEngine = v.place.name
		out.SearchQuery = v.searchQuery(v.place.params)
	}
	switch {
	case v.utm.given():
		v.fromUTM(s)
	case v.openStat:
		v.fromOpenStat(s)
	case v.click != nil:
		v.fromClick(s)
	case v.referrer.isWeb() || v.place != nil:
		v.fromReferrer(s)
	case v.from != "":
		v.fromWord(s)
	default:
		s.Channel = ChannelDirect
	}
	if s.Term == "" {
		s.Term = out.SearchQuery
	}
	return out
}

func (v *view) fromUTM(s *TrafficSource) {
	s.Source, s.Medium, s.Campaign, s.Term, s.Content = v.utm.source, v.utm.medium, v.utm.campaign, v.utm.term, v.utm.content
	named := v.named(v.utm.source)
	m, known := v.medium(v.utm.medium)
	switch {
	case known && m.channel == ChannelOrganic && named != nil && named.kind != kindAds && named.kind != kindReferral:
		s.Channel = named.kind.channel()
	case known:
		s.Channel, s.IsPaid = m.channel, m.paid
	case v.click != nil && v.click.role == roleAdClick:
		s.Channel, s.IsPaid = v.click.channel, true
	default:
		s.Channel, s.IsPaid = v.unknownMedium(named)
	}
	if s.Channel == ChannelOrganic && named != nil && named.kind == kindSearch && s.SearchEngine == "" {
		s.SearchEngine = named.name
	}
	if s.IsPaid {
		s.Engine = v.engine(named)
	}
}

// unknownMedium: with a word nobody knows, the source tells; without any word a search engine's or a system's name means advertising,
// since search results carry no tags.
func (v *view) unknownMedium(named *origin) (channel Channel, paid bool) {
	switch {
	case named != nil && named.kind == kindAds, named != nil && named.kind == kindSearch && v.utm.medium == "":
		return ChannelPaid, true
	case named != nil && named.kind != kindSearch && named.kind != kindExcluded:
		return named.kind.channel(), false
	case v.openStat:
		return ChannelPaid, true
	case v.place != nil && v.place.kind != kindExcluded:
		return v.place.kind.channel(), v.place.kind == kindAds
	}
	return ChannelReferral, false
}

// named finds the origin a source's word stands for.
func (v *view) named(source string) *origin {
	if source == "" {
		return nil
	}
	if place := v.origins.words[foldWord(source)]; place != nil {
		return place
	}
	if host := hostOfSource(source); host != "" {
		return v.origins.find(host, "", func([]string) bool { return false })
	}
	return nil
}

// engine is the advertising system: the click id's, else the named source's, openstat's, the referrer's.
func (v *view) engine(named *origin) string {
	if v.click != nil && v.click.engine != "" {
		return v.click.engine
	}
	for _, place := range [...]*origin{named, v.named(v.openStatPart("service")), v.place} {
		if place != nil && place.engine != "" {
			return place.engine
		}
	}
	return ""
}

func (v *view) fromOpenStat(s *TrafficSource) {
	s.Source, s.Campaign, s.Content = v.openStatPart("service"), v.openStatPart("campaign"), v.openStatPart("ad")
	s.Channel, s.IsPaid = ChannelPaid, true
	s.Engine = v.engine(nil)
}

func (v *view) fromClick(s *TrafficSource) {
	s.Source, s.Channel = v.click.source, v.click.channel
	if v.click.role == roleAdClick {
		s.IsPaid, s.Engine = true, v.engine(nil)
	}
	if s.Channel == ChannelOrganic && s.SearchEngine == "" {
		s.SearchEngine = s.Source
	}
	if s.Source == "" {
		s.Source = v.referrerName()
	}
}

func (v *view) fromReferrer(s *TrafficSource) {
	s.Source = v.referrerName()
	if v.place == nil {
		s.Channel = ChannelReferral
		return
	}
	s.Channel = v.place.kind.channel()
	switch v.place.kind {
	case kindAds:
		s.IsPaid, s.Engine = true, v.place.engine
	case kindExcluded:
		s.Source = ""
	}
}

func (v *view) referrerName() string {
	if v.place != nil {
		return v.place.name
	}
	return core.ReadableHost(v.referrer.host)
}

// fromWord reads "?from=…", which sites use for links in letters, posts and directories.
func (v *view) fromWord(s *TrafficSource) {
	s.Source, s.Channel = v.from, ChannelReferral
	if named := v.named(v.from); named != nil && named.kind != kindExcluded {
		s.Channel = named.kind.channel()
		s.IsPaid = named.kind == kindAds
		if s.IsPaid {
			s.Engine = named.engine
		}
	}
	if m, known := v.medium(v.from); known && s.Channel == ChannelReferral {
		s.Channel, s.IsPaid = m.channel, m.paid
	}
}
