package resolvers

import (
	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/visits"
	"github.com/skvoz/skvoz/graph/model"
)

func refusalQuery(f *model.RefusalFilter) (visits.RefusalQuery, error) {
	if f == nil {
		return visits.RefusalQuery{}, nil
	}
	q := visits.RefusalQuery{Reason: visits.Reason(given(f.Reason).Value)}
	var err error
	q.SiteID, err = optionalID[core.SiteID]("siteId", given(f.SiteID))
	return q, err
}

func refusalsOfSite(site *string) (visits.RefusalQuery, error) {
	if site == nil {
		return visits.RefusalQuery{}, nil
	}
	id, err := parseID[core.SiteID]("siteId", *site)
	return visits.RefusalQuery{SiteID: id}, err
}

func refusalCounts(list []visits.RefusalCount) []model.RefusalCount {
	out := make([]model.RefusalCount, len(list))
	for i, c := range list {
		out[i] = model.RefusalCount{Reason: string(c.Reason), Count: c.Count}
	}
	return out
}

func refusalIDs(texts []string) ([]core.RefusalID, error) {
	out := make([]core.RefusalID, len(texts))
	for i, text := range texts {
		id, err := parseID[core.RefusalID]("ids", text)
		if err != nil {
			return nil, err
		}
		out[i] = id
	}
	return out, nil
}
