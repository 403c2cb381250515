package resolvers

import (
	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/sites"
	"github.com/skvoz/skvoz/graph/model"
)

func siteSettings(s sites.Settings) *model.SiteSettings {
	weights := make([]model.ConditionWeight, 0, len(sites.Parameters()))
	for _, p := range sites.Parameters() {
		weights = append(weights, model.ConditionWeight{Parameter: p, Weight: s.Weight(p)})
	}
	return &model.SiteSettings{
		CookieLifetimeDays: s.CookieLifetimeDays, CampaignLifetimeDays: s.CampaignLifetimeDays, SessionTimeoutMinutes: s.SessionTimeoutMinutes,
		ShareSubdomains: s.ShareSubdomains, RespectDoNotTrack: s.RespectDoNotTrack, RequireConsent: s.RequireConsent,
		DynamicalReplacement: s.DynamicalReplacement, IgnoredIps: s.IgnoredIPs, ExcludedReferrers: s.ExcludedReferrers,
		ConditionWeights: weights,
	}
}

func siteUpdate(in model.UpdateSiteInput) sites.Update {
	u := sites.Update{
		Domain: given(in.Domain), Name: given(in.Name),
		CookieLifetimeDays: given(in.CookieLifetimeDays), CampaignLifetimeDays: given(in.CampaignLifetimeDays),
		SessionTimeoutMinutes: given(in.SessionTimeoutMinutes), ShareSubdomains: given(in.ShareSubdomains),
		RespectDoNotTrack: given(in.RespectDoNotTrack), RequireConsent: given(in.RequireConsent), DynamicalReplacement: given(in.DynamicalReplacement),
		IgnoredIPs: givenList(in.IgnoredIps), ExcludedReferrers: givenList(in.ExcludedReferrers),
	}
	if weights := givenList(in.ConditionWeights); weights.Set {
		u.Weights = make(map[sites.Parameter]int, len(weights.Value))
		for _, w := range weights.Value {
			u.Weights[w.Parameter] = w.Weight
		}
	}
	return u
}

func siteInstallation(in sites.Installation) *model.SiteInstallation {
	out := &model.SiteInstallation{State: installationState(in.State)}
	if a := in.Arrivals; a != nil {
		out.FirstHitAt, out.LastHitAt = &a.FirstHitAt, &a.LastHitAt
		if a.LastPageURL != "" {
			out.LastPageURL = &a.LastPageURL
		}
	}
	return out
}

func installationState(s sites.InstallationState) model.InstallationState {
	switch s {
	case sites.InstallationReceiving:
		return model.InstallationStateReceiving
	case sites.InstallationSilent:
		return model.InstallationStateSilent
	default:
		return model.InstallationStateWaiting
	}
}

func siteIDs(objs []*sites.Site) []core.SiteID {
	ids := make([]core.SiteID, len(objs))
	for i, s := range objs {
		ids[i] = s.ID
	}
	return ids
}

func sitePayload(s sites.Site, err error) (*model.SitePayload, error) {
	if err != nil {
		return nil, err
	}
	return &model.SitePayload{Site: &s}, nil
}
