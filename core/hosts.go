package core

import (
	"strings"
	"unicode/utf8"
)

// ASCIIHost writes a host name the way it travels: lower-case, internationalised labels in punycode ("почта.рф" → "xn--80a1acny.xn--p1ai").
// What can't be written so is returned in lower case.
func ASCIIHost(host string) string {
	host = strings.ToLower(host)
	if isASCII(host) {
		return host
	}
	labels := strings.FieldsFunc(host, isLabelDot)
	for i, label := range labels {
		if isASCII(label) {
			continue
		}
		encoded, ok := punycode(label)
		if !ok {
			return host
		}
		labels[i] = "xn--" + encoded
	}
	return strings.Join(labels, ".")
}

// ReadableHost writes a host name the way people read it: the opposite of ASCIIHost. Labels that are no valid punycode stay as they are.
func ReadableHost(host string) string {
	if !strings.Contains(host, "xn--") {
		return host
	}
	labels := strings.Split(host, ".")
	for i, label := range labels {
		if decoded, ok := unpunycode(strings.TrimPrefix(label, "xn--")); ok && strings.HasPrefix(label, "xn--") {
			labels[i] = decoded
		}
	}
	return strings.Join(labels, ".")
}

func isLabelDot(r rune) bool { return r == '.' || r == '。' || r == '．' || r == '｡' }

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// The parameters of RFC 3492, section 5.
const (
	punyBase        = 36
	punyTMin        = 1
	punyTMax        = 26
	punySkew        = 38
	punyDamp        = 700
	punyInitialBias = 72
	punyInitialN    = 128
	punyMaxLabel    = 63
	punyMaxRune     = 0x10FFFF
)

// punycode encodes one label; labels that would not fit into a host name are refused.
func punycode(label string) (string, bool) {
	runes := []rune(label)
	if len(runes) > punyMaxLabel || !utf8.ValidString(label) {
		return "", false
	}
	var out []byte
	for _, r := range runes {
		if r < utf8.RuneSelf {
			out = append(out, byte(r))
		}
	}
	basic := len(out)
	if basic > 0 {
		out = append(out, '-')
	}
	n, delta, bias := rune(punyInitialN), 0, punyInitialBias
	for handled := basic; handled < len(runes); {
		next := nextRune(runes, n)
		delta += int(next-n) * (handled + 1)
		n = next
		for _, r := range runes {
			if r < n {
				delta++
			}
			if r != n {
				continue
			}
			out = appendPunyNumber(out, delta, bias)
			bias = punyAdapt(delta, handled+1, handled == basic)
			delta = 0
			handled++
		}
		delta++
		n++
	}
	return string(out), len(out)+len("xn--") <= punyMaxLabel
}

func nextRune(runes []rune, atLeast rune) rune {
	next := rune(punyMaxRune)
	for _, r := range runes {
		if r >= atLeast && r < next {
			next = r
		}
	}
	return next
}

func appendPunyNumber(out []byte, q, bias int) []byte {
	for k := punyBase; ; k += punyBase {
		t := min(max(k-bias, punyTMin), punyTMax)
		if q < t {
			return append(out, punyDigit(q))
		}
		out = append(out, punyDigit(t+(q-t)%(punyBase-t)))
		q = (q - t) / (punyBase - t)
	}
}

func punyDigit(d int) byte {
	if d < 26 {
		return byte('a' + d)
	}
	return byte('0' + d - 26)
}

func punyAdapt(delta, points int, first bool) int {
	if first {
		delta /= punyDamp
	} else {
		delta /= 2
	}
	delta += delta / points
	k := 0
	for delta > (punyBase-punyTMin)*punyTMax/2 {
		delta /= punyBase - punyTMin
		k += punyBase
	}
	return k + (punyBase-punyTMin+1)*delta/(delta+punySkew)
}

// unpunycode decodes one label without its "xn--".
func unpunycode(encoded string) (string, bool) {
	if len(encoded) > punyMaxLabel || !isASCII(encoded) {
		return "", false
	}
	var out []rune
	rest := encoded
	if dash := strings.LastIndexByte(encoded, '-'); dash >= 0 {
		out, rest = []rune(encoded[:dash]), encoded[dash+1:]
	}
	n, i, bias := punyInitialN, 0, punyInitialBias
	for rest != "" {
		number, left, ok := readPunyNumber(rest, bias)
		if !ok {
			return "", false
		}
		old := i
		i += number
		count := len(out) + 1
		bias = punyAdapt(i-old, count, old == 0)
		n += i / count
		i %= count
		if n > punyMaxRune || !utf8.ValidRune(rune(n)) {
			return "", false
		}
		out = append(out[:i], append([]rune{rune(n)}, out[i:]...)...)
		i++
		rest = left
	}
	return string(out), len(out) > 0
}

func readPunyNumber(s string, bias int) (number int, rest string, ok bool) {
	weight := 1
	for k := punyBase; ; k += punyBase {
		if s == "" || number > punyMaxRune*punyMaxLabel {
			return 0, "", false
		}
		digit, valid := punyValue(s[0])
		if !valid {
			return 0, "", false
		}
		s = s[1:]
		number += digit * weight
		t := min(max(k-bias, punyTMin), punyTMax)
		if digit < t {
			return number, s, true
		}
		weight *= punyBase - t
		if weight > punyMaxRune*punyMaxLabel {
			return 0, "", false
		}
	}
}

func punyValue(c byte) (int, bool) {
	switch {
	case c >= 'a' && c <= 'z':
		return int(c - 'a'), true
	case c >= 'A' && c <= 'Z':
		return int(c - 'A'), true
	case c >= '0' && c <= '9':
		return int(c-'0') + 26, true
	}
	return 0, false
}
