package resolvers

import (
	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/sites"
	"github.com/skvoz/skvoz/graph/model"
)

func conditionGroups(in []model.ConditionGroupInput) []sites.Group {
	out := make([]sites.Group, len(in))
	for i, g := range in {
		out[i].Conditions = make([]sites.Condition, len(g.Conditions))
		for j, c := range g.Conditions {
			out[i].Conditions[j] = sites.Condition{Parameter: c.Parameter, Key: given(c.Key).Value, Operator: c.Operator, Value: c.Value}
		}
	}
	return out
}

func campaignUpdate(in model.UpdateCampaignInput) sites.UpdateCampaign {
	u := sites.UpdateCampaign{Name: given(in.Name), Description: given(in.Description), Status: given(in.Status)}
	if groups := givenList(in.Include); groups.Set {
		u.Include = core.Some(conditionGroups(groups.Value))
	}
	if groups := givenList(in.Exclude); groups.Set {
		u.Exclude = core.Some(conditionGroups(groups.Value))
	}
	return u
}

func campaignPayload(c sites.Campaign, err error) (*model.CampaignPayload, error) {
	if err != nil {
		return nil, err
	}
	return &model.CampaignPayload{Campaign: &c}, nil
}
