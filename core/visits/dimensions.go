package visits

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/skvoz/skvoz/core"
)

// DimensionKind is the kind of an interned text; the numbers are stored.
type DimensionKind int

// The kinds of interned texts.
const (
	DimensionPage     DimensionKind = 1
	DimensionTitle    DimensionKind = 2
	DimensionReferrer DimensionKind = 3
)

// Dimension is an interned text of an account. Its id is a hash of kind and value, so nobody ever looks one up before writing.
type Dimension struct {
	AccountID core.AccountID
	ID        core.DimensionID
	Kind      DimensionKind
	Value     string
}

// NewDimension interns a text; the empty text has id 0 and is not stored.
func NewDimension(account core.AccountID, kind DimensionKind, value string) Dimension {
	if value == "" {
		return Dimension{AccountID: account, Kind: kind}
	}
	var buf [256]byte
	in := append(buf[:0], byte(kind))
	return Dimension{AccountID: account, ID: core.DimensionID(contentHash(append(in, value...))), Kind: kind, Value: value}
}

// TrafficID is the identifier of a traffic source: a hash of everything but the whole referrer, which is interned by itself.
func (s TrafficSource) TrafficID() core.TrafficID {
	var buf [512]byte
	in := buf[:0]
	for _, part := range [...]string{
		string(s.Channel), s.Source, s.Medium, s.Campaign, s.Term, s.Content, s.ReferrerDomain, s.SearchEngine, s.Engine,
	} {
		in = append(append(in, part...), 0)
	}
	if s.IsPaid {
		in = append(in, 1)
	}
	return core.TrafficID(contentHash(in))
}

// contentHash is the first 53 bits of a SHA-256, never 0.
func contentHash(in []byte) int64 {
	sum := sha256.Sum256(in)
	return max(1, int64(binary.BigEndian.Uint64(sum[:])>>11))
}
