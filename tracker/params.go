package tracker

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/skvoz/skvoz/core"
)

// Bounds of what is read, in characters where nothing else is said.
const (
	maxBody    = 64 << 10 // bytes
	maxParams  = 256      // further parameters are ignored
	maxAddress = 2000
	maxTitle   = 300
	maxText    = 255
	maxMessage = 10_000
)

// param is one parameter, decoded when it is asked for.
type param struct {
	key   string
	value string // as it came
	plain bool   // the value is decoded already
}

// params are a request's parameters in their order. They share the memory of the text they were read from.
type params struct {
	list  []param
	space [24]param
}

// parse reads URL-encoded parameters. Nothing is an error: what can't be decoded stays as it is.
func (p *params) parse(raw string) {
	if p.list == nil {
		p.list = p.space[:0]
	}
	for raw != "" && len(p.list) < maxParams {
		var pair string
		if i := strings.IndexByte(raw, '&'); i >= 0 {
			pair, raw = raw[:i], raw[i+1:]
		} else {
			pair, raw = raw, ""
		}
		if pair == "" {
			continue
		}
		key, value, _ := strings.Cut(pair, "=")
		if strings.IndexByte(key, '%') >= 0 || strings.IndexByte(key, '+') >= 0 {
			key = unescape(key)
		}
		p.list = append(p.list, param{key: key, value: value})
	}
}

// add adds a parameter that needs no decoding.
func (p *params) add(key, value string) {
	if p.list == nil {
		p.list = p.space[:0]
	}
	if len(p.list) < maxParams {
		p.list = append(p.list, param{key: key, value: value, plain: true})
	}
}

// raw returns the first non-empty value of a parameter, decoded and as it is otherwise.
func (p *params) raw(key string) string {
	for i := range p.list {
		if e := &p.list[i]; e.key == key && e.value != "" {
			if !e.plain {
				e.value, e.plain = unescape(e.value), true
			}
			if e.value != "" {
				return e.value
			}
		}
	}
	return ""
}

// text returns a parameter as text: without control characters, cut to a number of characters.
func (p *params) text(key string, limit int) string { return clean(p.raw(key), limit) }

// first returns the first of several parameters that is filled.
func (p *params) first(limit int, keys ...string) string {
	for _, key := range keys {
		if v := strings.TrimSpace(p.text(key, limit)); v != "" {
			return v
		}
	}
	return ""
}

// has reports whether a parameter is given, be it empty.
func (p *params) has(key string) bool {
	for i := range p.list {
		if p.list[i].key == key {
			return true
		}
	}
	return false
}

// id reads an identifier: 0 when it is absent, ok false when it is given and none. Words that scripts write for "nothing" count as absent.
func (p *params) id(key string) (id int64, ok bool) {
	raw := p.raw(key)
	switch raw {
	case "", "0", "undefined", "null", "NaN", "false":
		return 0, true
	}
	id, err := strconv.ParseInt(raw, 10, 64)
	if err != nil || id < 1 || id > core.MaxID {
		return 0, false
	}
	return id, true
}

// millis reads a number of milliseconds within [0, limit]; anything else counts as the nearest of the two, and nonsense as 0.
func (p *params) millis(key string, limit int64) int64 {
	raw := p.raw(key)
	whole, _, _ := strings.Cut(raw, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return 0
	}
	return min(max(n, 0), limit)
}

// nonce reads a nonce or seed: 12 to 32 of [a-z0-9]; ok is false for anything else, and for none.
func (p *params) nonce(key string) (nonce string, ok bool) {
	nonce = p.raw(key)
	if len(nonce) < 12 || len(nonce) > 32 {
		return "", false
	}
	for i := range len(nonce) {
		if c := nonce[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return "", false
		}
	}
	return nonce, true
}

// unescape decodes a URL-encoded text. Escapes that are none stay as they are.
func unescape(s string) string {
	if strings.IndexByte(s, '%') < 0 && strings.IndexByte(s, '+') < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '+':
			b = append(b, ' ')
		case s[i] == '%' && i+2 < len(s) && hexDigit(s[i+1]) < 16 && hexDigit(s[i+2]) < 16:
			b = append(b, hexDigit(s[i+1])<<4|hexDigit(s[i+2]))
			i += 2
		default:
			b = append(b, s[i])
		}
	}
	return string(b)
}

// hexDigit returns a digit's value, or 255.
func hexDigit(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	}
	return 255
}

// clean drops control characters and broken UTF-8 and cuts a text to a number of characters. A text that is clean already is returned as it is.
func clean(s string, limit int) string {
	if isClean(s, limit) {
		return s
	}
	var b strings.Builder
	b.Grow(min(len(s), limit))
	n := 0
	for i := 0; i < len(s) && n < limit; {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1, r < ' ' && r != '\n' && r != '\t', r >= 0x7f && r < 0xa0:
		default:
			b.WriteString(s[i : i+size])
			n++
		}
		i += size
	}
	return b.String()
}

func isClean(s string, limit int) bool {
	if len(s) > limit {
		return false
	}
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}
