package reports

import (
	"cmp"
	"context"
	"slices"
)

// costs shows the costs of campaigns a figure was made of, the latest first, each with the part of it that falls into the row.
func (d *driller) costs(ctx context.Context) error {
	parts := make([]float64, len(d.l.costs))
	c := &counter{q: d.q, l: d.l, workers: 1, groupers: []*grouper{d.g}, tallies: []*tally{newTally(len(d.q.measures))}}
	c.onCost = func(cost int, group uint32, part float64) {
		if group != 0 {
			parts[cost] += part
		}
	}
	if err := c.countCosts(ctx); err != nil {
		return err
	}
	order := make([]int, len(parts))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		x, y := d.l.costs[a], d.l.costs[b]
		return cmp.Or(cmp.Compare(y.in.from, x.in.from), cmp.Compare(y.ID, x.ID))
	})
	for _, i := range order {
		if p := d.l.costs[i]; parts[i] != 0 {
			whole := float64(p.amounts()[d.m.cost-1])
			d.add(FactRef{Fact: FactCosts, ID: int64(p.ID), Cost: &p.CampaignCost, At: moment(p.in.from), Share: tidy(parts[i] / whole), Value: parts[i]})
		}
	}
	return d.nameCampaigns(ctx)
}

// nameCampaigns fills in the names of the page's campaigns.
func (d *driller) nameCampaigns(ctx context.Context) error {
	var ids []int64
	for _, f := range d.out.Nodes {
		ids = append(ids, int64(f.Cost.CampaignID))
	}
	if len(ids) == 0 {
		return nil
	}
	names, err := d.q.service.Names.ReportNames(ctx, d.q.Account, NamesOfCampaigns, ids)
	if err != nil {
		return err
	}
	for i, f := range d.out.Nodes {
		d.out.Nodes[i].CampaignName = names[int64(f.Cost.CampaignID)]
	}
	return nil
}
