package core_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
)

func TestASCIIHost_WritesInternationalisedNamesAsTheyTravel(t *testing.T) {
	t.Parallel()
	for readable, ascii := range map[string]string{
		"example.ru":     "example.ru",
		"пример.рф":      "xn--e1afmkfd.xn--p1ai",
		"президент.рф":   "xn--d1abbgf6aiiy.xn--p1ai",
		"bücher.example": "xn--bcher-kva.example",
		"例え.テスト":         "xn--r8jz45g.xn--zckzah",
		"яндекс.com":     "xn--d1acpjx3f.com",
		"почта.рф":       "xn--80a1acny.xn--p1ai",
		"окна-москва.рф": "xn----7sbbh1bcnfhf7a.xn--p1ai",
	} {
		require.Equal(t, ascii, core.ASCIIHost(readable))
		require.Equal(t, readable, core.ReadableHost(ascii))
	}
	require.Equal(t, "xn--e1afmkfd.xn--p1ai", core.ASCIIHost("ПРИМЕР.РФ"))
	require.Equal(t, "xn--e1afmkfd.xn--p1ai", core.ASCIIHost("пример。рф"))
	require.Equal(t, "xn--99999999999999.ru", core.ReadableHost("xn--99999999999999.ru"))
	require.Equal(t, "xn--.ru", core.ReadableHost("xn--.ru"))
}

func FuzzHosts(f *testing.F) {
	f.Add("пример.рф")
	f.Add("xn--d1abbgf6aiiy.xn--p1ai")
	f.Add("xn--\xff-")
	f.Fuzz(func(t *testing.T, host string) {
		ascii := core.ASCIIHost(host)
		require.Equal(t, ascii, core.ASCIIHost(ascii))
		core.ReadableHost(host)
	})
}
