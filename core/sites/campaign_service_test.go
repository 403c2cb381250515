package sites_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/sites"
)

// memory keeps campaigns as they come.
type memory struct {
	sites.CampaignStore
	sites.CostStore
}

func (memory) CreateCampaign(_ context.Context, c sites.Campaign, _ int) (sites.Campaign, error) {
	return c, nil
}

func (memory) Campaign(_ context.Context, account core.AccountID, id core.CampaignID) (sites.Campaign, error) {
	return sites.Campaign{ID: id, AccountID: account}, nil
}

func (memory) AccountCurrency(context.Context, core.AccountID) (string, error) { return "RUB", nil }

func (memory) AddCost(context.Context, sites.Cost) error { return nil }

func campaigns() *sites.Service {
	return sites.NewService(sites.Deps{Campaigns: memory{}, Costs: memory{}})
}

func channelIs(value string) sites.Condition {
	return sites.Condition{Parameter: sites.ParameterChannel, Operator: sites.OperatorEquals, Value: value}
}

func group(conditions ...sites.Condition) []sites.Group {
	return []sites.Group{{Conditions: conditions}}
}

func TestService_CreateCampaign_refusesWrongConditions(t *testing.T) {
	t.Parallel()
	tag := func(key, value string) sites.Condition {
		return sites.Condition{Parameter: sites.ParameterUTMTags, Key: key, Operator: sites.OperatorEquals, Value: value}
	}
	for _, tc := range []struct {
		rule             string
		include, exclude []sites.Group
		field, reason    string
	}{
		{"at least one group", nil, nil, "include", "required"},
		{"at most 30 groups", slices.Repeat(group(channelIs("paid")), 31), nil, "include", "too_many"},
		{"at most 30 groups of exceptions", group(channelIs("paid")), slices.Repeat(group(channelIs("paid")), 31), "exclude", "too_many"},
		{"at least one condition", group(), nil, "include", "bad_group"},
		{"at most 50 conditions", group(slices.Repeat([]sites.Condition{channelIs("paid")}, 51)...), nil, "include", "bad_group"},
		{"tags have names", group(tag("", "x")), nil, "include", "key_required"},
		{"only tags have names", group(sites.Condition{Parameter: sites.ParameterChannel, Key: "x", Operator: "=", Value: "paid"}), nil, "include", "key_unexpected"},
		{"names of tags end somewhere", group(tag(strings.Repeat("k", 101), "x")), nil, "include", "bad_key"},
		{"values are not blank", group(channelIs(" ")), nil, "include", "value_required"},
		{"values end somewhere", group(channelIs(strings.Repeat("v", 501))), nil, "include", "bad_value"},
		{"values can be shown", group(channelIs("a\x00")), nil, "include", "bad_value"},
		{"regular expressions compile", group(sites.Condition{Parameter: sites.ParameterReferrer, Operator: "~", Value: "(a"}), nil, "include", "bad_regexp"},
		{"no back-references", group(sites.Condition{Parameter: sites.ParameterReferrer, Operator: "~", Value: `(a)\1`}), nil, "include", "bad_regexp"},
		{"known operators", group(sites.Condition{Parameter: sites.ParameterChannel, Operator: ">", Value: "1"}), nil, "include", "bad_operator"},
		{"known parameters", group(sites.Condition{Parameter: "mood", Operator: "=", Value: "1"}), nil, "include", "bad_parameter"},
		{"exceptions are conditions too", group(channelIs("paid")), group(channelIs("")), "exclude", "value_required"},
	} {
		t.Run(tc.rule, func(t *testing.T) {
			t.Parallel()
			_, err := campaigns().CreateCampaign(t.Context(), 7, sites.CreateCampaign{SiteID: 1, Name: "Spring", Include: tc.include, Exclude: tc.exclude})
			require.Equal(t, core.KindInvalid, core.KindOf(err))
			require.Equal(t, tc.field, core.AsError(err).Field)
			require.Equal(t, tc.reason, core.AsError(err).Reason, err)
		})
	}
}

func TestService_CreateCampaign_bringsConditionsIntoTheirStoredForm(t *testing.T) {
	t.Parallel()
	c, err := campaigns().CreateCampaign(t.Context(), 7, sites.CreateCampaign{
		SiteID: 1, Name: " Spring ", Description: " of 2026\nand later ",
		Include: group(
			sites.Condition{Parameter: sites.ParameterUTMTags, Key: " Source ", Operator: "=", Value: " yandex "},
			sites.Condition{Parameter: sites.ParameterUTMTags, Key: "utm_source", Operator: "~", Value: " ^ya "},
		),
		Exclude: slices.Repeat(group(slices.Repeat([]sites.Condition{channelIs("paid")}, 50)...), 30),
	})
	require.NoError(t, err)
	require.Equal(t, "Spring", c.Name)
	require.Equal(t, "of 2026\nand later", c.Description)
	require.Equal(t, sites.CampaignActive, c.Status)
	require.Equal(t, group(
		sites.Condition{Parameter: sites.ParameterUTMTags, Key: "utm_source", Operator: "=", Value: "yandex"},
		sites.Condition{Parameter: sites.ParameterUTMTags, Key: "utm_source", Operator: "~", Value: " ^ya "},
	), c.Include)
	require.Len(t, c.Exclude, 30)
}

func TestService_AddCost_namesTheWrongField(t *testing.T) {
	t.Parallel()
	day := func(m time.Month, d int) core.Date { return core.Date{Year: 2026, Month: m, Day: d} }
	for _, tc := range []struct {
		rule, field string
		in          sites.AddCost
	}{
		{"the last day is not before the first", "to", sites.AddCost{From: day(3, 2), To: day(3, 1), Amount: "1"}},
		{"at most 366 days", "to", sites.AddCost{From: day(1, 1), To: core.Date{Year: 2027, Month: 1, Day: 2}, Amount: "1"}},
		{"days of this century", "from", sites.AddCost{From: core.Date{Year: 1, Month: 1, Day: 1}, To: core.Date{Year: 1, Month: 1, Day: 1}, Amount: "1"}},
		{"not nothing", "amount", sites.AddCost{From: day(3, 1), To: day(3, 1), Amount: "0"}},
		{"not negative", "amount", sites.AddCost{From: day(3, 1), To: day(3, 1), Amount: "-5"}},
		{"a number", "amount", sites.AddCost{From: day(3, 1), To: day(3, 1), Amount: "lots"}},
		{"no parts of a kopeck", "amount", sites.AddCost{From: day(3, 1), To: day(3, 1), Amount: "1.005"}},
	} {
		t.Run(tc.rule, func(t *testing.T) {
			t.Parallel()
			tc.in.CampaignID = 1
			_, err := campaigns().AddCost(t.Context(), 7, tc.in)
			require.Equal(t, core.KindInvalid, core.KindOf(err))
			require.Equal(t, tc.field, core.AsError(err).Field)
		})
	}
	_, err := campaigns().AddCost(t.Context(), 7, sites.AddCost{CampaignID: 1, From: day(1, 1), To: day(12, 31), Amount: "1250,50"})
	require.NoError(t, err)
}
