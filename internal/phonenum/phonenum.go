// Package phonenum turns telephone numbers and e-mail addresses written by people into the one form they are stored and compared in.
package phonenum

import (
	"net/mail"
	"strings"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"
)

// DefaultRegion is the ISO 3166-1 country whose dialling habits apply to a number written without a country code.
const DefaultRegion = "RU"

const (
	maxRawPhone   = 64  // bytes; the longest honest notation with an extension is far shorter
	maxEmail      = 254 // bytes, RFC 5321 path limit
	maxEmailLocal = 64  // bytes, RFC 5321
	// bareInternational is the fewest digits of a number that may be read as international although its plus is missing.
	// Shorter ones are more often a slip of the pen in a national number.
	bareInternational = 12
)

// Normalize reads a telephone number as people write it ("8 (926) 123-45-67", "+7 926…", "tel:+49…", with or without an
// extension) and returns its digits with the country code and without the plus. The extension is dropped.
//
// Region is the ISO 3166-1 code of the country the writer dials from; empty means [DefaultRegion].
// It reports false for anything that no operator could have assigned.
func Normalize(raw, region string) (digits string, ok bool) {
	raw = strings.TrimSpace(raw)
	if raw == "" || len(raw) > maxRawPhone || !utf8.ValidString(raw) {
		return "", false
	}
	if region == "" {
		region = DefaultRegion
	}
	if digits, ok = parse(raw, strings.ToUpper(region)); ok {
		return digits, true
	}
	if len(raw) >= bareInternational && onlyDigits(raw) {
		return parse("+"+raw, region)
	}
	return "", false
}

func parse(raw, region string) (string, bool) {
	number, err := phonenumbers.Parse(raw, region)
	if err != nil || !phonenumbers.IsValidNumber(number) {
		return "", false
	}
	number.Extension = nil
	return strings.TrimPrefix(phonenumbers.Format(number, phonenumbers.E164), "+"), true
}

// KnownRegion reports whether region is an ISO 3166-1 code whose numbers [Normalize] can read.
func KnownRegion(region string) bool {
	return phonenumbers.GetSupportedRegions()[region]
}

// NormalizeEmail trims an e-mail address and puts it in lower case.
// It reports false unless the result is a plain address of at most 254 bytes with a dotted domain: no display name,
// no comment, no quoted local part.
func NormalizeEmail(raw string) (email string, ok bool) {
	email = strings.ToLower(strings.TrimSpace(raw))
	if !utf8.ValidString(raw) || len(email) > maxEmail {
		return "", false
	}
	address, err := mail.ParseAddress(email)
	if err != nil || address.Name != "" || address.Address != email {
		return "", false
	}
	at := strings.LastIndexByte(email, '@')
	if at > maxEmailLocal || !dotted(email[at+1:]) {
		return "", false
	}
	return email, true
}

func dotted(domain string) bool {
	if !strings.Contains(domain, ".") || strings.ContainsAny(domain, "[]:_") {
		return false
	}
	for label := range strings.SplitSeq(domain, ".") {
		if label == "" || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
	}
	return true
}

func onlyDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// SameCountry reports whether two numbers, digits with country code, have the same country code.
func SameCountry(a, b string) bool {
	x, errX := phonenumbers.Parse("+"+a, "")
	y, errY := phonenumbers.Parse("+"+b, "")
	return errX == nil && errY == nil && x.GetCountryCode() == y.GetCountryCode()
}
