package resolvers_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/graph/graphtest"
	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

const createCampaign = `mutation($in: CreateCampaignInput!) { createCampaign(input: $in) { campaign { id name description status createdAt costs { id }
	include { conditions { parameter key operator value } } exclude { conditions { value } } } } }`

// fromSource is a group that takes visits with this utm_source.
func fromSource(source string) []map[string]any {
	return []map[string]any{{"conditions": []map[string]any{{"parameter": "UTM_TAGS", "key": "utm_source", "operator": "EQUALS", "value": source}}}}
}

// addCampaign adds a campaign that takes visits with utm_source=yandex and returns its id.
func addCampaign(c *graphtest.Client, site, name string) string {
	var got struct {
		CreateCampaign struct{ Campaign struct{ ID string } }
	}
	c.Do(createCampaign, input("siteId", site, "name", name, "include", fromSource("yandex"))).Into(&got)
	return got.CreateCampaign.Campaign.ID
}

const addCostMutation = `mutation($in: AddCampaignCostInput!) { addCampaignCost(input: $in) { campaign { id costs { id from to amount { amount currency } } } } }`

type costs struct {
	Campaign struct {
		Costs []struct {
			ID, From, To string
			Amount       struct{ Amount, Currency string }
		}
	}
}

func addCost(c *graphtest.Client, campaign, from, to string) costs {
	var got struct{ AddCampaignCost costs }
	c.Do(addCostMutation, input("campaignId", campaign, "from", from, "to", to, "amount", "1250,5")).Into(&got)
	return got.AddCampaignCost
}

func TestCA_1_Campaigns_createChangeDelete(t *testing.T) {
	t.Parallel()
	storetest.Each(t, testkit.NewClock(noon), func(t *testing.T, db *store.DB) {
		owner := graphtest.New(t, db).Owner(t)
		site := addSite(owner, "shop.example")
		id := addCampaign(owner, site, "Spring")
		owner.Do(createCampaign, input("siteId", site, "name", "Spring", "include", fromSource("google"))).Fails("CONFLICT name_taken")
		wrong := owner.Do(createCampaign, input("siteId", site, "name", "Summer", "include", fromSource("google"),
			"exclude", []map[string]any{{"conditions": []map[string]any{{"parameter": "REFERRER", "operator": "REGEXP", "value": "("}}}}))
		wrong.Fails("BAD_USER_INPUT bad_regexp")
		require.Equal(t, "exclude", wrong.Errors[0].Extensions.Field)
		require.Contains(t, wrong.Errors[0].Message, "group 1, condition 1")
		owner.Do(createCampaign, input("siteId", site, "name", "Summer", "include", []any{})).Fails("BAD_USER_INPUT required")

		const update = `mutation($in: UpdateCampaignInput!) { updateCampaign(input: $in) { campaign { name status description include { conditions { value } } exclude { conditions { value } } } } }`
		var changed struct {
			UpdateCampaign struct {
				Campaign struct {
					Name, Status, Description string
					Include, Exclude          []struct{ Conditions []struct{ Value string } }
				}
			}
		}
		owner.Do(update, input("id", id, "status", "ARCHIVED", "description", "over", "exclude", fromSource("bot"))).Into(&changed)
		got := changed.UpdateCampaign.Campaign
		require.Equal(t, "Spring", got.Name)
		require.Equal(t, "ARCHIVED", got.Status)
		require.Equal(t, "over", got.Description)
		require.Equal(t, "yandex", got.Include[0].Conditions[0].Value)
		require.Equal(t, "bot", got.Exclude[0].Conditions[0].Value)

		const remove = `mutation($in: DeleteCampaignInput!) { deleteCampaign(input: $in) { id } }`
		owner.Do(remove, input("id", id)).OK()
		owner.Do(remove, input("id", id)).Fails("NOT_FOUND not_found")
		owner.Do(update, input("id", id)).Fails("NOT_FOUND not_found")
	})
}

func TestCA_1_Costs_addAndDelete(t *testing.T) {
	t.Parallel()
	storetest.Each(t, nil, func(t *testing.T, db *store.DB) {
		server := graphtest.New(t, db)
		owner := server.Owner(t)
		campaign := addCampaign(owner, addSite(owner, "shop.example"), "Spring")
		analyst := server.Colleague(t, owner, accounts.RoleAnalyst)
		addCost(analyst, campaign, "2026-02-01", "2026-02-28")
		list := addCost(analyst, campaign, "2026-03-01", "2026-03-31").Campaign.Costs
		require.Len(t, list, 2)
		require.Equal(t, "2026-03-01", list[0].From, "newest first")
		require.Equal(t, "1250.50", list[0].Amount.Amount)
		require.Equal(t, "RUB", list[0].Amount.Currency)

		overlapping := analyst.Do(addCostMutation, input("campaignId", campaign, "from", "2026-03-31", "to", "2026-04-30", "amount", "1"))
		overlapping.Fails("CONFLICT period_overlaps")
		analyst.Do(addCostMutation, input("campaignId", campaign, "from", "2026-04-01", "to", "2026-04-30", "amount", "0")).Fails("BAD_USER_INPUT out_of_range")
		server.Colleague(t, owner, accounts.RoleOperator).Do(addCostMutation, input("campaignId", campaign, "from", "2026-04-01", "to", "2026-04-30", "amount", "1")).
			Fails("FORBIDDEN role_too_low")

		const remove = `mutation($in: DeleteCampaignCostInput!) { deleteCampaignCost(input: $in) { campaign { costs { id } } } }`
		var left struct{ DeleteCampaignCost costs }
		analyst.Do(remove, input("campaignId", campaign, "id", list[0].ID)).Into(&left)
		require.Len(t, left.DeleteCampaignCost.Campaign.Costs, 1)
		analyst.Do(remove, input("campaignId", campaign, "id", list[0].ID)).Fails("NOT_FOUND not_found")

		other := server.Owner(t)
		other.Do(addCostMutation, input("campaignId", campaign, "from", "2026-04-01", "to", "2026-04-30", "amount", "1")).Fails("NOT_FOUND not_found")
		other.Do(remove, input("campaignId", campaign, "id", list[1].ID)).Fails("NOT_FOUND not_found")
	})
}

func TestCA_1_PreviewArrival_judgesByTheTrackersRules(t *testing.T) {
	t.Parallel()
	storetest.Each(t, nil, func(t *testing.T, db *store.DB) {
		owner := graphtest.New(t, db).Owner(t)
		site := addSite(owner, "shop.example")
		addCampaign(owner, site, "Spring")
		const query = `query($site: ID!, $url: String!, $referrer: String) { previewArrival(siteId: $site, url: $url, referrer: $referrer) {
			source { channel source } campaign { name } } }`
		for _, tc := range []struct{ rule, url, referrer, channel, campaign string }{
			{"a tagged visit", "https://shop.example/?utm_source=Yandex&utm_medium=cpc", "", "PAID", "Spring"},
			{"a search", "https://shop.example/", "https://www.google.com/", "ORGANIC", ""},
			{"nothing known", "https://shop.example/", "", "DIRECT", ""},
		} {
			var got struct {
				PreviewArrival struct {
					Source   struct{ Channel, Source string }
					Campaign *struct{ Name string }
				}
			}
			owner.Do(query, map[string]any{"site": site, "url": tc.url, "referrer": tc.referrer}).Into(&got)
			require.Equal(t, tc.channel, got.PreviewArrival.Source.Channel, tc.rule)
			if tc.campaign == "" {
				require.Nil(t, got.PreviewArrival.Campaign, tc.rule)
			} else {
				require.NotNil(t, got.PreviewArrival.Campaign, tc.rule)
				require.Equal(t, tc.campaign, got.PreviewArrival.Campaign.Name, tc.rule)
			}
		}
		owner.Do(query, map[string]any{"site": site, "url": " "}).Fails("BAD_USER_INPUT required")
	})
}
