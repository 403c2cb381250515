package store

import (
	"container/list"
	"sync"
	"time"
	"unsafe"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/reports"
)

// segmentKey names a segment among all accounts.
type segmentKey struct {
	account core.AccountID
	fact    reports.Fact
	day     int
}

// segment is a segment in memory. It is never changed: what is read later makes a new one.
type segment struct {
	key     segmentKey
	version int64
	// data is a *reports.SessionDay, *reports.CommunicationDay or *reports.DealDay; nil = nothing began on that day.
	data any
	// blob are the bytes some columns have not been read from yet.
	blob []byte
	// readAt is when its facts were read; until, if set, is when they must be read again.
	readAt, until time.Time
}

// isGood reports whether a segment may be used for a day of this version.
func (s *segment) isGood(version int64, now time.Time) bool {
	return s.version == version && (s.until.IsZero() || now.Before(s.until))
}

// segmentOverhead is about what an entry takes besides its columns.
const segmentOverhead = 512

func (s *segment) size() int64 {
	n := int64(segmentOverhead + len(s.blob))
	switch d := s.data.(type) {
	case *reports.SessionDay:
		n += sizeOf(d.ID) + sizeOf(d.Visitor) + sizeOf(d.At) + sizeOf(d.Number) + sizeOf(d.Hits) + sizeOf(d.Seconds) + sizeOfFacts(&d.VisitFacts)
	case *reports.CommunicationDay:
		n += sizeOf(d.ID) + sizeOf(d.At) + sizeOf(d.Kind) + sizeOf(d.Site) + sizeOf(d.Goal) + sizeOf(d.Visitor) + sizeOf(d.Session) + sizeOf(d.Contact) +
			sizeOfFacts(&d.VisitFacts) + sizeOfTouches(&d.Touches)
	case *reports.DealDay:
		n += sizeOf(d.ID) + sizeOf(d.CRM) + sizeOf(d.At) + sizeOf(d.ClosedAt) + sizeOf(d.Funnel) + sizeOf(d.Stage) + sizeOf(d.LastOpen) + sizeOf(d.Status) +
			sizeOf(d.Revenue) + sizeOf(d.Employee) + sizeOf(d.Contact) + sizeOf(d.Sources) + sizeOf(d.SourceOf) + sizeOf(d.StageFrom) + sizeOf(d.Stages) +
			sizeOf(d.StageAt) + sizeOf(d.Match) + sizeOfTouches(&d.Touches)
		for m := range d.EntityAt {
			n += sizeOf(d.EntityAt[m]) + sizeOf(d.Deciding[m]) + sizeOf(d.DecidingAt[m]) + sizeOf(d.DecidingKind[m])
		}
	}
	return n
}

func sizeOf[T any](column []T) int64 {
	var v T
	return int64(cap(column)) * int64(unsafe.Sizeof(v))
}

// textsPerAttribute is about what the texts of a place or client take, beside their headers.
const textsPerAttribute = 40

func sizeOfFacts(f *reports.VisitFacts) int64 {
	return sizeOf(f.Origins) + sizeOf(f.Places) + sizeOf(f.Clients) + sizeOf(f.Pages) + sizeOf(f.OriginOf) + sizeOf(f.PlaceOf) + sizeOf(f.ClientOf) + sizeOf(f.PageOf) +
		textsPerAttribute*int64(len(f.Places)+len(f.Clients))
}

func sizeOfTouches(t *reports.Touches) int64 {
	return sizeOf(t.Start) + sizeOf(t.At) + sizeOf(t.Session) + sizeOf(t.Communication) + sizeOf(t.MatchedBy) + sizeOfFacts(&t.VisitFacts)
}

// segmentCache keeps the segments read last, up to a number of bytes. It is safe for concurrent use.
type segmentCache struct {
	mu      sync.Mutex
	limit   int64
	size    int64
	entries map[segmentKey]*list.Element // of *cached, the one read last in front
	order   *list.List
}

type cached struct {
	segment *segment
	size    int64
}

func newSegmentCache(limit int64) *segmentCache {
	return &segmentCache{limit: limit, entries: make(map[segmentKey]*list.Element), order: list.New()}
}

// find returns the good segments of days first to last, nil where there is none; versions are those of the days, 0 unless they are in it.
func (c *segmentCache) find(account core.AccountID, fact reports.Fact, first, last int, versions map[int]int64, now time.Time) []*segment {
	out := make([]*segment, last-first+1)
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range out {
		e, ok := c.entries[segmentKey{account, fact, first + i}]
		if !ok {
			continue
		}
		if kept, _ := e.Value.(*cached); kept.segment.isGood(versions[first+i], now) {
			c.order.MoveToFront(e)
			out[i] = kept.segment
		}
	}
	return out
}

// put keeps segments in the place of those with the same keys, and drops the ones not read for longest where there is no room.
func (c *segmentCache) put(segments ...*segment) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range segments {
		c.dropKey(s.key)
		size := s.size()
		c.entries[s.key] = c.order.PushFront(&cached{s, size})
		c.size += size
	}
	for c.size > c.limit && c.order.Len() > 0 {
		if oldest, _ := c.order.Back().Value.(*cached); oldest != nil {
			c.dropKey(oldest.segment.key)
		}
	}
}

// drop forgets the segments of some days.
func (c *segmentCache) drop(account core.AccountID, fact reports.Fact, first, last int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for key := range c.entries {
		if key.account == account && key.fact == fact && key.day >= first && key.day <= last {
			c.dropKey(key)
		}
	}
}

func (c *segmentCache) dropKey(key segmentKey) {
	e, ok := c.entries[key]
	if !ok {
		return
	}
	kept, _ := e.Value.(*cached)
	c.size -= kept.size
	c.order.Remove(e)
	delete(c.entries, key)
}
