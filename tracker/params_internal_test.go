package tracker

import (
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestParams_ofARepeatedOneTheFirstFilledCounts(t *testing.T) {
	t.Parallel()
	var p params
	p.parse("a=&a=1&a=2&%62=x+y%21&c&=&d=%zz%4&&e=%00%07a%0Ab%7F")
	require.Equal(t, "1", p.raw("a"))
	require.Equal(t, "x y!", p.raw("b"))
	require.True(t, p.has("c"))
	require.Empty(t, p.raw("c"))
	require.False(t, p.has("z"))
	require.Equal(t, "%zz%4", p.raw("d"), "what can't be decoded stays")
	require.Equal(t, "a\nb", p.text("e", 10))
}

func TestParams_textsAreCutToCharacters(t *testing.T) {
	t.Parallel()
	require.Equal(t, "Прив", clean("Привет", 4))
	require.Equal(t, "abc", clean("abcdef", 3))
	require.Equal(t, "ab", clean("a\xff\x1bb\u0085", 10))
}

func TestParams_identifiers(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]struct {
		id int64
		ok bool
	}{
		"": {0, true}, "0": {0, true}, "undefined": {0, true}, "NaN": {0, true}, "17": {17, true}, "9007199254740991": {9007199254740991, true},
		"9007199254740992": {0, false}, "-1": {0, false}, "1.5": {0, false}, "0x10": {0, false}, "1 ": {0, false},
	} {
		var p params
		p.add("v", raw)
		id, ok := p.id("v")
		require.Equal(t, want.id, id, raw)
		require.Equal(t, want.ok, ok, raw)
	}
}

func TestParams_agreeWithTheStandardLibraryOnWhatItCanRead(t *testing.T) {
	t.Parallel()
	want := url.Values{"k": {"a&b=c"}, "ti": {"Привет, мир + 100 %"}, "u": {"https://shop.example/?a=1&b=%20"}}
	var p params
	p.parse(want.Encode())
	for key := range want {
		require.Equal(t, want.Get(key), p.raw(key))
	}
}

func FuzzParams(f *testing.F) {
	for _, seed := range []string{"a=1&b=2", "%=%&+=+", "a=%F0%28", strings.Repeat("&", 300), "k=%E0%A4%A"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		var p params
		p.parse(raw)
		for _, e := range p.list {
			text := p.text(e.key, 50)
			if !utf8.ValidString(text) || utf8.RuneCountInString(text) > 50 || strings.ContainsRune(text, 0) {
				t.Fatalf("%q became %q", e.value, text)
			}
		}
		p.millis("a", 5)
		p.nonce("a")
	})
}
