package resolvers

import (
	"encoding/base64"
	"strings"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/sites"
	"github.com/skvoz/skvoz/graph/model"
)

// fileContent reads a file that came as base64, with or without padding.
func fileContent(text string) ([]byte, error) {
	content, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(text, "="))
	if err != nil {
		return nil, core.Invalid("content", "bad_base64", "the file did not arrive whole: its content is not base64").WithCause(err)
	}
	return content, nil
}

func costFile(f sites.CostFile) *model.UploadCampaignCostsPayload {
	out := &model.UploadCampaignCostsPayload{
		Costs: make([]model.UploadedCost, len(f.Costs)), Problems: make([]model.CostProblem, len(f.Problems)), Saved: f.Saved,
	}
	for i, c := range f.Costs {
		out.Costs[i] = model.UploadedCost{
			Line: c.Line, Campaign: &c.Campaign, From: c.From, To: c.To, Amount: &c.Amount,
			Clicks: int(c.Clicks), Impressions: int(c.Impressions), Replaces: c.Replaces,
		}
	}
	for i, p := range f.Problems {
		out.Problems[i] = model.CostProblem(p)
	}
	return out
}
