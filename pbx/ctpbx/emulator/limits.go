package emulator

import (
	"slices"
	"strings"
	"time"
)

// limits are what the provider allows.
type limits struct {
	allowed   []string // beginnings of numbers that may be called
	forbidden []string // beginnings of those that may not, though they begin so
	blacklist []string // numbers nobody is to be connected with
	perMinute int      // commands; 0 = as many as you like
	calls     int      // at once; 0 = as many as you like
	overload  bool
	spent     int
	minute    time.Time
}

// Limits are what the provider allows; empty and 0 = everything.
type Limits struct {
	// Allowed are beginnings of numbers that may be called, Forbidden beginnings of those that may not, Blacklist whole numbers.
	Allowed, Forbidden, Blacklist []string
	// PerMinute is how many commands are taken, Calls how many calls there are at once.
	PerMinute, Calls int
	// Overloaded answers every command with 503.
	Overloaded bool
}

// newLimits allow calls within the country, but for numbers that cost extra.
func newLimits() limits { return limits{allowed: []string{"7"}, forbidden: []string{"7809"}} }

func (l *limits) allows(number string) bool {
	begins := func(prefix string) bool { return strings.HasPrefix(number, prefix) }
	return (len(l.allowed) == 0 || slices.ContainsFunc(l.allowed, begins)) && !slices.ContainsFunc(l.forbidden, begins)
}

// spend counts a command; the answer is how long to wait when there were too many.
func (l *limits) spend(now time.Time) (wait time.Duration) {
	if now.Sub(l.minute) >= time.Minute {
		l.minute, l.spent = now, 0
	}
	if l.perMinute > 0 && l.spent >= l.perMinute {
		return l.minute.Add(time.Minute).Sub(now)
	}
	l.spent++
	return 0
}

// isFreephone reports whether a number is one of 8-800, which can't be shown to those who are called.
func isFreephone(number string) bool {
	return strings.HasPrefix(number, "7800") || strings.HasPrefix(number, "8800")
}
