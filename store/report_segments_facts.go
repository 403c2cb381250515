package store

import (
	"strings"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/reports"
	"github.com/skvoz/skvoz/core/visits"
)

// dayReading reads the facts of some days in a row.
type dayReading struct {
	conn
	account     core.AccountID
	first, last int
	attrs       *attributes
}

// from and to are the bounds of the days in unix milliseconds, the second one excluded.
func (b *dayReading) from() int64 { return int64(b.first) * reports.DayMS }
func (b *dayReading) to() int64   { return int64(b.last+1) * reports.DayMS }

// attributesSQL are the attributes of sessions s as scanAttributes reads them. Texts come joined: every column costs as much as the row itself.
// {sep} is attributeSeparator as a parameter.
const attributesSQL = `s.site_id, s.traffic_id, s.campaign_id, s.entrance_page_id, s.country || {sep} || s.region || {sep} || s.city,
  s.device_type || {sep} || s.browser || {sep} || s.os || {sep} || s.language || {sep} || s.screen`

// outerAttributesSQL is attributesSQL where there may be no session.
const outerAttributesSQL = `COALESCE(s.site_id, 0), COALESCE(s.traffic_id, 0), COALESCE(s.campaign_id, 0), COALESCE(s.entrance_page_id, 0),
  COALESCE(s.country || {sep} || s.region || {sep} || s.city, ''),
  COALESCE(s.device_type || {sep} || s.browser || {sep} || s.os || {sep} || s.language || {sep} || s.screen, '')`

const attributeSeparator = "\x1f"

// attributesOf puts the attributes of sessions into the place of {attributes}; parameter carries attributeSeparator.
func attributesOf(q, attributes, parameter string) string {
	return strings.ReplaceAll(strings.ReplaceAll(q, "{attributes}", attributes), "{sep}", "CAST("+parameter+" AS TEXT)")
}

// attribute is what is known of a session, each part shared by all sessions with the same.
type attribute struct {
	origin reports.Origin
	place  *reports.Place
	client *reports.Client
	page   core.DimensionID
}

// attributes are the places and clients met so far, by the joined texts.
type attributes struct {
	places  map[string]*reports.Place
	clients map[string]*reports.Client
	// The rest is where rows are read into.
	site, traffic, campaign, page int64
	placeText, clientText         string
}

func newAttributes() *attributes {
	return &attributes{
		places:  map[string]*reports.Place{"": {}, strings.Repeat(attributeSeparator, 2): {}},
		clients: map[string]*reports.Client{"": {}, strings.Repeat(attributeSeparator, 4): {}},
	}
}

// dest is where to read attributesSQL into, for taken to take.
func (a *attributes) dest() []any {
	return []any{&a.site, &a.traffic, &a.campaign, &a.page, &a.placeText, &a.clientText}
}

// taken are the attributes of the row read last.
func (a *attributes) taken() attribute {
	place, ok := a.places[a.placeText]
	if !ok {
		p := strings.SplitN(strings.Clone(a.placeText), attributeSeparator, 3)
		place = &reports.Place{Country: p[0], Region: p[1], City: p[2]}
		a.places[a.placeText] = place
	}
	client, ok := a.clients[a.clientText]
	if !ok {
		c := strings.SplitN(strings.Clone(a.clientText), attributeSeparator, 5)
		client = &reports.Client{Device: visits.DeviceType(c[0]), Browser: c[1], OS: c[2], Language: c[3], Screen: c[4]}
		a.clients[a.clientText] = client
	}
	return attribute{
		origin: reports.Origin{Site: core.SiteID(a.site), Traffic: core.TrafficID(a.traffic), Campaign: core.CampaignID(a.campaign)},
		place:  place, client: client, page: core.DimensionID(a.page),
	}
}

// factsBuilder makes the short lists of a segment. Lists are in the order in which their values are met, so the same rows give the same lists.
type factsBuilder struct {
	reports.VisitFacts
	origins map[reports.Origin]uint32
	places  map[*reports.Place]uint32
	clients map[*reports.Client]uint32
	pages   map[core.DimensionID]uint32
}

func newFacts() factsBuilder {
	return factsBuilder{
		VisitFacts: reports.VisitFacts{
			Origins: make([]reports.Origin, 1), Places: make([]reports.Place, 1), Clients: make([]reports.Client, 1), Pages: make([]core.DimensionID, 1),
			OriginOf: []uint32{}, PlaceOf: []uint32{}, ClientOf: []uint32{}, PageOf: []uint32{},
		},
		origins: map[reports.Origin]uint32{{}: 0}, places: map[*reports.Place]uint32{}, clients: map[*reports.Client]uint32{}, pages: map[core.DimensionID]uint32{0: 0},
	}
}

// add adds a row with these attributes.
func (f *factsBuilder) add(a attribute) {
	f.OriginOf = append(f.OriginOf, listed(f.origins, &f.Origins, a.origin, a.origin))
	f.PageOf = append(f.PageOf, listed(f.pages, &f.Pages, a.page, a.page))
	var place, client uint32
	if a.place != nil && *a.place != (reports.Place{}) {
		place = listed(f.places, &f.Places, a.place, *a.place)
	}
	if a.client != nil && *a.client != (reports.Client{}) {
		client = listed(f.clients, &f.Clients, a.client, *a.client)
	}
	f.PlaceOf, f.ClientOf = append(f.PlaceOf, place), append(f.ClientOf, client)
}

// listed returns the place of a value in a list, adding it if it is new.
func listed[K comparable, V any](known map[K]uint32, list *[]V, key K, value V) uint32 {
	i, ok := known[key]
	if !ok {
		i = uint32(len(*list))
		*list = append(*list, value)
		known[key] = i
	}
	return i
}

// touch is a visit before a fact.
type touch struct {
	at        int64
	session   core.SessionID
	matchedBy uint8
	attribute
}

// touchesBuilder makes the touches of a segment.
type touchesBuilder struct {
	reports.Touches
	facts factsBuilder
}

func newTouches() touchesBuilder {
	return touchesBuilder{
		Touches: reports.Touches{Start: make([]uint32, 1), At: []int64{}, Session: []core.SessionID{}, Communication: []core.CommunicationID{}, MatchedBy: []uint8{}},
		facts:   newFacts(),
	}
}

func (t *touchesBuilder) add(v touch) {
	t.At, t.Session = append(t.At, v.at), append(t.Session, v.session)
	t.Communication, t.MatchedBy = append(t.Communication, 0), append(t.MatchedBy, v.matchedBy)
	t.facts.add(v.attribute)
}

// next ends the touches of a row.
func (t *touchesBuilder) next() { t.Start = append(t.Start, uint32(len(t.At))) }

func (t *touchesBuilder) done() reports.Touches {
	t.VisitFacts = t.facts.VisitFacts
	return t.Touches
}

// clampDay is a moment as milliseconds since the beginning of its segment's day.
func clampDay(ms int64, day int) uint32 {
	return uint32(min(max(ms-int64(day)*reports.DayMS, 0), reports.DayMS-1))
}
