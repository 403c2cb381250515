package core

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Phone is a phone number as digits with country code, 79262444393; empty = none. Edges make it with internal/phonenum, nothing else does.
type Phone string

// Email is a lower-case e-mail address; empty = none.
type Email string

// Money is an amount in minor units (kopecks, cents) of a currency.
type Money struct {
	// Minor is the amount in the currency's smallest unit.
	Minor int64
	// Currency is an ISO 4217 code.
	Currency string
}

// minorDigits lists the currencies whose fraction is not two digits (ISO 4217).
var minorDigits = map[string]int{"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "BHD": 3, "KWD": 3, "OMR": 3, "TND": 3, "JOD": 3}

func fractionDigits(currency string) int {
	if d, ok := minorDigits[currency]; ok {
		return d
	}
	return 2
}

// Amount returns the amount as a decimal number in major units with the currency's usual fraction: "1250.50".
func (m Money) Amount() string {
	d := fractionDigits(m.Currency)
	sign, n := "", m.Minor
	if n < 0 {
		sign, n = "-", -n
	}
	s := strconv.FormatInt(n, 10)
	if d == 0 {
		return sign + s
	}
	if len(s) <= d {
		s = strings.Repeat("0", d-len(s)+1) + s
	}
	return sign + s[:len(s)-d] + "." + s[len(s)-d:]
}

// ParseMoney reads a decimal number in major units, with "." or "," before the fraction: "12500", "12500,5". More fraction digits than the
// currency has, or anything else, is an error of kind KindInvalid.
func ParseMoney(s, currency string) (Money, error) {
	bad := Invalid("amount", "bad_amount", "%q is not an amount of money; write it like 12500.50", s)
	s = strings.ReplaceAll(strings.TrimSpace(s), ",", ".")
	neg := strings.HasPrefix(s, "-")
	s = strings.TrimPrefix(s, "-")
	whole, frac, _ := strings.Cut(s, ".")
	d := fractionDigits(currency)
	if whole == "" || len(whole) > 15 || len(frac) > d || strings.Trim(whole+frac, "0123456789") != "" {
		return Money{}, bad
	}
	n, err := strconv.ParseInt(whole+frac+strings.Repeat("0", d-len(frac)), 10, 64)
	if err != nil {
		return Money{}, bad
	}
	if neg {
		n = -n
	}
	return Money{Minor: n, Currency: currency}, nil
}

// Date is a calendar day in the account's time zone: 2026-03-01.
type Date struct {
	// Year, Month and Day are those of the Gregorian calendar.
	Year  int
	Month time.Month
	Day   int
}

// ParseDate reads "2006-01-02".
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, E(KindInvalid, fmt.Sprintf("%q is not a day; write it like 2026-03-01", s)).WithReason("bad_date")
	}
	return DateOf(t), nil
}

// DateOf returns the day of t in t's location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// String returns "2006-01-02".
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// In returns the start of the day in a location.
func (d Date) In(loc *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, loc)
}

// Number counts days since 1970-01-01; the difference of two numbers is the distance in days.
func (d Date) Number() int { return int(d.In(time.UTC).Unix() / 86400) }

// PageRequest asks for one page of a list.
type PageRequest struct {
	// First is how many rows, 1 to 100 unless a method says otherwise.
	First int
	// After is the EndCursor of the page before; empty = from the start.
	After string
}

// Page is one page of a list.
type Page[T any] struct {
	// Nodes are the rows, never more than were asked for.
	Nodes []T
	// EndCursor is opaque; empty on an empty page.
	EndCursor string
	// HasNext says whether more rows follow.
	HasNext bool
}

// Opt is a value that may be absent; in updates absent means "leave it".
type Opt[T any] struct {
	// Value counts only when Set.
	Value T
	// Set says whether the value is given.
	Set bool
}

// Some returns a given value.
func Some[T any](v T) Opt[T] { return Opt[T]{Value: v, Set: true} }

// Or returns the value if given, else old.
func (o Opt[T]) Or(old T) T {
	if o.Set {
		return o.Value
	}
	return old
}

// Clock tells the time; tests inject their own. It is safe for concurrent use.
type Clock interface {
	// Now returns the present moment in UTC.
	Now() time.Time
}

// SystemClock is the machine's clock.
type SystemClock struct{}

// Now returns the present moment in UTC.
func (SystemClock) Now() time.Time { return time.Now().UTC() }

// idEpoch is where NewID starts counting: 2024-01-01 UTC, in unix milliseconds.
const idEpoch = 1704067200000

// IDs makes identifiers for configuration and low-rate facts: 41 bits of milliseconds since 2024 and 12 random bits, strictly increasing
// within one process. Two replicas can meet only within the same millisecond; the store then answers KindConflict. Safe for concurrent use.
type IDs struct {
	// Clock tells the time.
	Clock Clock

	mu   sync.Mutex
	last int64
}

// New returns the next identifier.
func (g *IDs) New() int64 {
	var b [2]byte
	_, _ = rand.Read(b[:])
	id := (g.Clock.Now().UnixMilli()-idEpoch)<<12 | int64(binary.BigEndian.Uint16(b[:])&0xfff)
	g.mu.Lock()
	defer g.mu.Unlock()
	if id <= g.last {
		id = g.last + 1
	}
	g.last = id
	return id
}
