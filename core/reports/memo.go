package reports

import (
	"sync"
	"weak"

	"github.com/skvoz/skvoz/core"
)

// maxRemembered bounds the sessions of which something is remembered; each takes some ten bytes.
const maxRemembered = 30_000_000

// dayMemory is what is worth remembering of a day's sessions: segments never change, so it holds as long as the segment does.
type dayMemory struct {
	// at tells the segment: a later one with more columns of the same facts has the same times. It does not keep the segment in memory.
	at   weak.Pointer[uint32]
	rows int
	// visitors are the visitors' numbers, from 0; nil until they are asked for.
	visitors []uint32
	mu       sync.Mutex
	// sums are figures by origin.
	sums [countVisitors][]float64
}

// accountMemory remembers days of one account and numbers its visitors.
type accountMemory struct {
	mu      sync.Mutex
	days    map[int]*dayMemory
	numbers numbering
	rows    int
}

// sessionMemory remembers days of all accounts. The zero value is ready.
type sessionMemory struct {
	mu       sync.Mutex
	accounts map[core.AccountID]*accountMemory
}

func (m *sessionMemory) account(id core.AccountID) *accountMemory {
	m.mu.Lock()
	defer m.mu.Unlock()
	rows := 0
	for _, a := range m.accounts {
		a.mu.Lock()
		rows += a.rows
		a.mu.Unlock()
	}
	if m.accounts == nil || rows > maxRemembered {
		m.accounts = map[core.AccountID]*accountMemory{}
	}
	a := m.accounts[id]
	if a == nil {
		a = &accountMemory{days: map[int]*dayMemory{}}
		m.accounts[id] = a
	}
	return a
}

// day returns what is remembered of a day.
func (a *accountMemory) day(d *SessionDay) *dayMemory {
	a.mu.Lock()
	defer a.mu.Unlock()
	var at weak.Pointer[uint32]
	if len(d.At) > 0 {
		at = weak.Make(&d.At[0])
	}
	m := a.days[d.Day]
	if m == nil || m.at != at {
		if m != nil {
			a.rows -= m.rows
		}
		a.rows += len(d.At)
		m = &dayMemory{at: at, rows: len(d.At)}
		a.days[d.Day] = m
	}
	return m
}

// visitors returns the visitors' numbers of each day, and how many numbers there are.
func (a *accountMemory) visitors(days []*SessionDay) (numbers [][]uint32, count int) {
	memory := make([]*dayMemory, len(days))
	for i, d := range days {
		memory[i] = a.day(d)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for i, m := range memory {
		if m.visitors == nil {
			m.visitors = a.number(days[i].Visitor)
		}
		numbers = append(numbers, m.visitors)
	}
	return numbers, a.numbers.n
}

func (a *accountMemory) number(visitors []core.VisitorID) []uint32 {
	out := make([]uint32, len(visitors))
	for i, v := range visitors {
		out[i] = a.numbers.of(uint64(v))
	}
	return out
}

// sum returns a figure of the day, which it remembers, by origin.
func (m *dayMemory) sum(d *SessionDay, c sessionCount) []float64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.sums[c] == nil {
		out := make([]float64, len(d.Origins))
		d.addTo(c, out, d.OriginOf)
		m.sums[c] = out
	}
	return m.sums[c]
}

// addTo adds a figure of each session to its group.
func (d *SessionDay) addTo(c sessionCount, out []float64, groups []uint32) {
	switch c {
	case countVisits:
		for _, g := range groups {
			out[g]++
		}
	case countNew:
		for r, g := range groups {
			out[g] += float64(b2i(d.Number[r] == 1))
		}
	case countBounces:
		for r, g := range groups {
			out[g] += float64(b2i(d.Hits[r] <= 1))
		}
	case countHits:
		addColumn(out, groups, d.Hits)
	case countSeconds:
		addColumn(out, groups, d.Seconds)
	}
}

func addColumn(out []float64, groups, column []uint32) {
	for r, g := range groups {
		out[g] += float64(column[r])
	}
}

// numbering numbers keys above 0 in the order in which they come.
type numbering struct {
	entries []numbered
	n       int
}

type numbered struct {
	key uint64 // 0 = free
	n   uint32
}

func (t *numbering) of(key uint64) uint32 {
	if t.n*2 >= len(t.entries) {
		t.grow()
	}
	e := t.find(key)
	if e.key == 0 {
		*e = numbered{key, uint32(t.n)}
		t.n++
	}
	return e.n
}

// find returns a key's entry, or the free one it belongs in.
func (t *numbering) find(key uint64) *numbered {
	mask := uint64(len(t.entries) - 1)
	for i := spread(key) & mask; ; i = (i + 1) & mask {
		if e := &t.entries[i]; e.key == key || e.key == 0 {
			return e
		}
	}
}

func (t *numbering) grow() {
	old := t.entries
	t.entries = make([]numbered, max(smallestTable, len(old)*4))
	for _, e := range old {
		if e.key != 0 {
			*t.find(e.key) = e
		}
	}
}
