package reports

import (
	"fmt"
	"strconv"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/visits"
)

// place says by what a dimension is looked up: attributes that lie together are grouped together.
type place uint8

const (
	inOrigin place = iota
	inPlace
	inClient
	inPage
	inVisitor // whether it is the visitor's first session
	inTime    // when the credited visit was, or the fact itself
	inOwn     // when the fact itself was
	inFact    // other attributes of the fact itself
	placeCount
)

// DirectSource is the key of dimension source for visits without any source. "" is for facts without a visit.
const DirectSource = "(direct)"

// dimension knows how a dimension's values come about. A value is a number that is the same for equal values within a request; 0 = not defined.
type dimension struct {
	Dimension
	place place
	names NameKind // whose names are its labels; empty = labels are keys
	// byValue: the dimension's own order is that of its values, not of its labels.
	byValue bool
	// isCalendar: days of the period compared with stand beside those of the period itself.
	isCalendar bool
	// key writes a value other than 0; nil = the number for names, else the word.
	key func(value int64) string

	origin  func(o Origin, t *traffic) int64
	region  func(w *words, p Place) int64
	client  func(w *words, c Client) int64
	visitor func(isFirst bool) int64
	moment  func(t time.Time) int64
	comm    func(w *words, d *CommunicationDay, row int) int64
	deal    func(q *query, d *DealDay, row int) int64
}

// traffic is a traffic source with its words as values.
type traffic struct {
	channel, source, medium, campaign, keyword, content, engine, searchEngine, domain int64
	isDirect, isPaid                                                                  bool
}

func newTraffic(w *words, s visits.TrafficSource) *traffic {
	t := &traffic{
		channel: w.id(string(s.Channel)), source: w.id(s.Source), medium: w.id(s.Medium), campaign: w.id(s.Campaign), keyword: w.id(s.Term),
		content: w.id(s.Content), engine: w.id(s.Engine), searchEngine: w.id(s.SearchEngine), domain: w.id(s.ReferrerDomain),
		isDirect: s.Channel == visits.ChannelDirect, isPaid: s.IsPaid,
	}
	if t.isDirect && s.Source == "" {
		t.source = w.id(DirectSource)
	}
	return t
}

var (
	everyFact    = []Fact{FactSessions, FactCommunications, FactDeals}
	sessionsOnly = []Fact{FactSessions}
	dealsOnly    = []Fact{FactDeals}
)

// dimensions are all there are, in the order in which to offer them.
var dimensions = func() []*dimension {
	source := func(id DimensionID, value func(Origin, *traffic) int64) *dimension {
		return &dimension{Dimension: Dimension{ID: id, Group: "source", Facts: everyFact}, place: inOrigin, origin: value}
	}
	region := func(id DimensionID, word func(Place) string) *dimension {
		return &dimension{
			Dimension: Dimension{ID: id, Group: "visitor", Facts: everyFact}, place: inPlace,
			region: func(w *words, p Place) int64 { return w.id(word(p)) },
		}
	}
	client := func(id DimensionID, word func(Client) string) *dimension {
		return &dimension{
			Dimension: Dimension{ID: id, Group: "visitor", Facts: everyFact}, place: inClient,
			client: func(w *words, c Client) int64 { return w.id(word(c)) },
		}
	}
	moment := func(id DimensionID, value func(time.Time) int64, key func(int64) string) *dimension {
		return &dimension{Dimension: Dimension{ID: id, Group: "time", Facts: everyFact}, place: inTime, byValue: true, moment: value, key: key}
	}
	calendar := func(d *dimension) *dimension { d.isCalendar = true; return d }
	named := func(d *dimension, kind NameKind) *dimension { d.names = kind; return d }
	all := []*dimension{
		named(source("site", func(o Origin, _ *traffic) int64 { return int64(o.Site) }), NamesOfSites),
		source("channel", func(_ Origin, t *traffic) int64 { return t.channel }),
		source("source", func(_ Origin, t *traffic) int64 { return t.source }),
		source("medium", func(_ Origin, t *traffic) int64 { return t.medium }),
		source("utm_campaign", func(_ Origin, t *traffic) int64 { return t.campaign }),
		source("keyword", func(_ Origin, t *traffic) int64 { return t.keyword }),
		source("content", func(_ Origin, t *traffic) int64 { return t.content }),
		named(source("campaign", func(o Origin, _ *traffic) int64 { return int64(o.Campaign) }), NamesOfCampaigns),
		source("search_engine", func(_ Origin, t *traffic) int64 { return t.searchEngine }),
		source("engine", func(_ Origin, t *traffic) int64 { return t.engine }),
		source("referrer_domain", func(_ Origin, t *traffic) int64 { return t.domain }),
		{Dimension: Dimension{ID: "entrance_page", Group: "source", Facts: everyFact}, place: inPage, names: NamesOfPages},
		{Dimension: Dimension{ID: "visitor_type", Group: "visitor", Facts: sessionsOnly}, place: inVisitor, visitor: visitorType, key: visitorTypeKey, byValue: true},
		client("device", func(c Client) string { return string(c.Device) }),
		client("browser", func(c Client) string { return c.Browser }),
		client("os", func(c Client) string { return c.OS }),
		client("language", func(c Client) string { return c.Language }),
		client("screen", func(c Client) string { return c.Screen }),
		region("country", func(p Place) string { return p.Country }),
		region("region", func(p Place) string { return p.Region }),
		region("city", func(p Place) string { return p.City }),
		calendar(moment("date", dayValue, dayKey)),
		calendar(moment("week", func(t time.Time) int64 { y, w := t.ISOWeek(); return int64(y*100 + w) }, weekKey)),
		calendar(moment("month", func(t time.Time) int64 { return int64(t.Year()*100 + int(t.Month())) }, monthKey)),
		moment("weekday", func(t time.Time) int64 { return int64((int(t.Weekday())+6)%7 + 1) }, plainKey),
		moment("hour", func(t time.Time) int64 { return int64(t.Hour() + 1) }, hourKey),
	}
	return append(append(all, communicationDimensions()...), dealDimensions()...)
}()

func communicationDimensions() []*dimension {
	return []*dimension{
		{
			Dimension: Dimension{ID: "communication_type", Group: "communication", Facts: []Fact{FactCommunications, FactDeals}}, place: inFact,
			key:  func(v int64) string { return string(commKinds[v]) },
			comm: func(_ *words, d *CommunicationDay, i int) int64 { return int64(d.Kind[i]) },
			deal: func(q *query, d *DealDay, i int) int64 { return int64(d.DecidingKind[q.entity(d.CRM[i])][i]) },
		},
		{
			Dimension: Dimension{ID: "goal", Group: "communication", Facts: []Fact{FactCommunications}}, place: inFact, names: NamesOfGoals,
			comm: func(_ *words, d *CommunicationDay, i int) int64 { return int64(d.Goal[i]) },
		},
	}
}

func dealDimensions() []*dimension {
	of := func(id DimensionID, names NameKind, value func(q *query, d *DealDay, i int) int64) *dimension {
		return &dimension{Dimension: Dimension{ID: id, Group: "deal", Facts: dealsOnly}, place: inFact, names: names, deal: value}
	}
	status := of("deal_status", "", func(_ *query, d *DealDay, i int) int64 { return int64(d.Status[i]) })
	status.key, status.byValue = func(v int64) string { return string(dealStatuses[v]) }, true
	cycle := of("deal_cycle", "", func(_ *query, d *DealDay, i int) int64 { return cycleBucket(d, i) })
	cycle.key, cycle.byValue = bucketKey, true
	match := of("deal_match", "", func(_ *query, d *DealDay, i int) int64 { return int64(d.Match[i]) })
	match.key, match.byValue = func(v int64) string { return string(dealMatches[v]) }, true
	return []*dimension{
		of("deal_crm", NamesOfCRMs, func(_ *query, d *DealDay, i int) int64 { return int64(d.CRM[i]) }),
		of("deal_funnel", NamesOfFunnels, func(_ *query, d *DealDay, i int) int64 { return int64(d.Funnel[i]) }),
		of("deal_stage", NamesOfStages, func(_ *query, d *DealDay, i int) int64 { return int64(d.Stage[i]) }),
		status,
		of("deal_employee", NamesOfEmployees, func(_ *query, d *DealDay, i int) int64 { return int64(d.Employee[i]) }),
		of("deal_contact", NamesOfContacts, func(_ *query, d *DealDay, i int) int64 { return int64(d.Contact[i]) }),
		of("deal_source", "", func(q *query, d *DealDay, i int) int64 { return q.words.id(d.Sources[d.SourceOf[i]]) }),
		of("deal_last_stage", NamesOfStages, func(_ *query, d *DealDay, i int) int64 { return int64(d.LastOpen[i]) }),
		cycle,
		match,
		{Dimension: Dimension{ID: "deal_date", Group: "deal", Facts: dealsOnly}, place: inOwn, byValue: true, isCalendar: true, moment: dayValue, key: dayKey},
	}
}

func findDimension(id DimensionID) *dimension {
	for _, d := range dimensions {
		if d.ID == id {
			return d
		}
	}
	return nil
}

// write returns the key of a value.
func (d *dimension) write(w *words, value int64) string {
	switch {
	case value == 0:
		return ""
	case d.key != nil:
		return d.key(value)
	case d.names != "":
		return strconv.FormatInt(value, 10)
	default:
		return w.word(value)
	}
}

const (
	newVisitor       = 1
	returningVisitor = 2
)

func visitorType(isFirst bool) int64 {
	if isFirst {
		return newVisitor
	}
	return returningVisitor
}

func visitorTypeKey(v int64) string {
	if v == newVisitor {
		return "new"
	}
	return "returning"
}

func dayValue(t time.Time) int64    { return int64(core.DateOf(t).Number()) }
func dayKey(v int64) string         { return time.Unix(v*86400, 0).UTC().Format(time.DateOnly) }
func weekKey(v int64) string        { return fmt.Sprintf("%04d-W%02d", v/100, v%100) }
func monthKey(v int64) string       { return fmt.Sprintf("%04d-%02d", v/100, v%100) }
func plainKey(v int64) string       { return strconv.FormatInt(v, 10) }
func hourKey(v int64) string        { return fmt.Sprintf("%02d", v-1) }
func bucketKey(v int64) string      { return cycleBuckets[v-1].key }
func (t *traffic) touchCode() int32 { return int32(t.channel) }

// cycleBuckets are the lengths of deals from creation to success, in days.
var cycleBuckets = []struct {
	key  string
	upTo float64
}{{"0", 1}, {"1-7", 8}, {"8-14", 15}, {"15-30", 31}, {"31-60", 61}, {"61-90", 91}, {"91+", 1e18}}

// cycleBucket is 0 for deals that are not won.
func cycleBucket(d *DealDay, row int) int64 {
	if dealStatuses[d.Status[row]] != won || d.ClosedAt[row] == 0 {
		return 0
	}
	return bucketOf(cycleDays(d, row))
}

func bucketOf(days float64) int64 {
	for i, b := range cycleBuckets {
		if days < b.upTo {
			return int64(i + 1)
		}
	}
	return int64(len(cycleBuckets))
}

func cycleDays(d *DealDay, row int) float64 {
	return float64(max(0, d.ClosedAt[row]-d.at(row))) / DayMS
}

// at returns when the deal was created, in unix ms; and so for the other kinds of days.
func (d *DealDay) at(row int) int64          { return int64(d.Day)*DayMS + int64(d.At[row]) }
func (d *CommunicationDay) at(row int) int64 { return int64(d.Day)*DayMS + int64(d.At[row]) }
func (d *SessionDay) at(row int) int64       { return int64(d.Day)*DayMS + int64(d.At[row]) }

func moment(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
