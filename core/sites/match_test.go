package sites_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/sites"
)

func arrival() sites.Facts {
	return sites.Facts{
		EntrancePage: "https://www.Example.ru/okna/%D0%BC%D0%BE%D1%81%D0%BA%D0%B2%D0%B0/?utm_source=yandex",
		Referrer:     "https://yandex.ru/search/?text=okna", ReferrerDomain: "yandex.ru",
		SearchEngine: "yandex", SearchQuery: "Пластиковые окна", Engine: "yandex.direct", Channel: "paid",
		Country: "RU", Region: "Московская область", City: "Химки",
		UTM:      []sites.Tag{{Key: "utm_source", Value: "Yandex"}, {Key: "utm_campaign", Value: "okna_msk"}},
		OpenStat: []sites.Tag{{Key: "service", Value: "direct.yandex.ru"}},
		Other:    []sites.Tag{{Key: "from", Value: "letter"}, {Key: "yclid", Value: "77"}},
	}
}

func condition(p sites.Parameter, key string, o sites.Operator, value string) sites.Condition {
	return sites.Condition{Parameter: p, Key: key, Operator: o, Value: value}
}

func campaign(id int, include ...sites.Condition) sites.Campaign {
	return sites.Campaign{
		ID: core.CampaignID(id), Status: sites.CampaignActive, Include: []sites.Group{{Conditions: include}},
		CreatedAt: time.Date(2026, 1, 1, 0, id, 0, 0, time.UTC),
	}
}

func matches(t *testing.T, f sites.Facts, campaigns ...sites.Campaign) core.CampaignID {
	t.Helper()
	id, ok := sites.NewMatcher(campaigns, sites.DefaultSettings()).Match(f)
	require.Equal(t, ok, id != 0)
	return id
}

func TestTR_4_ConditionsLookAtEachParameterWithEachOperator(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		condition sites.Condition
		want      bool
	}{
		{condition(sites.ParameterUTMTags, "utm_source", "=", "yandex"), true},
		{condition(sites.ParameterUTMTags, "source", "=", "YANDEX"), true},
		{condition(sites.ParameterUTMTags, "utm_source", "=", "yand"), false},
		{condition(sites.ParameterUTMTags, "utm_source", "sub", "yand"), true},
		{condition(sites.ParameterUTMTags, "utm_campaign", "~", "^OKNA_(msk|spb)$"), true},
		{condition(sites.ParameterUTMTags, "utm_campaign", "~", "^msk"), false},
		{condition(sites.ParameterUTMTags, "", "=", "okna_msk"), true},
		{condition(sites.ParameterUTMTags, "utm_term", "~", ".*"), false},
		{condition(sites.ParameterOSTags, "service", "sub", "direct"), true},
		{condition(sites.ParameterOSTags, "openstat_service", "sub", "direct"), true},
		{condition(sites.ParameterOSTags, "campaign", "sub", "direct"), false},
		{condition(sites.ParameterOtherTags, "from", "=", "letter"), true},
		{condition(sites.ParameterOtherTags, "YCLID", "=", "77"), true},
		{condition(sites.ParameterOtherTags, "utm_source", "=", "yandex"), false},
		{condition(sites.ParameterLocation, "", "=", "химки"), true},
		{condition(sites.ParameterLocation, "", "sub", "московская"), true},
		{condition(sites.ParameterLocation, "", "=", "ru"), true},
		{condition(sites.ParameterLocation, "", "=", "kz"), false},
		{condition(sites.ParameterChannel, "", "=", "paid"), true},
		{condition(sites.ParameterEngine, "", "=", "yandex.direct"), true},
		{condition(sites.ParameterSearchEngine, "", "=", "google.com"), false},
		{condition(sites.ParameterSearchQuery, "", "sub", "ОКНА"), true},
		{condition(sites.ParameterReferrerDomain, "", "=", "www.yandex.ru"), true},
		{condition(sites.ParameterReferrer, "", "sub", "text=okna"), true},
		{condition(sites.ParameterEntrancePage, "", "sub", "/okna/москва/"), true},
		{condition(sites.ParameterEntrancePage, "", "sub", "/okna/%d0%bc"), true},
		{condition(sites.ParameterEntrancePage, "", "=", "example.ru/okna/москва/?utm_source=yandex"), true},
		{condition(sites.ParameterEntrancePage, "", "=", "example.ru/okna"), false},
		{condition(sites.ParameterEntrancePage, "", "~", "/okna/(москва|спб)/"), true},
		{condition("weather", "", "=", "rain"), false},
		{condition(sites.ParameterChannel, "", "!=", "paid"), false},
		{condition(sites.ParameterChannel, "", "~", "pa(id"), false},
		{condition(sites.ParameterChannel, "", "sub", ""), false},
	} {
		t.Run(fmt.Sprintf("%s %s %s %q", c.condition.Parameter, c.condition.Key, c.condition.Operator, c.condition.Value), func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, matches(t, arrival(), campaign(1, c.condition)) == 1)
		})
	}
}

func TestTR_4_CyrillicDomainsMatchAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	f := sites.Facts{ReferrerDomain: "xn--e1afmkfd.xn--p1ai", Referrer: "https://xn--e1afmkfd.xn--p1ai/a"}
	require.EqualValues(t, 1, matches(t, f, campaign(1, condition(sites.ParameterReferrerDomain, "", "=", "Пример.рф"))))
	require.EqualValues(t, 1, matches(t, f, campaign(1, condition(sites.ParameterReferrerDomain, "", "=", "xn--e1afmkfd.xn--p1ai"))))
	require.EqualValues(t, 1, matches(t, f, campaign(1, condition(sites.ParameterReferrer, "", "sub", "пример.рф/a"))))
}

func TestTR_4_GroupsNeedAllTheirConditionsAndOneGroupIsEnough(t *testing.T) {
	t.Parallel()
	yes := condition(sites.ParameterChannel, "", "=", "paid")
	no := condition(sites.ParameterChannel, "", "=", "email")
	bad := condition(sites.ParameterChannel, "", "~", "(")
	require.Zero(t, matches(t, arrival(), campaign(1, yes, no)))
	require.Zero(t, matches(t, arrival(), campaign(1, yes, bad)))
	require.Zero(t, matches(t, arrival(), campaign(1)))
	two := campaign(1, no)
	two.Include = append(two.Include, sites.Group{Conditions: []sites.Condition{yes}})
	require.EqualValues(t, 1, matches(t, arrival(), two))
	two.Exclude = []sites.Group{{Conditions: []sites.Condition{yes, no}}, {Conditions: []sites.Condition{bad}}, {}}
	require.EqualValues(t, 1, matches(t, arrival(), two))
	two.Exclude = append(two.Exclude, sites.Group{Conditions: []sites.Condition{yes}})
	require.Zero(t, matches(t, arrival(), two))
	archived := campaign(1, yes)
	archived.Status = sites.CampaignArchived
	require.Zero(t, matches(t, arrival(), archived))
}

func TestTR_4_TheHeaviestConditionWinsThenTheOldestCampaign(t *testing.T) {
	t.Parallel()
	byChannel := campaign(1, condition(sites.ParameterChannel, "", "=", "paid"))
	byTag := campaign(2, condition(sites.ParameterUTMTags, "source", "=", "yandex"))
	byOtherTag := campaign(3, condition(sites.ParameterOtherTags, "from", "=", "letter"))
	heavyButElse := campaign(4, condition(sites.ParameterUTMTags, "source", "=", "google"))
	heavyButElse.Include = append(heavyButElse.Include, byChannel.Include...)
	require.EqualValues(t, 2, matches(t, arrival(), byChannel, byTag))
	require.EqualValues(t, 2, matches(t, arrival(), byOtherTag, byTag))
	require.EqualValues(t, 1, matches(t, arrival(), heavyButElse, byChannel), "only the weight of what holds counts")

	settings := sites.DefaultSettings()
	settings.Weights = map[sites.Parameter]int{sites.ParameterChannel: 100, sites.ParameterUTMTags: 0}
	id, ok := sites.NewMatcher([]sites.Campaign{byTag, byChannel}, settings).Match(arrival())
	require.True(t, ok)
	require.EqualValues(t, 1, id)
	id, ok = sites.NewMatcher([]sites.Campaign{byTag}, settings).Match(arrival())
	require.True(t, ok, "a weight of zero still matches")
	require.EqualValues(t, 2, id)
}

// randomCampaigns are drawn from few words, so that many of them match.
func randomCampaigns(r *rand.Rand, n int) []sites.Campaign {
	parameters := []sites.Parameter{
		sites.ParameterChannel, sites.ParameterEngine, sites.ParameterLocation, sites.ParameterUTMTags, sites.ParameterOtherTags,
		sites.ParameterSearchQuery, sites.ParameterReferrerDomain, sites.ParameterEntrancePage,
	}
	values := []string{"paid", "yandex", "okna", "ru", "letter", "(", "email", "o"}
	operators := []sites.Operator{sites.OperatorEquals, sites.OperatorContains, sites.OperatorRegexp}
	groups := func(least int) []sites.Group {
		var out []sites.Group
		for range least + r.IntN(3) {
			var g sites.Group
			for range 1 + r.IntN(2) {
				g.Conditions = append(g.Conditions, condition(parameters[r.IntN(len(parameters))], "", operators[r.IntN(3)], values[r.IntN(len(values))]))
			}
			out = append(out, g)
		}
		return out
	}
	campaigns := make([]sites.Campaign, n)
	for i := range campaigns {
		campaigns[i] = campaign(i + 1)
		campaigns[i].Include = groups(1)
		if r.IntN(2) == 0 {
			campaigns[i].Exclude = groups(0)
		}
		campaigns[i].CreatedAt = time.Unix(int64(r.IntN(5)), 0)
	}
	return campaigns
}

func TestTR_4_TheOrderOfCampaignsIsIrrelevant(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	found := 0
	for range 500 {
		campaigns := randomCampaigns(r, 1+r.IntN(8))
		want := matches(t, arrival(), campaigns...)
		if want != 0 {
			found++
		}
		r.Shuffle(len(campaigns), func(i, j int) { campaigns[i], campaigns[j] = campaigns[j], campaigns[i] })
		require.Equal(t, want, matches(t, arrival(), campaigns...))
		winner := core.CampaignID(0)
		for _, c := range campaigns {
			if c.ID == want {
				winner = matches(t, arrival(), c)
			}
		}
		require.Equal(t, want, winner, "the winner matches alone, too")
	}
	require.Greater(t, found, 100)
}

func TestTR_4_ExcludingAlwaysWins(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	everybody := sites.Group{Conditions: []sites.Condition{condition(sites.ParameterChannel, "", "~", ".")}}
	for range 500 {
		campaigns := randomCampaigns(r, 1+r.IntN(8))
		before := matches(t, arrival(), campaigns...)
		for i := range campaigns {
			if campaigns[i].ID == before {
				campaigns[i].Exclude = append(campaigns[i].Exclude, everybody)
			}
		}
		require.True(t, before == 0 || matches(t, arrival(), campaigns...) != before)
	}
}

func FuzzMatch(f *testing.F) {
	f.Add("~", "a|b", "https://example.ru/%zz?utm_source=1", "xn--e1afmkfd.xn--p1ai")
	f.Add("sub", "\xff", "xn--", "%%")
	f.Fuzz(func(t *testing.T, operator, value, page, domain string) {
		facts := sites.Facts{EntrancePage: page, ReferrerDomain: domain, UTM: []sites.Tag{{Key: domain, Value: page}}}
		all := campaign(1)
		for _, p := range []sites.Parameter{sites.ParameterEntrancePage, sites.ParameterReferrerDomain, sites.ParameterUTMTags} {
			all.Include = append(all.Include, sites.Group{Conditions: []sites.Condition{condition(p, "", sites.Operator(operator), value)}})
		}
		matches(t, facts, all)
	})
}

func BenchmarkMatch(b *testing.B) {
	var campaigns []sites.Campaign
	for i := range 200 {
		c := campaign(i+1, condition(sites.ParameterUTMTags, "utm_source", "=", "google"), condition(sites.ParameterUTMTags, "utm_campaign", "~", fmt.Sprintf("^brand_%d(_|$)", i)))
		c.Include = append(c.Include, sites.Group{Conditions: []sites.Condition{condition(sites.ParameterEntrancePage, "", "sub", fmt.Sprintf("/landing-%d/", i))}})
		c.Include = append(c.Include, sites.Group{Conditions: []sites.Condition{condition(sites.ParameterUTMTags, "utm_campaign", "~", fmt.Sprintf("^okna_%d$", i))}})
		campaigns = append(campaigns, c)
	}
	matcher := sites.NewMatcher(campaigns, sites.DefaultSettings())
	facts := arrival()
	b.ReportAllocs()
	for b.Loop() {
		matcher.Match(facts)
	}
}
