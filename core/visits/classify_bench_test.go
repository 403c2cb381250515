package visits_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core/visits"
)

func BenchmarkClassify(b *testing.B) {
	classifier := visits.NewClassifier()
	for name, a := range map[string]visits.Arrival{
		"internal":      {PageURL: "https://www.example.ru/catalog/item?color=red&size=xl", Referrer: "https://example.ru/catalog?page=2", SiteDomain: "example.ru"},
		"direct":        {PageURL: "https://www.example.ru/", SiteDomain: "example.ru"},
		"search engine": {PageURL: "https://www.example.ru/", Referrer: "https://yandex.ru/", SiteDomain: "example.ru"},
		"utm": {
			PageURL: "https://www.example.ru/?utm_source=yandex&utm_medium=cpc&utm_campaign=okna_msk|1234567&utm_content=1|2|3&utm_term=" +
				"%D0%BF%D0%BB%D0%B0%D1%81%D1%82%D0%B8%D0%BA%D0%BE%D0%B2%D1%8B%D0%B5+%D0%BE%D0%BA%D0%BD%D0%B0&yclid=1234567890",
			Referrer: "https://yandex.ru/", SiteDomain: "example.ru",
		},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				classifier.Classify(a)
			}
		})
	}
}

func BenchmarkNewClassifier(b *testing.B) {
	for b.Loop() {
		visits.NewClassifier()
	}
}

func TestTR_4_AnInternalViewCostsNoAllocation(t *testing.T) {
	classifier := visits.NewClassifier()
	a := visits.Arrival{PageURL: "https://www.example.ru/catalog/item?color=red&size=xl", Referrer: "https://example.ru/catalog?page=2", SiteDomain: "example.ru"}
	require.Zero(t, testing.AllocsPerRun(100, func() { classifier.Classify(a) }))
}
