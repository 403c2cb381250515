package employees

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
)

const (
	minutesOfDay    = 24 * 60
	maxIntervals    = 10
	maxExceptions   = 400
	maxExceptionLen = 366
)

// Interval is a part of a day by the wall clock, in minutes since midnight. Till 1440 is the day's end. Till at or before From reaches into the
// next day.
type Interval struct {
	// From is 0–1439.
	From int `json:"from"`
	// Till is 1–1440; it is not part of the interval.
	Till int `json:"till"`
}

// ParseInterval reads two times like 09:00 and 18:00, at most 24:00. Anything else is KindInvalid (bad_interval).
func ParseInterval(from, till string) (Interval, error) {
	var i Interval
	var ok, also bool
	i.From, ok = parseClock(from)
	i.Till, also = parseClock(till)
	if !ok || !also {
		return Interval{}, core.Invalid("", "bad_interval", "%q–%q: write times like 09:00", from, till)
	}
	return i, nil
}

func parseClock(s string) (minutes int, ok bool) {
	if s == "24:00" {
		return minutesOfDay, true
	}
	t, err := time.Parse("15:04", s)
	return t.Hour()*60 + t.Minute(), err == nil
}

// Clock writes minutes since midnight as 09:00.
func Clock(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }

// IsOvernight reports whether the interval ends on the next day.
func (i Interval) IsOvernight() bool { return i.Till <= i.From }

// String returns "09:00–18:00".
func (i Interval) String() string {
	return Clock(i.From) + "–" + Clock(i.Till)
}

// Exception replaces the week's hours on some days.
type Exception struct {
	// First and Last are the days; Last is part of them.
	First, Last core.Date
	// Intervals are open; none = closed all day.
	Intervals []Interval
	// Note says why: "New Year".
	Note string
}

// exceptionJSON is the stored form of an Exception.
type exceptionJSON struct {
	First     string     `json:"first"`
	Last      string     `json:"last"`
	Intervals []Interval `json:"intervals,omitempty"`
	Note      string     `json:"note,omitempty"`
}

// MarshalJSON writes the days as 2026-01-31.
func (x Exception) MarshalJSON() ([]byte, error) {
	return json.Marshal(exceptionJSON{x.First.String(), x.Last.String(), x.Intervals, x.Note})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (x *Exception) UnmarshalJSON(b []byte) error {
	var stored exceptionJSON
	if err := json.Unmarshal(b, &stored); err != nil {
		return err
	}
	first, err := core.ParseDate(stored.First)
	if err != nil {
		return err
	}
	last, err := core.ParseDate(stored.Last)
	if err != nil {
		return err
	}
	*x = Exception{first, last, stored.Intervals, stored.Note}
	return nil
}

// Hours are the open hours of a week with their exceptions. The JSON form is stored.
type Hours struct {
	// Week is by time.Weekday: Sunday is 0.
	Week       [7][]Interval `json:"week"`
	Exceptions []Exception   `json:"exceptions,omitempty"`
}

// IsOpen reports whether a moment, by the wall clock of a place, lies within the hours. An hour the clock shows twice counts both times, one it
// skips never comes. A night that began on one day goes on into the next, whatever hours that one has.
func (h Hours) IsOpen(t time.Time, place *time.Location) bool {
	t = t.In(place)
	minute := t.Hour()*60 + t.Minute()
	today := core.DateOf(t)
	yesterday := core.DateOf(today.In(time.UTC).AddDate(0, 0, -1))
	return slices.ContainsFunc(h.On(today), func(i Interval) bool {
		return minute >= i.From && (i.IsOvernight() || minute < i.Till)
	}) || slices.ContainsFunc(h.On(yesterday), func(i Interval) bool {
		return i.IsOvernight() && minute < i.Till
	})
}

// On returns the intervals that begin on a day.
func (h Hours) On(day core.Date) []Interval {
	for _, x := range h.Exceptions {
		if x.First.Number() <= day.Number() && day.Number() <= x.Last.Number() {
			return x.Intervals
		}
	}
	return h.Week[day.In(time.UTC).Weekday()]
}

// Schedule is the working hours of employees, or of a scenario.
type Schedule struct {
	ID        core.ScheduleID
	AccountID core.AccountID
	Name      string
	// Timezone is an IANA name; empty = the account's.
	Timezone string
	Hours    Hours
	// Location is the time zone's; the service fills it. Nil = UTC.
	Location  *time.Location
	CreatedAt time.Time
}

// IsOpen reports whether a moment lies within the working hours.
func (s Schedule) IsOpen(t time.Time) bool {
	if s.Location == nil {
		return s.Hours.IsOpen(t, time.UTC)
	}
	return s.Hours.IsOpen(t, s.Location)
}

// check refuses hours nobody can mean, and returns them in order.
func (h Hours) check() (Hours, error) {
	for day := range h.Week {
		intervals, err := checkIntervals(fmt.Sprintf("week.%d", day), h.Week[day])
		if err != nil {
			return Hours{}, err
		}
		h.Week[day] = intervals
	}
	if len(h.Exceptions) > maxExceptions {
		return Hours{}, core.Invalid("exceptions", "too_many", "at most %d exceptions", maxExceptions)
	}
	h.Exceptions = slices.Clone(h.Exceptions)
	for n := range h.Exceptions {
		if err := h.Exceptions[n].check(n); err != nil {
			return Hours{}, err
		}
	}
	slices.SortFunc(h.Exceptions, func(a, b Exception) int { return a.First.Number() - b.First.Number() })
	for n := 1; n < len(h.Exceptions); n++ {
		if before, x := h.Exceptions[n-1], h.Exceptions[n]; x.First.Number() <= before.Last.Number() {
			return Hours{}, core.Invalid("exceptions", "overlapping", "two exceptions are about %s", x.First)
		}
	}
	return h, nil
}

func (x *Exception) check(n int) (err error) {
	field := fmt.Sprintf("exceptions.%d", n)
	if x.Last == (core.Date{}) {
		x.Last = x.First
	}
	if days := x.Last.Number() - x.First.Number(); days < 0 || days >= maxExceptionLen {
		return core.Invalid(field, "bad_days", "an exception is about 1 to %d days, the last not before the first", maxExceptionLen)
	}
	if x.Note, err = optionalText(field, x.Note); err != nil {
		return err
	}
	x.Intervals, err = checkIntervals(field, x.Intervals)
	return err
}

func checkIntervals(field string, list []Interval) ([]Interval, error) {
	if len(list) > maxIntervals {
		return nil, core.Invalid(field, "too_many", "at most %d intervals a day", maxIntervals)
	}
	list = slices.Clone(list)
	for _, i := range list {
		if i.From < 0 || i.From >= minutesOfDay || i.Till < 1 || i.Till > minutesOfDay || i.From == i.Till {
			return nil, core.Invalid(field, "bad_interval", "an interval goes from 00:00–23:59 to another time, at most 24:00")
		}
	}
	slices.SortFunc(list, func(a, b Interval) int { return a.From - b.From })
	for n := 1; n < len(list); n++ {
		if before := list[n-1]; before.IsOvernight() || list[n].From < before.Till {
			return nil, core.Invalid(field, "overlapping", "%s and %s overlap", before, list[n])
		}
	}
	return list, nil
}

// loadLocation reads a time zone; empty is the fallback.
func loadLocation(name string, fallback *time.Location) (*time.Location, error) {
	if name == "" {
		return fallback, nil
	}
	loc, err := time.LoadLocation(name)
	if err != nil || strings.EqualFold(name, "local") {
		return nil, core.Invalid("timezone", "unknown_timezone", "%q is no time zone; write it like Europe/Moscow", name).WithValue(name)
	}
	return loc, nil
}
