package reports

import (
	"slices"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/attribution"
)

// slotMS is the step of time zones: all their offsets are whole quarters of an hour, so a quarter lies in one hour, day and month.
const slotMS = 15 * 60 * 1000

// slotsOfDay is how many there are in a UTC day.
const slotsOfDay = DayMS / slotMS

// grouper finds groups for one goroutine, and remembers what it found.
type grouper struct {
	q         *query
	shift     int // see loaded
	s         *scheme
	origins   map[Origin]uint32
	regions   map[Place]uint32
	clients   map[Client]uint32
	pages     map[core.DimensionID]uint32
	slots     [placeCount]map[int64]uint32
	undefined [placeCount]uint32
	direct    []uint32 // group + 1 by part, where one place matters
	chains    [placeCount]pairs
	links     [placeCount]uint32 // last number given out in each chain
	whole     uint32
	factDims  []*dimension
	facts     map[factValues]uint32

	columns [placeCount][]uint32
	lut     []uint32
	groups  []uint32
}

// factValues are the values of a fact's own dimensions, as far as they matter.
type factValues [16]int64

func newGrouper(q *query) *grouper {
	g := &grouper{
		q: q, s: q.scheme, origins: map[Origin]uint32{}, regions: map[Place]uint32{}, clients: map[Client]uint32{}, pages: map[core.DimensionID]uint32{},
		facts: map[factValues]uint32{},
	}
	for _, p := range g.s.places {
		g.slots[p] = map[int64]uint32{}
		g.undefined[p] = g.s.undefined(p)
	}
	if len(g.s.places) == 0 {
		g.whole = g.s.group(nil)
	}
	add := func(d *dimension) {
		if d.place == inFact && !slices.Contains(g.factDims, d) {
			g.factDims = append(g.factDims, d)
		}
	}
	for _, d := range g.s.dims {
		add(d)
	}
	for _, c := range g.s.leaves {
		add(c.dim)
	}
	return g
}

var noTraffic = &traffic{}

func (q *query) trafficOf(id core.TrafficID) *traffic {
	if t := q.traffic[id]; t != nil {
		return t
	}
	return noTraffic
}

func (g *grouper) origin(o Origin) uint32 {
	p, ok := g.origins[o]
	if !ok {
		t := g.q.trafficOf(o.Traffic)
		p = g.s.part(inOrigin, func(d *dimension) int64 { return d.origin(o, t) })
		g.origins[o] = p
	}
	return p
}

func (g *grouper) region(r Place) uint32 {
	p, ok := g.regions[r]
	if !ok {
		p = g.s.part(inPlace, func(d *dimension) int64 { return d.region(g.s.words, r) })
		g.regions[r] = p
	}
	return p
}

func (g *grouper) client(c Client) uint32 {
	p, ok := g.clients[c]
	if !ok {
		p = g.s.part(inClient, func(d *dimension) int64 { return d.client(g.s.words, c) })
		g.clients[c] = p
	}
	return p
}

func (g *grouper) page(id core.DimensionID) uint32 {
	p, ok := g.pages[id]
	if !ok {
		p = g.s.part(inPage, func(*dimension) int64 { return int64(id) })
		g.pages[id] = p
	}
	return p
}

// slot is the part of a moment in inTime or inOwn.
func (g *grouper) slot(in place, at int64) uint32 {
	n := floorDiv(at, slotMS)
	p, ok := g.slots[in][n]
	if !ok {
		t := time.UnixMilli(n * slotMS).In(g.q.zone)
		p = g.s.part(in, func(d *dimension) int64 {
			if d.isCalendar {
				return d.moment(t.AddDate(0, 0, g.shift))
			}
			return d.moment(t)
		})
		g.slots[in][n] = p
	}
	return p
}

// fact is the part of a fact's own attributes.
func (g *grouper) fact(value func(d *dimension) int64) uint32 {
	if len(g.factDims) == 0 || len(g.factDims) > len(factValues{}) {
		return g.s.part(inFact, value)
	}
	var key factValues
	for i, d := range g.factDims {
		key[i] = value(d)
	}
	p, ok := g.facts[key]
	if !ok {
		p = g.s.part(inFact, func(d *dimension) int64 { return key[slices.Index(g.factDims, d)] })
		g.facts[key] = p
	}
	return p
}

// group puts parts together, one for each of the scheme's places.
func (g *grouper) group(parts []uint32) uint32 {
	if len(parts) == 0 {
		return g.whole
	}
	x := parts[0]
	if x == 0 {
		return 0
	}
	if len(parts) == 1 {
		return g.single(x)
	}
	for i, part := range parts[1:] {
		if part == 0 {
			return 0
		}
		next, ok := g.chains[i].get(x, part)
		if !ok {
			if i == len(parts)-2 {
				next = g.s.group(parts)
			} else {
				g.links[i]++
				next = g.links[i]
			}
			g.chains[i].put(x, part, next)
		}
		x = next
	}
	return x
}

func (g *grouper) single(part uint32) uint32 {
	for int(part) >= len(g.direct) {
		g.direct = append(g.direct, make([]uint32, max(16, len(g.direct)))...)
	}
	if g.direct[part] == 0 {
		g.direct[part] = g.s.group([]uint32{part}) + 1
	}
	return g.direct[part] - 1
}

// byOrigin says whether groups of sessions depend on nothing but their origin.
func (g *grouper) byOrigin() bool {
	return len(g.s.places) == 0 || len(g.s.places) == 1 && g.s.places[0] == inOrigin
}

// originGroups returns the group of each origin of a day, where that is all that matters. The result is good until the next call.
func (g *grouper) originGroups(d *SessionDay) []uint32 {
	g.lut = g.lut[:0]
	for _, o := range d.Origins {
		if len(g.s.places) == 0 {
			g.lut = append(g.lut, g.whole)
		} else {
			g.lut = append(g.lut, g.group([]uint32{g.origin(o)}))
		}
	}
	return g.lut
}

// sessions returns the group of each session of a day; 0 = kept out. The result is good until the next call.
func (g *grouper) sessions(d *SessionDay, in span) []uint32 {
	rows := len(d.At)
	g.groups = resize(g.groups, rows)
	switch places := g.s.places; len(places) {
	case 0:
		for i := range g.groups {
			g.groups[i] = g.whole
		}
	case 1:
		g.column(places[0], d, g.groups, g.single)
	default:
		for n, p := range places {
			g.columns[n] = resize(g.columns[n], rows)
			g.column(p, d, g.columns[n], nil)
		}
		g.joinColumns(len(places))
	}
	if from := int64(d.Day) * DayMS; from < in.from || from+DayMS > in.to {
		for i, at := range d.At {
			if !in.has(from + int64(at)) {
				g.groups[i] = 0
			}
		}
	}
	return g.groups
}

func (g *grouper) joinColumns(places int) {
	var parts [placeCount]uint32
	for i := range g.groups {
		for n := range places {
			parts[n] = g.columns[n][i]
		}
		g.groups[i] = g.group(parts[:places])
	}
}

// column writes the part of each session at a place, or what final makes of it.
func (g *grouper) column(p place, d *SessionDay, out []uint32, final func(uint32) uint32) {
	g.lut = g.lut[:0]
	add := func(part uint32) {
		if final != nil && part != 0 {
			part = final(part)
		}
		g.lut = append(g.lut, part)
	}
	var of []uint32
	switch p {
	case inOrigin:
		for _, o := range d.Origins {
			add(g.origin(o))
		}
		of = d.OriginOf
	case inPlace:
		for _, r := range d.Places {
			add(g.region(r))
		}
		of = d.PlaceOf
	case inClient:
		for _, c := range d.Clients {
			add(g.client(c))
		}
		of = d.ClientOf
	case inPage:
		for _, id := range d.Pages {
			add(g.page(id))
		}
		of = d.PageOf
	case inTime:
		for slot := range int64(slotsOfDay) {
			add(g.slot(inTime, int64(d.Day)*DayMS+slot*slotMS))
		}
		for i, at := range d.At {
			out[i] = g.lut[at/slotMS]
		}
		return
	case inVisitor:
		add(g.visitor(false))
		add(g.visitor(true))
		for i, n := range d.Number {
			out[i] = g.lut[b2i(n == 1)]
		}
		return
	default:
		add(g.undefined[p])
		for i := range out {
			out[i] = g.lut[0]
		}
		return
	}
	lut := g.lut
	for i, entry := range of {
		out[i] = lut[entry]
	}
}

func (g *grouper) visitor(isFirst bool) uint32 {
	return g.s.part(inVisitor, func(d *dimension) int64 { return d.visitor(isFirst) })
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func resize(list []uint32, n int) []uint32 {
	if cap(list) < n {
		return make([]uint32, n, n+n/4)
	}
	return list[:n]
}

// boundVisits are the parts of a segment's touches, by entry of its short lists, and what attribution wants to know of each origin.
type boundVisits struct {
	origin, region, client, page []uint32
	touches                      []attribution.Touch // without At
}

func (g *grouper) bind(b *boundVisits, v *VisitFacts) {
	b.touches = b.touches[:0]
	for _, o := range v.Origins {
		t := g.q.trafficOf(o.Traffic)
		touch := attribution.Touch{Channel: t.touchCode()}
		if t.isDirect {
			touch.Flags |= attribution.FlagDirect
		}
		if t.isPaid {
			touch.Flags |= attribution.FlagPaid
		}
		b.touches = append(b.touches, touch)
	}
	b.origin, b.region, b.client, b.page = b.origin[:0], b.region[:0], b.client[:0], b.page[:0]
	if g.s.needs(inOrigin) {
		for _, o := range v.Origins {
			b.origin = append(b.origin, g.origin(o))
		}
	}
	if g.s.needs(inPlace) {
		for _, r := range v.Places {
			b.region = append(b.region, g.region(r))
		}
	}
	if g.s.needs(inClient) {
		for _, c := range v.Clients {
			b.client = append(b.client, g.client(c))
		}
	}
	if g.s.needs(inPage) {
		for _, id := range v.Pages {
			b.page = append(b.page, g.page(id))
		}
	}
}
