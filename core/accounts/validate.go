package accounts

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/skvoz/skvoz/core"
)

const (
	minPassword = 10
	maxPassword = 200
	maxName     = 100
)

// currencies are the active codes of ISO 4217.
const currencies = " AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK " +
	"DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW " +
	"KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG " +
	"QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND " +
	"VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG "

func (s *Service) checkEmail(raw string) (core.Email, error) {
	email, ok := s.readEmail(raw)
	if !ok {
		return "", core.Invalid("email", "bad_email", "this is not an e-mail address")
	}
	return core.Email(email), nil
}

// checkName trims a name and refuses empty, long and unprintable ones.
func checkName(field, raw string) (string, error) {
	name := strings.TrimSpace(raw)
	switch {
	case name == "":
		return "", core.Invalid(field, "required", "a name is needed")
	case utf8.RuneCountInString(name) > maxName:
		return "", core.Invalid(field, "too_long", "at most %d characters", maxName)
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		return "", core.Invalid(field, "bad_text", "line breaks and control characters are not allowed")
	}
	return name, nil
}

func checkPassword(field, password string, email core.Email) error {
	n := utf8.RuneCountInString(password)
	distinct := map[rune]bool{}
	for _, r := range password {
		distinct[r] = true
	}
	local, _, _ := strings.Cut(string(email), "@")
	lower := strings.ToLower(password)
	switch {
	case n < minPassword:
		return core.Invalid(field, "weak_password", "the password needs at least %d characters", minPassword)
	case n > maxPassword:
		return core.Invalid(field, "too_long", "at most %d characters", maxPassword)
	case !utf8.ValidString(password):
		return core.Invalid(field, "bad_text", "the password is not valid text")
	case len(distinct) < 4, lower == string(email), len(local) >= 4 && strings.Trim(strings.Replace(lower, local, "", 1), "0123456789.!") == "":
		return core.Invalid(field, "weak_password", "this password is too easy to guess")
	}
	return nil
}

func checkTimezone(zone string) error {
	if _, err := time.LoadLocation(zone); err != nil || zone == "" || zone == "Local" {
		return core.Invalid("timezone", "unknown_timezone", "unknown time zone; it looks like Europe/Moscow")
	}
	return nil
}

func checkCurrency(code string) error {
	if len(code) != 3 || !strings.Contains(currencies, " "+code+" ") {
		return core.Invalid("currency", "unknown_currency", "unknown currency; it looks like RUB")
	}
	return nil
}

func checkLanguage(l Language) error {
	if l != LanguageRU && l != LanguageEN {
		return core.Invalid("language", "unknown_language", "the languages are ru and en")
	}
	return nil
}

// checkScopes returns the scopes in a fixed order, each once.
func checkScopes(scopes []Scope) ([]Scope, error) {
	var out []Scope
	for _, known := range []Scope{ScopeRead, ScopeWrite, ScopeChats, ScopeDataAPI, ScopeAttribution} {
		if slices.Contains(scopes, known) {
			out = append(out, known)
		}
	}
	for _, s := range scopes {
		if !slices.Contains(out, s) {
			return nil, core.Invalid("scopes", "unknown_scope", "the scopes are read, write, chats, data-api and attribution")
		}
	}
	if len(out) == 0 {
		return nil, core.Invalid("scopes", "required", "choose at least one scope")
	}
	return out, nil
}
