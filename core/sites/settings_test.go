package sites_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/sites"
)

func TestService_Update_namesTheWrongField(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		rule, field string
		u           sites.Update
	}{
		{"cookies live at least a day", "cookieLifetimeDays", sites.Update{CookieLifetimeDays: core.Some(0)}},
		{"cookies live at most two years", "cookieLifetimeDays", sites.Update{CookieLifetimeDays: core.Some(731)}},
		{"campaigns last at least a day", "campaignLifetimeDays", sites.Update{CampaignLifetimeDays: core.Some(-1)}},
		{"campaigns last at most two years", "campaignLifetimeDays", sites.Update{CampaignLifetimeDays: core.Some(731)}},
		{"sessions last at least 5 minutes", "sessionTimeoutMinutes", sites.Update{SessionTimeoutMinutes: core.Some(4)}},
		{"sessions last at most 4 hours", "sessionTimeoutMinutes", sites.Update{SessionTimeoutMinutes: core.Some(241)}},
		{"ignored addresses are addresses", "ignoredIps", sites.Update{IgnoredIPs: core.Some([]string{"10.0.0.1", "office"})}},
		{"excluded referrers are domains", "excludedReferrers", sites.Update{ExcludedReferrers: core.Some([]string{"pay"})}},
		{"lists end somewhere", "ignoredIps", sites.Update{IgnoredIPs: core.Some(slices.Repeat([]string{"10.0.0.1"}, sites.MaxListLength+1))}},
		{"weights are not negative", "conditionWeights", sites.Update{Weights: map[sites.Parameter]int{sites.ParameterChannel: -1}}},
		{"weights are at most 100", "conditionWeights", sites.Update{Weights: map[sites.Parameter]int{sites.ParameterChannel: 101}}},
		{"weights are of known parameters", "conditionWeights", sites.Update{Weights: map[sites.Parameter]int{"mood": 1}}},
		{"the name is not blank", "name", sites.Update{Name: core.Some("  ")}},
		{"the name is not endless", "name", sites.Update{Name: core.Some(strings.Repeat("я", sites.MaxNameLength+1))}},
		{"the name can be shown", "name", sites.Update{Name: core.Some("a\x00b")}},
		{"the domain is one", "domain", sites.Update{Domain: core.Some("shop")}},
	} {
		t.Run(tc.rule, func(t *testing.T) {
			t.Parallel()
			before := sites.Site{ID: 1, Domain: "shop.example", Name: "Shop", Settings: sites.DefaultSettings()}
			store := &oneSite{site: before}
			_, err := sites.NewService(sites.Deps{Store: store}).Update(t.Context(), 7, 1, tc.u)
			require.Equal(t, core.KindInvalid, core.KindOf(err))
			require.Equal(t, tc.field, core.AsError(err).Field)
			require.NotEmpty(t, core.AsError(err).Reason)
			require.Equal(t, before, store.site)
		})
	}
}

func TestService_Update_changesWhatIsGivenAndLeavesTheRest(t *testing.T) {
	t.Parallel()
	store := &oneSite{site: sites.Site{ID: 1, Domain: "shop.example", Name: "Shop", Settings: sites.DefaultSettings()}}
	service := sites.NewService(sites.Deps{Store: store})

	unchanged, err := service.Update(t.Context(), 7, 1, sites.Update{})
	require.NoError(t, err)
	require.Equal(t, sites.DefaultSettings(), unchanged.Settings)

	s, err := service.Update(t.Context(), 7, 1, sites.Update{
		CookieLifetimeDays: core.Some(730), SessionTimeoutMinutes: core.Some(5), ShareSubdomains: core.Some(false), RequireConsent: core.Some(true),
		IgnoredIPs:        core.Some([]string{"203.0.113.9/24", "", "203.0.113.0/24", "::ffff:10.0.0.1"}),
		ExcludedReferrers: core.Some([]string{"https://www.Pay.example/x", "pay.example", "оплата.рф"}),
		Weights:           map[sites.Parameter]int{sites.ParameterChannel: 0},
	})
	require.NoError(t, err)
	require.Equal(t, "shop.example", s.Domain)
	require.Equal(t, 730, s.Settings.CookieLifetimeDays)
	require.Equal(t, 90, s.Settings.CampaignLifetimeDays)
	require.False(t, s.Settings.ShareSubdomains)
	require.True(t, s.Settings.RequireConsent)
	require.Equal(t, []string{"203.0.113.0/24", "10.0.0.1"}, s.Settings.IgnoredIPs)
	require.Equal(t, []string{"pay.example", "xn--80aa5alfu.xn--p1ai"}, s.Settings.ExcludedReferrers)
	require.Equal(t, 0, s.Settings.Weight(sites.ParameterChannel))
	require.Equal(t, 60, s.Settings.Weight(sites.ParameterUTMTags))

	s, err = service.Update(t.Context(), 7, 1, sites.Update{IgnoredIPs: core.Some([]string{}), Weights: map[sites.Parameter]int{sites.ParameterEngine: 100}})
	require.NoError(t, err)
	require.Empty(t, s.Settings.IgnoredIPs)
	require.Equal(t, 0, s.Settings.Weight(sites.ParameterChannel), "other weights stay")
	require.Equal(t, 100, s.Settings.Weight(sites.ParameterEngine))
}

func TestParameters_areAllThatHaveAWeight(t *testing.T) {
	t.Parallel()
	require.Len(t, sites.Parameters(), 11)
	for _, p := range sites.Parameters() {
		require.True(t, p.IsKnown(), p)
	}
	require.False(t, sites.Parameter("").IsKnown())
}
