package comms

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/skvoz/skvoz/core"
)

// TimeRange is a time from From on and before To; either may be zero: unbounded.
type TimeRange struct{ From, To time.Time }

// MinSearch is the shortest text to search for.
const MinSearch = 3

// Search is what somebody typed into a search box, made ready to be looked up; the zero value looks for nothing.
type Search struct {
	// Text is lower-case: part of a name or e-mail.
	Text string
	// Digits are part of a phone number; empty when the text can't be one.
	Digits string
	// IsWholePhone: Digits are a complete number.
	IsWholePhone bool
	// ID is the number the text is, as it may be an identifier; zero otherwise.
	ID int64
}

// IsZero reports whether nothing is looked for.
func (s Search) IsZero() bool { return s.Text == "" }

// wholePhone is how many digits a number with country code has in the countries whose numbers begin with 7 (or 8 inside the country).
const wholePhone = 11

// ParseSearch makes a search of a text. Phones are found in any writing: spaces, brackets, dashes and the plus sign do not count, and an 8 before
// ten digits is the country code 7. A text shorter than MinSearch is an error of kind KindInvalid; an empty one looks for nothing.
func ParseSearch(text string) (Search, error) {
	text = strings.ToLower(strings.TrimSpace(withoutNUL(text)))
	if text == "" {
		return Search{}, nil
	}
	if utf8.RuneCountInString(text) < MinSearch {
		return Search{}, core.Invalid("search", "too_short", "type at least %d characters to search for", MinSearch)
	}
	s := Search{Text: text}
	if id, err := core.ParseID[core.VisitorID](text); err == nil {
		s.ID = int64(id)
	}
	if digits := phoneDigits(text); len(digits) >= MinSearch {
		s.Digits = digits
		if len(digits) == wholePhone && (digits[0] == '7' || digits[0] == '8') {
			s.Digits, s.IsWholePhone = "7"+digits[1:], true
		}
	}
	return s, nil
}

// phoneDigits returns the digits of what may be a phone number, else "".
func phoneDigits(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case strings.ContainsRune("+-() . ", r):
		default:
			return ""
		}
	}
	return b.String()
}

// withoutNUL drops the one character PostgreSQL can't keep.
func withoutNUL(s string) string { return strings.ReplaceAll(s, "\x00", "") }
