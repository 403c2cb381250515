package visits

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/skvoz/skvoz/core"
)

// address is a URL cut into parts, none of them decoded. Foreign browsers send anything: what is no address has an empty host.
type address struct {
	scheme string
	// host is lower-case, in ASCII, without "www." and port.
	host     string
	path     string
	query    string
	fragment string
}

// cutAddress allocates only for hosts that aren't lower-case ASCII already.
func cutAddress(s string) address {
	scheme, rest, found := strings.Cut(s, ":")
	if !found || !strings.HasPrefix(rest, "//") || !isScheme(scheme) {
		return address{}
	}
	a := address{scheme: scheme}
	rest, a.fragment, _ = strings.Cut(rest[2:], "#")
	rest, a.query, _ = strings.Cut(rest, "?")
	if slash := strings.IndexByte(rest, '/'); slash >= 0 {
		rest, a.path = rest[:slash], rest[slash:]
	}
	a.host = cleanHost(rest)
	return a
}

func isScheme(s string) bool {
	for i := range len(s) {
		if c := s[i]; !isWordByte(c) && c != '+' && c != '.' {
			return false
		}
	}
	return s != ""
}

// cleanHost takes user names, port, "www." and a closing dot away.
func cleanHost(host string) string {
	if at := strings.LastIndexByte(host, '@'); at >= 0 {
		host = host[at+1:]
	}
	if colon := strings.LastIndexByte(host, ':'); colon >= 0 && !strings.Contains(host[colon:], "]") {
		host = host[:colon]
	}
	return strings.TrimPrefix(core.ASCIIHost(strings.TrimSuffix(host, ".")), "www.")
}

// isWeb says whether a referrer of this kind can be somebody's page or app.
func (a address) isWeb() bool {
	switch a.scheme {
	case "http", "https", "android-app", "ios-app", "HTTP", "HTTPS":
		return a.host != ""
	}
	return false
}

// isWithin says whether host is domain or one of its subdomains.
func isWithin(host, domain string) bool {
	if domain == "" || !strings.HasSuffix(host, domain) {
		return false
	}
	return len(host) == len(domain) || host[len(host)-len(domain)-1] == '.'
}

// nextParameter cuts the first "key=value" off a query, undecoded.
func nextParameter(query string) (key, value, rest string) {
	pair, rest, _ := strings.Cut(query, "&")
	key, value, _ = strings.Cut(pair, "=")
	// A link taken from HTML without unescaping has "&amp;" for "&".
	return strings.TrimPrefix(key, "amp;"), value, rest
}

// maxTagBytes and maxTags bound what is kept of an address.
const (
	maxTagBytes = 1000
	maxTags     = 100
)

// decode undoes the escaping of a parameter. Broken escapes stay as they are; text that isn't UTF-8 is read as Windows-1251, which old systems still send.
func decode(s string) string {
	if !strings.ContainsAny(s, "%+") && utf8.ValidString(s) {
		return shorten(s)
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '+':
			out = append(out, ' ')
		case s[i] == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			out = append(out, unhex(s[i+1])<<4|unhex(s[i+2]))
			i += 2
		default:
			out = append(out, s[i])
		}
	}
	if !utf8.Valid(out) {
		return shorten(fromWindows1251(out))
	}
	return shorten(string(out))
}

// shorten drops control characters, which some stores can't hold, and cuts over-long text.
func shorten(s string) string {
	if strings.ContainsFunc(s, unicode.IsControl) {
		s = strings.Map(func(r rune) rune {
			if unicode.IsControl(r) {
				return -1
			}
			return r
		}, s)
	}
	s = strings.TrimSpace(s)
	if len(s) <= maxTagBytes {
		return s
	}
	end := maxTagBytes
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end]
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func unhex(c byte) byte {
	switch {
	case c >= 'a':
		return c - 'a' + 10
	case c >= 'A':
		return c - 'A' + 10
	}
	return c - '0'
}

func fromWindows1251(text []byte) string {
	var b strings.Builder
	for _, c := range text {
		switch {
		case c < 0x80:
			b.WriteByte(c)
		case c >= 0xC0:
			b.WriteRune('А' + rune(c-0xC0))
		case c == 0xA8:
			b.WriteRune('Ё')
		case c == 0xB8:
			b.WriteRune('ё')
		default:
			b.WriteRune(utf8.RuneError)
		}
	}
	return b.String()
}
