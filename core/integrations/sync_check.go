package integrations

import (
	"cmp"
	"context"
	"time"

	"github.com/skvoz/skvoz/core/deals"
)

// Check compares the deals created from a moment on and before another here with those at the vendor, by funnel and stage. Its rows are in the order of
// the funnels here; places only the vendor has follow, in the vendor's order.
func (r *Reader) Check(ctx context.Context, i Integration, source DealSource, from, to time.Time) (CheckReport, error) {
	if err := target(i); err != nil {
		return CheckReport{}, err
	}
	there, err := source.CountDeals(ctx, from, to)
	if err != nil {
		return CheckReport{}, failed(err)
	}
	here, err := r.cfg.Deals.CountStages(ctx, i.AccountID, i.CRMID, from, to)
	if err != nil {
		return CheckReport{}, failed(err)
	}
	funnels, err := r.cfg.Deals.Funnels(ctx, i.AccountID, i.CRMID)
	if err != nil {
		return CheckReport{}, failed(err)
	}
	return compared(funnels, here, there), nil
}

// place is a stage of a funnel, by the vendor's ids.
type place struct{ funnel, stage string }

func compared(funnels []deals.Funnel, here []deals.StageCount, there []StageCount) CheckReport {
	rows, order := map[place]*CheckRow{}, []place(nil)
	row := func(funnel, stage, funnelName, stageName string) *CheckRow {
		p := place{funnel, stage}
		if rows[p] == nil {
			rows[p] = &CheckRow{Funnel: cmp.Or(funnelName, funnel), Stage: cmp.Or(stageName, stage)}
			order = append(order, p)
		}
		return rows[p]
	}
	for _, f := range funnels {
		for _, st := range f.Stages {
			row(f.ExternalID, st.ExternalID, f.Name, st.Name)
		}
	}
	var out CheckReport
	for _, c := range here {
		row(c.FunnelExternalID, c.StageExternalID, c.FunnelName, c.StageName).Here += c.Count
		out.Here += c.Count
	}
	for _, c := range there {
		row(c.FunnelID, c.StageID, "", "").There += c.Count
		out.There += c.Count
	}
	for _, p := range order {
		if r := *rows[p]; r.Here != 0 || r.There != 0 {
			out.Rows = append(out.Rows, r)
		}
	}
	return out
}
