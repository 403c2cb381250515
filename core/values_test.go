package core_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
)

func TestParseMoney(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, in, currency string
		want               int64
		ok                 bool
	}{
		{"whole", "12500", "RUB", 1250000, true},
		{"comma and one digit", " 12500,5 ", "RUB", 1250050, true},
		{"below zero", "-0.01", "RUB", -1, true},
		{"a currency without a fraction", "500", "JPY", 500, true},
		{"three digits where the currency has three", "1.234", "KWD", 1234, true},
		{"more digits than the currency has", "1.234", "RUB", 0, false},
		{"a fraction where there is none", "1.5", "JPY", 0, false},
		{"words", "twelve", "RUB", 0, false},
		{"empty", "", "RUB", 0, false},
		{"two points", "1.2.3", "RUB", 0, false},
		{"too large", "9999999999999999", "RUB", 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := core.ParseMoney(tt.in, tt.currency)
			if !tt.ok {
				require.Equal(t, core.KindInvalid, core.KindOf(err))
				return
			}
			require.NoError(t, err)
			require.Equal(t, core.Money{Minor: tt.want, Currency: tt.currency}, got)
		})
	}
}

func FuzzParseMoney_readsWhatItWrites(f *testing.F) {
	f.Add(int64(0), "RUB")
	f.Add(int64(-5), "JPY")
	f.Add(int64(123456), "KWD")
	f.Fuzz(func(t *testing.T, minor int64, currency string) {
		if minor > 1e15 || minor < -1e15 {
			return
		}
		m := core.Money{Minor: minor, Currency: currency}
		got, err := core.ParseMoney(m.Amount(), currency)
		require.NoError(t, err)
		require.Equal(t, m, got)
	})
}

func TestParseDate(t *testing.T) {
	t.Parallel()
	d, err := core.ParseDate("2024-02-29")
	require.NoError(t, err)
	require.Equal(t, "2024-02-29", d.String())
	next, err := core.ParseDate("2024-03-01")
	require.NoError(t, err)
	require.Equal(t, 1, next.Number()-d.Number())
	for _, bad := range []string{"", "2023-02-29", "01.03.2026", "2026-3-1"} {
		_, err := core.ParseDate(bad)
		require.Equal(t, core.KindInvalid, core.KindOf(err), bad)
	}
}
