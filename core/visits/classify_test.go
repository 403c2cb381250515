package visits_test

import (
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core/sites"
	"github.com/skvoz/skvoz/core/visits"
)

// TestTR_4_ArrivalsAreClassified reads testdata/arrivals.txt: name | query of the page | referrer | expected.
// Expected are words: channel, source, then engine=…, search=…, query=…, medium=…, campaign=…, paid, and stays for what is no arrival.
func TestTR_4_ArrivalsAreClassified(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/arrivals.txt")
	require.NoError(t, err)
	classifier := visits.NewClassifier()
	count := 0
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		columns := strings.Split(line, " | ")
		require.Len(t, columns, 4, line)
		count++
		t.Run(columns[0], func(t *testing.T) {
			t.Parallel()
			got := classifier.Classify(visits.Arrival{
				PageURL: "https://www.okna-example.ru/landing" + none(columns[1]), Referrer: none(columns[2]),
				SiteDomain: "okna-example.ru", ExcludedReferrers: []string{"partner-cabinet.ru", "*.оплата.рф"},
			})
			require.Equal(t, columns[3], inWords(got))
			require.Equal(t, none(columns[2]), got.Source.Referrer)
		})
	}
	require.GreaterOrEqual(t, count, 150)
}

func none(column string) string { return strings.TrimPrefix(column, "-") }

func inWords(c visits.Classification) string {
	s := c.Source
	words := []string{string(s.Channel)}
	if s.Source != "" {
		words = append(words, s.Source)
	}
	for _, named := range [...][2]string{{"engine", s.Engine}, {"search", s.SearchEngine}, {"query", c.SearchQuery}, {"medium", s.Medium}, {"campaign", s.Campaign}} {
		if named[1] != "" {
			words = append(words, named[0]+"="+named[1])
		}
	}
	if s.IsPaid {
		words = append(words, "paid")
	}
	if !c.IsArrival {
		words = append(words, "stays")
	}
	return strings.Join(words, " ")
}

func TestTR_4_TagsAndClickIDsAreKeptForCampaignConditions(t *testing.T) {
	t.Parallel()
	classifier := visits.NewClassifier()
	got := classifier.Classify(visits.Arrival{
		PageURL: "https://example.ru/?utm_source=ya&UTM_Medium=cpc&utm_x=1&_openstat=ZGlyZWN0LnlhbmRleC5ydTsxMjM7NDU2O3lhbmRleC5ydTpwcmVtaXVt&from=letter" +
			"&yclid=77&promo=%EB%E5%F2%EE&roistat=direct1_9&empty=#gclid=88",
		SiteDomain: "example.ru",
	})
	require.Equal(t, []sites.Tag{{Key: "utm_source", Value: "ya"}, {Key: "utm_medium", Value: "cpc"}, {Key: "utm_x", Value: "1"}}, got.Tags.UTM)
	require.Equal(t, []sites.Tag{
		{Key: "service", Value: "direct.yandex.ru"}, {Key: "campaign", Value: "123"}, {Key: "ad", Value: "456"}, {Key: "source", Value: "yandex.ru:premium"},
	}, got.Tags.OpenStat)
	require.Equal(t, []sites.Tag{
		{Key: "from", Value: "letter"},
		{Key: "yclid", Value: "77"},
		{Key: "promo", Value: "лето"},
		{Key: "roistat", Value: "direct1_9"},
		{Key: "empty"},
		{Key: "gclid", Value: "88"},
	}, got.Tags.Other)
	require.Equal(t, []visits.ClickID{{Name: "yclid", Value: "77"}, {Name: "roistat", Value: "direct1_9"}, {Name: "gclid", Value: "88"}}, got.ClickIDs)
	require.Equal(t, "yandex.direct", got.Source.Engine)
}

func TestTR_4_ASessionBeginsAnewOnlyWithAnotherSource(t *testing.T) {
	t.Parallel()
	classifier := visits.NewClassifier()
	classify := func(page, referrer string) visits.Classification {
		return classifier.Classify(visits.Arrival{PageURL: page, Referrer: referrer, SiteDomain: "example.ru"})
	}
	landing := classify("https://example.ru/?utm_source=vk&utm_medium=cpc&utm_campaign=a", "https://away.vk.com/")
	for _, c := range []struct {
		name, page, referrer string
		want                 bool
	}{
		{"a reload of the landing page", "https://example.ru/?utm_source=vk&utm_medium=cpc&utm_campaign=a", "https://away.vk.com/", false},
		{"a page that drags the tags along", "https://example.ru/2?utm_source=vk&utm_medium=cpc&utm_campaign=a", "https://example.ru/?utm_source=vk", false},
		{"a page of the site", "https://example.ru/2", "https://example.ru/", false},
		{"an address typed in", "https://example.ru/", "", false},
		{"a return from the bank", "https://example.ru/thanks", "https://acs.tbank.ru/auth", false},
		{"another campaign", "https://example.ru/?utm_source=vk&utm_medium=cpc&utm_campaign=b", "https://away.vk.com/", true},
		{"a search engine", "https://example.ru/", "https://yandex.ru/", true},
		{"another site", "https://example.ru/", "https://forum.example.com/", true},
	} {
		require.Equal(t, c.want, classify(c.page, c.referrer).Begins(landing.Source), c.name)
	}
}

func TestTR_4_InternationalisedDomainsAreTheSame(t *testing.T) {
	t.Parallel()
	classifier := visits.NewClassifier()
	const punycode = "xn--e1afmkfd.xn--p1ai" // пример.рф
	for _, referrer := range []string{"https://пример.рф/", "https://" + punycode + "/", "https://ПРИМЕР.рф:443/", "https://shop.пример.рф/x"} {
		got := classifier.Classify(visits.Arrival{PageURL: "https://" + punycode + "/a", Referrer: referrer, SiteDomain: punycode})
		require.Equal(t, visits.ChannelInternal, got.Source.Channel, referrer)
	}
	got := classifier.Classify(visits.Arrival{PageURL: "https://example.ru/", Referrer: "https://www.пример.рф/page", SiteDomain: "example.ru"})
	require.Equal(t, visits.ChannelReferral, got.Source.Channel)
	require.Equal(t, "пример.рф", got.Source.Source)
	require.Equal(t, punycode, got.Source.ReferrerDomain)
}

func TestClassify_ASiteIsToldFromItsNeighboursByWholeLabels(t *testing.T) {
	t.Parallel()
	classifier := visits.NewClassifier()
	for referrer, want := range map[string]visits.Channel{
		"https://example.ru/":            visits.ChannelInternal,
		"http://m.example.ru:8080/":      visits.ChannelInternal,
		"https://badexample.ru/":         visits.ChannelReferral,
		"https://example.ru.evil.com/":   visits.ChannelReferral,
		"https://mirror.example.net/x":   visits.ChannelInternal, // the page's own host
		"https://example.ru@evil.com/":   visits.ChannelReferral,
		"https://notyandex.ru/":          visits.ChannelReferral,
		"https://yandex.evil.com/search": visits.ChannelReferral,
	} {
		got := classifier.Classify(visits.Arrival{PageURL: "https://mirror.example.net/", Referrer: referrer, SiteDomain: "example.ru"})
		require.Equal(t, want, got.Source.Channel, referrer)
	}
}

func FuzzClassify(f *testing.F) {
	f.Add("https://example.ru/?utm_source=a&_openstat=YTtiO2M7ZA", "https://yandex.ru/search?text=%D0")
	f.Add("https://example.ru/#?gclid=1", "android-app://com.google.android.gm/")
	f.Add("%%%", "https://[::1]:99/")
	f.Add("https://пример.рф?;;;&&&==", "://xn--\xff.рф")
	classifier := visits.NewClassifier()
	f.Fuzz(func(t *testing.T, page, referrer string) {
		a := visits.Arrival{PageURL: page, Referrer: referrer, SiteDomain: "example.ru", ExcludedReferrers: []string{page, ""}}
		got := classifier.Classify(a)
		require.NotEmpty(t, got.Source.Channel)
		require.Equal(t, got, classifier.Classify(a))
		for _, tag := range append(append(got.Tags.UTM, got.Tags.OpenStat...), got.Tags.Other...) {
			require.LessOrEqual(t, len(tag.Value), 2000)
			require.True(t, utf8.ValidString(tag.Value))
		}
		require.False(t, got.IsArrival && got.Source.Channel == visits.ChannelInternal)
	})
}
