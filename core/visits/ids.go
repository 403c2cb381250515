package visits

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"sync"
	"time"

	"github.com/skvoz/skvoz/core"
)

// The parts of a session id: the day of its start, a slot of 5.3 seconds within the day, and unguessable bits. With the slot, sessions and their
// hits are written next to those of the same moment: without it every hit dirties a page of its own, which costs more than all else.
const (
	sessionDayBits    = 14
	sessionSlotBits   = 14
	sessionRandomBits = 25
	sessionDayShift   = sessionSlotBits + sessionRandomBits
	// sessionEpoch is the day from which session ids count, 2024-01-01, in days since 1970-01-01.
	sessionEpoch = 19723
	maxDay       = 1<<sessionDayBits - 1
)

// IDs derives the identifiers of visitors, sessions, hits and reached goals from what the sender made up for them, so that a repeated send
// gives the same ones on every replica, and nobody without the installation's secret can guess them. Safe for concurrent use.
type IDs struct{ macs sync.Pool }

// derivation is a keyed hash with its working memory.
type derivation struct {
	mac hash.Hash
	in  []byte
	out [sha256.Size]byte
}

// NewIDs returns the identifiers of an installation with this secret.
func NewIDs(secret []byte) *IDs {
	key := append([]byte(nil), secret...)
	return &IDs{macs: sync.Pool{New: func() any { return &derivation{mac: hmac.New(sha256.New, key), in: make([]byte, 0, 128)} }}}
}

// Visitor derives a visitor from the seed its browser made. It does not depend on the day: a browser whose first answer was lost, or that
// can't read answers at all, stays the same visitor for good.
func (g *IDs) Visitor(site core.SiteID, seed string) core.VisitorID {
	return core.VisitorID(g.derive('v', int64(site), 0, seed, core.MaxID))
}

// Session derives the session that a visitor's hit opens at a time. Attempt is 0 unless the id turned out to be another visitor's.
func (g *IDs) Session(visitor core.VisitorID, nonce string, at time.Time, attempt int) core.SessionID {
	low := g.derive('s', int64(visitor), int64(attempt), nonce, 1<<sessionRandomBits-1)
	return core.SessionID(dayOf(at)<<sessionDayShift | slotOf(at)<<sessionRandomBits | low)
}

// Hit derives a hit of a site from its nonce.
func (g *IDs) Hit(site core.SiteID, nonce string) core.HitID {
	return core.HitID(g.derive('h', int64(site), 0, nonce, core.MaxID))
}

// Reach derives a reached goal from the event's nonce and the goal (0 = an event no goal asks for).
func (g *IDs) Reach(site core.SiteID, goal core.GoalID, nonce string) core.GoalReachID {
	return core.GoalReachID(g.derive('g', int64(site), int64(goal), nonce, core.MaxID))
}

func (g *IDs) derive(kind byte, a, b int64, text string, mask int64) int64 {
	d, _ := g.macs.Get().(*derivation)
	defer g.macs.Put(d)
	d.in = append(d.in[:0], kind)
	d.in = binary.BigEndian.AppendUint64(d.in, uint64(a))
	d.in = binary.BigEndian.AppendUint64(d.in, uint64(b))
	d.in = append(d.in, text...)
	d.mac.Reset()
	d.mac.Write(d.in)
	sum := d.mac.Sum(d.out[:0])
	return max(1, int64(binary.BigEndian.Uint64(sum)>>1)&mask)
}

func dayOf(at time.Time) int64 {
	return min(max(at.Unix()/86400-sessionEpoch, 0), maxDay)
}

// slotOf says in which slot of its day a moment lies.
func slotOf(at time.Time) int64 {
	return (at.UnixMilli()%86_400_000 + 86_400_000) % 86_400_000 << sessionSlotBits / 86_400_000
}

// SessionDay returns the day a session began (UTC midnight), as its id tells.
func SessionDay(id core.SessionID) time.Time {
	return time.Unix((int64(id)>>sessionDayShift+sessionEpoch)*86400, 0).UTC()
}

// FirstSession returns the smallest id a session that began on the day of t (UTC) can have: sessions of a period lie between two of them.
func FirstSession(t time.Time) core.SessionID {
	return core.SessionID(dayOf(t) << sessionDayShift)
}
