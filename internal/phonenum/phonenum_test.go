package phonenum_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/internal/phonenum"
)

func TestNormalize_ReadsNumbersAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	cases := []struct{ rule, raw, region, want string }{
		{"trunk prefix 8", "8 (926) 123-45-67", "", "79261234567"},
		{"plus and country code", "+7 926 123 45 67", "", "79261234567"},
		{"country code without plus", "79261234567", "RU", "79261234567"},
		{"national number alone", "9261234567", "", "79261234567"},
		{"surrounding space", "  +7(926)1234567\n", "", "79261234567"},
		{"extension is dropped", "+7 495 123-45-67 доб. 123", "", "74951234567"},
		{"English extension is dropped", "8 495 123-45-67 ext. 99", "", "74951234567"},
		{"tel link", "tel:+74951234567", "", "74951234567"},
		{"toll-free", "8 800 555-35-35", "", "78005553535"},
		{"foreign number with plus", "+375 29 123-45-67", "", "375291234567"},
		{"foreign number as an exchange reports it", "375291234567", "", "375291234567"},
		{"foreign number through the exit code", "8 10 44 20 7946 0958", "RU", "442079460958"},
		{"another region's habits", "020 7946 0958", "GB", "442079460958"},
		{"region in lower case", "020 7946 0958", "gb", "442079460958"},
		{"full-width digits", "+7926１２３４５６７", "", "79261234567"},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			got, ok := phonenum.Normalize(c.raw, c.region)
			require.True(t, ok)
			require.Equal(t, c.want, got)
		})
	}
}

func TestNormalize_RefusesWhatNobodyCanBeCalledOn(t *testing.T) {
	t.Parallel()
	cases := []struct{ rule, raw string }{
		{"empty", ""},
		{"only space", "  "},
		{"words", "перезвоните мне"},
		{"internal extension", "101"},
		{"too few digits", "926 123"},
		{"too many digits", "+7 926 123 45 67 89"},
		{"area that does not exist", "+7 000 123 45 67"},
		{"too long to be meant", "+7926" + strings.Repeat(" ", 100) + "1234567"},
		{"broken encoding", "+7926123456\xff7"},
		{"hidden caller", "anonymous"},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			got, ok := phonenum.Normalize(c.raw, "")
			require.False(t, ok)
			require.Empty(t, got)
		})
	}
}

func TestNormalize_UnknownRegionStillReadsInternationalNumbers(t *testing.T) {
	t.Parallel()
	got, ok := phonenum.Normalize("+79261234567", "XX")
	require.True(t, ok)
	require.Equal(t, "79261234567", got)
	require.False(t, phonenum.KnownRegion("XX"))
	require.True(t, phonenum.KnownRegion("RU"))
}

func TestNormalizeEmail(t *testing.T) {
	t.Parallel()
	cases := []struct {
		rule, raw, want string
		ok              bool
	}{
		{"plain", "ivan@example.com", "ivan@example.com", true},
		{"lower-cased and trimmed", " Ivan.Petrov+Shop@Example.COM ", "ivan.petrov+shop@example.com", true},
		{"national domain", "иван@почта.рф", "иван@почта.рф", true},
		{"display name", "Ivan <ivan@example.com>", "", false},
		{"two addresses", "a@example.com, b@example.com", "", false},
		{"quoted local part", `"a b"@example.com`, "", false},
		{"comment", "a@example.com (me)", "", false},
		{"no domain", "ivan@", "", false},
		{"domain without a dot", "ivan@localhost", "", false},
		{"address literal", "ivan@[127.0.0.1]", "", false},
		{"empty label", "ivan@example..com", "", false},
		{"label that begins with a hyphen", "ivan@-example.com", "", false},
		{"empty", "", "", false},
		{"local part over 64 bytes", strings.Repeat("a", 65) + "@example.com", "", false},
		{"over 254 bytes", "a@" + strings.Repeat("a.", 130) + "com", "", false},
		{"broken encoding", "iv\xffan@example.com", "", false},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			got, ok := phonenum.NormalizeEmail(c.raw)
			require.Equal(t, c.ok, ok)
			if c.ok {
				require.Equal(t, c.want, got)
			}
		})
	}
}

func FuzzNormalize(f *testing.F) {
	for _, seed := range []string{"8 (926) 123-45-67", "+7 495 123-45-67 доб. 1", "tel:+49-30;ext=4", "101", "+", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		digits, ok := phonenum.Normalize(raw, "")
		if !ok {
			require.Empty(t, digits)
			return
		}
		require.Regexp(t, `^[1-9][0-9]{5,17}$`, digits)
		again, ok := phonenum.Normalize("+"+digits, "")
		require.True(t, ok, "a normal form must be accepted again")
		require.Equal(t, digits, again)
	})
}

func FuzzNormalizeEmail(f *testing.F) {
	for _, seed := range []string{"ivan@example.com", "A@B.c", "a@[::1]", "\"@\"@b.c", "@", "İ@b.c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		email, ok := phonenum.NormalizeEmail(raw)
		if !ok {
			return
		}
		again, ok := phonenum.NormalizeEmail(email)
		require.True(t, ok, "a normal form must be accepted again")
		require.Equal(t, email, again)
	})
}
