package store

import (
	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/reports"
	"github.com/skvoz/skvoz/core/visits"
)

// The columns of VisitFacts, from a segment's own place for them on.
const (
	factOrigins   = 0 // site, traffic, campaign
	factPlaces    = 3 // country, region, city
	factClients   = 6 // device, browser, system, language, screen
	factPages     = 11
	factOriginOf  = 12
	factPlaceOf   = 13
	factClientOf  = 14
	factPageOf    = 15
	factColumns   = 16
	touchFacts    = 5
	touchColumns  = touchFacts + factColumns
	sessionFacts  = 6
	communicFacts = 8
)

// wantAll asks for all columns of sessions.
var wantAll = reports.SessionColumns{ID: true, Visitor: true, Number: true, Hits: true, Seconds: true, Place: true, Client: true, Page: true}

func putVisitFacts(w *columnWriter, f *reports.VisitFacts) {
	putInts(w, fieldsOf(f.Origins, func(o *reports.Origin) core.SiteID { return o.Site }))
	putInts(w, fieldsOf(f.Origins, func(o *reports.Origin) core.TrafficID { return o.Traffic }))
	putInts(w, fieldsOf(f.Origins, func(o *reports.Origin) core.CampaignID { return o.Campaign }))
	w.putTexts(fieldsOf(f.Places, func(p *reports.Place) string { return p.Country }))
	w.putTexts(fieldsOf(f.Places, func(p *reports.Place) string { return p.Region }))
	w.putTexts(fieldsOf(f.Places, func(p *reports.Place) string { return p.City }))
	w.putTexts(fieldsOf(f.Clients, func(c *reports.Client) string { return string(c.Device) }))
	w.putTexts(fieldsOf(f.Clients, func(c *reports.Client) string { return c.Browser }))
	w.putTexts(fieldsOf(f.Clients, func(c *reports.Client) string { return c.OS }))
	w.putTexts(fieldsOf(f.Clients, func(c *reports.Client) string { return c.Language }))
	w.putTexts(fieldsOf(f.Clients, func(c *reports.Client) string { return c.Screen }))
	putInts(w, f.Pages)
	putInts(w, f.OriginOf)
	putInts(w, f.PlaceOf)
	putInts(w, f.ClientOf)
	putInts(w, f.PageOf)
}

func fieldsOf[R, F any](rows []R, field func(*R) F) []F {
	out := make([]F, len(rows))
	for i := range rows {
		out[i] = field(&rows[i])
	}
	return out
}

// getVisitFacts reads what is wanted of the facts that begin at a column into f; the origin is always.
func getVisitFacts(r *columnReader, at, rows int, want reports.SessionColumns, f *reports.VisitFacts) {
	if f.OriginOf == nil {
		f.Origins = getOrigins(r, at+factOrigins)
		f.OriginOf = r.getIndexes(at+factOriginOf, rows, len(f.Origins))
	}
	if want.Place && f.PlaceOf == nil {
		f.Places = getPlaces(r, at+factPlaces)
		f.PlaceOf = r.getIndexes(at+factPlaceOf, rows, len(f.Places))
	}
	if want.Client && f.ClientOf == nil {
		f.Clients = getClients(r, at+factClients)
		f.ClientOf = r.getIndexes(at+factClientOf, rows, len(f.Clients))
	}
	if want.Page && f.PageOf == nil {
		f.Pages = getInts[core.DimensionID](r, at+factPages, -1)
		f.PageOf = r.getIndexes(at+factPageOf, rows, len(f.Pages))
	}
}

func getOrigins(r *columnReader, at int) []reports.Origin {
	site := getInts[core.SiteID](r, at, -1)
	traffic := getInts[core.TrafficID](r, at+1, len(site))
	campaign := getInts[core.CampaignID](r, at+2, len(site))
	if r.err != nil {
		return nil
	}
	out := make([]reports.Origin, len(site))
	for i := range out {
		out[i] = reports.Origin{Site: site[i], Traffic: traffic[i], Campaign: campaign[i]}
	}
	return out
}

func getPlaces(r *columnReader, at int) []reports.Place {
	country := r.getTexts(at, -1)
	region, city := r.getTexts(at+1, len(country)), r.getTexts(at+2, len(country))
	if r.err != nil {
		return nil
	}
	out := make([]reports.Place, len(country))
	for i := range out {
		out[i] = reports.Place{Country: country[i], Region: region[i], City: city[i]}
	}
	return out
}

func getClients(r *columnReader, at int) []reports.Client {
	device := r.getTexts(at, -1)
	browser, os := r.getTexts(at+1, len(device)), r.getTexts(at+2, len(device))
	language, screen := r.getTexts(at+3, len(device)), r.getTexts(at+4, len(device))
	if r.err != nil {
		return nil
	}
	out := make([]reports.Client, len(device))
	for i := range out {
		out[i] = reports.Client{Device: visits.DeviceType(device[i]), Browser: browser[i], OS: os[i], Language: language[i], Screen: screen[i]}
	}
	return out
}

func encodeSessionDay(d *reports.SessionDay) []byte {
	w := new(columnWriter)
	putInts(w, d.ID)
	putInts(w, d.Visitor)
	putInts(w, d.At)
	putInts(w, d.Number)
	putInts(w, d.Hits)
	putInts(w, d.Seconds)
	putVisitFacts(w, &d.VisitFacts)
	return w.bytes(uint8(reports.FactSessions), d.Day, len(d.At))
}

// decodeSessionDay reads the wanted columns; had, if not nil, are those read before from the same bytes.
func decodeSessionDay(b []byte, want reports.SessionColumns, had *reports.SessionDay) (*reports.SessionDay, error) {
	r := openSegment(b, uint8(reports.FactSessions))
	if r.err != nil {
		return nil, r.err
	}
	d := &reports.SessionDay{Day: r.day}
	if had != nil {
		*d = *had
	}
	getWanted(r, true, 2, &d.At)
	getWanted(r, want.ID, 0, &d.ID)
	getWanted(r, want.Visitor, 1, &d.Visitor)
	getWanted(r, want.Number, 3, &d.Number)
	getWanted(r, want.Hits, 4, &d.Hits)
	getWanted(r, want.Seconds, 5, &d.Seconds)
	getVisitFacts(r, sessionFacts, r.rows, want, &d.VisitFacts)
	return d, r.err
}

func getWanted[T integer](r *columnReader, isWanted bool, column int, into *[]T) {
	if isWanted && *into == nil {
		*into = getInts[T](r, column, r.rows)
	}
}

// lacksColumns reports whether a segment was not read far enough.
func lacksColumns(d *reports.SessionDay, want reports.SessionColumns) bool {
	return want.ID && d.ID == nil || want.Visitor && d.Visitor == nil || want.Number && d.Number == nil || want.Hits && d.Hits == nil ||
		want.Seconds && d.Seconds == nil || want.Place && d.PlaceOf == nil || want.Client && d.ClientOf == nil || want.Page && d.PageOf == nil
}

func putTouches(w *columnWriter, t *reports.Touches) {
	putInts(w, t.Start)
	putInts(w, t.At)
	putInts(w, t.Session)
	putInts(w, t.Communication)
	putInts(w, t.MatchedBy)
	putVisitFacts(w, &t.VisitFacts)
}

func getTouches(r *columnReader, at int, t *reports.Touches) {
	var n int
	t.Start, n = r.getStarts(at, r.rows)
	t.At = getInts[int64](r, at+1, n)
	t.Session = getInts[core.SessionID](r, at+2, n)
	t.Communication = getInts[core.CommunicationID](r, at+3, n)
	t.MatchedBy = getInts[uint8](r, at+4, n)
	checkBytes(r, t.MatchedBy, len(reports.MatchReasons()))
	getVisitFacts(r, at+touchFacts, n, wantAll, &t.VisitFacts)
}

// checkBytes makes sure that indexes are within a list.
func checkBytes(r *columnReader, indexes []uint8, size int) {
	for _, v := range indexes {
		if int(v) >= size {
			r.fail()
			return
		}
	}
}

func encodeCommunicationDay(d *reports.CommunicationDay) []byte {
	w := new(columnWriter)
	putInts(w, d.ID)
	putInts(w, d.At)
	putInts(w, d.Kind)
	putInts(w, d.Site)
	putInts(w, d.Goal)
	putInts(w, d.Visitor)
	putInts(w, d.Session)
	putInts(w, d.Contact)
	putVisitFacts(w, &d.VisitFacts)
	putTouches(w, &d.Touches)
	return w.bytes(uint8(reports.FactCommunications), d.Day, len(d.At))
}

func decodeCommunicationDay(b []byte) (*reports.CommunicationDay, error) {
	r := openSegment(b, uint8(reports.FactCommunications))
	d := &reports.CommunicationDay{
		Day: r.day, ID: getInts[core.CommunicationID](r, 0, r.rows), At: getInts[uint32](r, 1, r.rows), Kind: getInts[uint8](r, 2, r.rows),
		Site: getInts[core.SiteID](r, 3, r.rows), Goal: getInts[core.GoalID](r, 4, r.rows), Visitor: getInts[core.VisitorID](r, 5, r.rows),
		Session: getInts[core.SessionID](r, 6, r.rows), Contact: getInts[uint64](r, 7, r.rows),
	}
	checkBytes(r, d.Kind, len(reports.Kinds()))
	getVisitFacts(r, communicFacts, r.rows, wantAll, &d.VisitFacts)
	getTouches(r, communicFacts+factColumns, &d.Touches)
	return d, r.err
}

func encodeDealDay(d *reports.DealDay) []byte {
	w := new(columnWriter)
	putInts(w, d.ID)
	putInts(w, d.CRM)
	putInts(w, d.At)
	putInts(w, d.ClosedAt)
	putInts(w, d.Funnel)
	putInts(w, d.Stage)
	putInts(w, d.LastOpen)
	putInts(w, d.Status)
	putInts(w, d.Revenue)
	putInts(w, d.Employee)
	putInts(w, d.Contact)
	w.putTexts(d.Sources)
	putInts(w, d.SourceOf)
	putInts(w, d.StageFrom)
	putInts(w, d.Stages)
	putInts(w, d.StageAt)
	putTouches(w, &d.Touches)
	for m := range d.EntityAt {
		putInts(w, d.EntityAt[m])
		putInts(w, d.Deciding[m])
		putInts(w, d.DecidingAt[m])
		putInts(w, d.DecidingKind[m])
	}
	putInts(w, d.Match)
	return w.bytes(uint8(reports.FactDeals), d.Day, len(d.At))
}

func decodeDealDay(b []byte) (*reports.DealDay, error) {
	r := openSegment(b, uint8(reports.FactDeals))
	n := r.rows
	d := &reports.DealDay{
		Day: r.day, ID: getInts[core.DealID](r, 0, n), CRM: getInts[core.CRMID](r, 1, n), At: getInts[uint32](r, 2, n), ClosedAt: getInts[int64](r, 3, n),
		Funnel: getInts[core.FunnelID](r, 4, n), Stage: getInts[core.StageID](r, 5, n), LastOpen: getInts[core.StageID](r, 6, n), Status: getInts[uint8](r, 7, n),
		Revenue: getInts[int64](r, 8, n), Employee: getInts[core.DealEmployeeID](r, 9, n), Contact: getInts[core.DealContactID](r, 10, n), Sources: r.getTexts(11, -1),
	}
	checkBytes(r, d.Status, len(reports.Statuses()))
	d.SourceOf = r.getIndexes(12, n, len(d.Sources))
	var stages int
	d.StageFrom, stages = r.getStarts(13, n)
	d.Stages, d.StageAt = getInts[core.StageID](r, 14, stages), getInts[int64](r, 15, stages)
	getTouches(r, 16, &d.Touches)
	for m := range d.EntityAt {
		at := 16 + touchColumns + 4*m
		d.EntityAt[m], d.Deciding[m] = getInts[int64](r, at, n), getInts[core.CommunicationID](r, at+1, n)
		d.DecidingAt[m], d.DecidingKind[m] = getInts[int64](r, at+2, n), getInts[uint8](r, at+3, n)
		checkBytes(r, d.DecidingKind[m], len(reports.Kinds()))
	}
	d.Match = getInts[uint8](r, 16+touchColumns+4*len(d.EntityAt), n)
	checkBytes(r, d.Match, len(reports.Matches()))
	return d, r.err
}
