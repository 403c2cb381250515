package store

import (
	"encoding/binary"
	"hash/crc32"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/reports"
)

// maker makes random segments.
type maker struct{ *rand.Rand }

func someInts[T integer](m maker, n int, limit uint64) []T {
	out := make([]T, n)
	for i := range out {
		out[i] = T(m.Uint64N(limit))
	}
	return out
}

func (m maker) facts(rows int) reports.VisitFacts {
	f := newFacts()
	a := newAttributes()
	for range rows {
		a.site, a.traffic, a.campaign, a.page = m.Int64N(3), m.Int64N(core.MaxID), m.Int64N(2)*m.Int64N(5), m.Int64N(1+int64(rows))
		a.placeText = []string{"", "RU\x1f\x1fМосква", "RU\x1fТатарстан\x1fКазань", "DE\x1f\x1f"}[m.IntN(4)]
		a.clientText = []string{"", "desktop\x1fChrome 143\x1fWindows 10\x1fru-RU\x1f1920x1080", "mobile\x1f\x1f\x1f\x1f"}[m.IntN(3)]
		f.add(a.taken())
	}
	return f.VisitFacts
}

func (m maker) touches(rows int) reports.Touches {
	t := reports.Touches{Start: make([]uint32, 1)}
	n := 0
	for range rows {
		n += m.IntN(4)
		t.Start = append(t.Start, uint32(n))
	}
	t.At, t.Session, t.Communication = someInts[int64](m, n, 1<<41), someInts[core.SessionID](m, n, core.MaxID), someInts[core.CommunicationID](m, n, 2)
	t.MatchedBy, t.VisitFacts = someInts[uint8](m, n, 5), m.facts(n)
	return t
}

func (m maker) sessions() *reports.SessionDay {
	n := m.IntN(40)
	return &reports.SessionDay{
		Day: m.IntN(30000), ID: someInts[core.SessionID](m, n, core.MaxID), Visitor: someInts[core.VisitorID](m, n, core.MaxID), At: someInts[uint32](m, n, reports.DayMS),
		Number: someInts[uint32](m, n, 1+m.Uint64N(300)), Hits: someInts[uint32](m, n, 2), Seconds: someInts[uint32](m, n, 90000), VisitFacts: m.facts(n),
	}
}

func (m maker) communications() *reports.CommunicationDay {
	n := m.IntN(20)
	return &reports.CommunicationDay{
		Day: m.IntN(30000), ID: someInts[core.CommunicationID](m, n, core.MaxID), At: someInts[uint32](m, n, reports.DayMS), Kind: someInts[uint8](m, n, 5),
		Site: someInts[core.SiteID](m, n, 4), Goal: someInts[core.GoalID](m, n, 4), Visitor: someInts[core.VisitorID](m, n, core.MaxID),
		Session: someInts[core.SessionID](m, n, core.MaxID), Contact: someInts[uint64](m, n, math.MaxUint64), VisitFacts: m.facts(n), Touches: m.touches(n),
	}
}

func (m maker) deals() *reports.DealDay {
	n := m.IntN(20)
	d := &reports.DealDay{
		Day: m.IntN(30000), ID: someInts[core.DealID](m, n, core.MaxID), CRM: someInts[core.CRMID](m, n, 4), At: someInts[uint32](m, n, reports.DayMS),
		ClosedAt: someInts[int64](m, n, 1<<41), Funnel: someInts[core.FunnelID](m, n, 4), Stage: someInts[core.StageID](m, n, 20), LastOpen: someInts[core.StageID](m, n, 20),
		Status: someInts[uint8](m, n, 4), Revenue: someInts[int64](m, n, math.MaxInt64), Employee: someInts[core.DealEmployeeID](m, n, 4),
		Contact: someInts[core.DealContactID](m, n, core.MaxID), Sources: []string{"", "сайт", "звонок"}, SourceOf: someInts[uint32](m, n, 3), StageFrom: make([]uint32, 1),
		Touches: m.touches(n),
	}
	stages := 0
	for i := range n {
		d.Revenue[i] *= int64(m.IntN(3) - 1) // below zero, too
		stages += m.IntN(4)
		d.StageFrom = append(d.StageFrom, uint32(stages))
	}
	d.Stages, d.StageAt = someInts[core.StageID](m, stages, 20), someInts[int64](m, stages, 1<<41)
	for e := range d.EntityAt {
		d.EntityAt[e], d.Deciding[e] = someInts[int64](m, n, 1<<41), someInts[core.CommunicationID](m, n, core.MaxID)
		d.DecidingAt[e], d.DecidingKind[e] = someInts[int64](m, n, 1<<41), someInts[uint8](m, n, 5)
	}
	d.Match = someInts[uint8](m, n, 7)
	return d
}

func TestAN_2_whatIsWrittenIsReadBack(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		m := maker{rand.New(rand.NewPCG(seed, 7))}
		s := m.sessions()
		gotSessions, err := decodeSessionDay(encodeSessionDay(s), wantAll, nil)
		require.NoError(t, err)
		require.Equal(t, s, gotSessions)
		c := m.communications()
		gotCommunications, err := decodeCommunicationDay(encodeCommunicationDay(c))
		require.NoError(t, err)
		require.Equal(t, c, gotCommunications)
		d := m.deals()
		gotDeals, err := decodeDealDay(encodeDealDay(d))
		require.NoError(t, err)
		require.Equal(t, d, gotDeals)
	}
}

func TestAN_2_columnsOfSessionsAreReadAsTheyAreWanted(t *testing.T) {
	t.Parallel()
	m := maker{rand.New(rand.NewPCG(1, 1))}
	s := m.sessions()
	for len(s.At) == 0 {
		s = m.sessions()
	}
	blob := encodeSessionDay(s)
	part, err := decodeSessionDay(blob, reports.SessionColumns{Hits: true}, nil)
	require.NoError(t, err)
	require.Equal(t, &reports.SessionDay{Day: s.Day, At: s.At, Hits: s.Hits, VisitFacts: reports.VisitFacts{Origins: s.Origins, OriginOf: s.OriginOf}}, part)
	require.False(t, lacksColumns(part, reports.SessionColumns{Hits: true}))
	require.True(t, lacksColumns(part, reports.SessionColumns{Hits: true, Page: true}))
	whole, err := decodeSessionDay(blob, wantAll, part)
	require.NoError(t, err)
	require.Equal(t, s, whole)
	require.Nil(t, part.Visitor, "what was handed out is not changed")
}

func TestAN_2_numbersTakeAsManyBytesAsTheyNeed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		values []int64
		bytes  int
	}{
		"all the same":              {[]int64{1 << 40, 1 << 40, 1 << 40}, 0},
		"near each other":           {[]int64{1<<40 + 9, 1 << 40, 1<<40 + 255}, 3},
		"small steps to far away":   {[]int64{0, 200, 400, 600, 800}, 5},
		"from the least to the top": {[]int64{math.MinInt64, math.MaxInt64, 0}, 24},
		"none":                      {[]int64{}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := new(columnWriter)
			putInts(w, c.values)
			require.Len(t, w.data, c.bytes)
			r := openSegment(w.bytes(9, 1, len(c.values)), 9)
			require.Equal(t, c.values, getInts[int64](r, 0, -1))
			require.NoError(t, r.err)
		})
	}
}

func TestAN_2_spoiltBytesAreNoticed(t *testing.T) {
	t.Parallel()
	m := maker{rand.New(rand.NewPCG(2, 2))}
	blob := encodeCommunicationDay(m.communications())
	for i := range blob {
		if i == 7 { // not used
			continue
		}
		bad := append([]byte{}, blob...)
		bad[i] ^= 0x10
		_, err := decodeCommunicationDay(bad)
		require.Error(t, err, "byte %d", i)
	}
	for n := range blob {
		_, err := decodeCommunicationDay(blob[:n])
		require.Error(t, err, "cut to %d bytes", n)
	}
	_, err := decodeDealDay(blob)
	require.Error(t, err, "another kind")
}

// FuzzSegments spoils segments behind their checksum: the decoder must neither fall over nor let an index out of its list.
func FuzzSegments(f *testing.F) {
	m := maker{rand.New(rand.NewPCG(3, 3))}
	f.Add(encodeSessionDay(m.sessions()))
	f.Add(encodeCommunicationDay(m.communications()))
	f.Add(encodeDealDay(m.deals()))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 12 {
			b = append([]byte{}, b...)
			binary.LittleEndian.PutUint32(b[8:], crc32.Checksum(b[12:], castagnoli))
		}
		if d, err := decodeSessionDay(b, wantAll, nil); err == nil {
			checkFacts(t, &d.VisitFacts, len(d.At))
		}
		if d, err := decodeCommunicationDay(b); err == nil {
			checkFacts(t, &d.VisitFacts, len(d.ID))
			checkTouches(t, &d.Touches, len(d.ID))
		}
		if d, err := decodeDealDay(b); err == nil {
			checkTouches(t, &d.Touches, len(d.ID))
			checkIndexes(t, d.SourceOf, len(d.Sources))
			require.Len(t, d.StageFrom, len(d.ID)+1)
		}
	})
}

func checkTouches(t *testing.T, c *reports.Touches, rows int) {
	require.Len(t, c.Start, rows+1)
	require.Len(t, c.At, int(c.Start[rows]))
	checkFacts(t, &c.VisitFacts, len(c.At))
}

func checkFacts(t *testing.T, f *reports.VisitFacts, rows int) {
	require.Len(t, f.OriginOf, rows)
	checkIndexes(t, f.OriginOf, len(f.Origins))
	checkIndexes(t, f.PlaceOf, len(f.Places))
	checkIndexes(t, f.ClientOf, len(f.Clients))
	checkIndexes(t, f.PageOf, len(f.Pages))
}

func checkIndexes(t *testing.T, indexes []uint32, size int) {
	for _, i := range indexes {
		require.Less(t, int(i), size)
	}
}
