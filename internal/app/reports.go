package app

import (
	"context"
	"fmt"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/reports"
)

type dealsCommand struct {
	Rebuild dealsRebuild `cmd:"" help:"Compute the links and paths of all deals of an account anew."`
}

type dealsRebuild struct{ ofAccount }

// Run computes anew.
func (c *dealsRebuild) Run(ctx context.Context, p *Process) error {
	return c.with(ctx, p, func(all *services, account core.AccountID) error {
		if err := all.linker.Rebuild(ctx, account); err != nil {
			return err
		}
		counts, err := all.deals.Counts(ctx, account)
		if err != nil {
			return err
		}
		count := 0
		for _, n := range counts {
			count += n
		}
		return c.print(p, fmt.Sprintf("%d deals linked anew", count), map[string]any{"account_id": account.String(), "deals": count})
	})
}

type reportsCommand struct {
	Check   reportsCheck   `cmd:"" help:"Compare what reports are counted from with the facts, and say where they differ."`
	Rebuild reportsRebuild `cmd:"" help:"Drop what reports are counted from and build it anew from the facts."`
}

type reportsCheck struct{ ofAccount }

// Run compares; a difference is an error.
func (c *reportsCheck) Run(ctx context.Context, p *Process) error {
	return c.with(ctx, p, func(all *services, account core.AccountID) error {
		checker := reports.NewChecker(all.segments)
		first, last, err := checker.Days(ctx, account)
		if err != nil {
			return err
		}
		checked, err := checker.Check(ctx, account, first, last)
		if err != nil {
			return err
		}
		return c.report(p, account, checked)
	})
}

func (c *reportsCheck) report(p *Process, account core.AccountID, checked reports.CheckResult) error {
	for _, d := range checked.Differences {
		_, _ = fmt.Fprintf(p.Err, "%+v\n", d)
	}
	n := len(checked.Differences)
	text := fmt.Sprintf("%d segments with %d rows compared, %d differences", checked.Segments, checked.Rows, n)
	if err := c.print(p, text, map[string]any{"account_id": account.String(), "segments": checked.Segments, "rows": checked.Rows, "differences": n}); err != nil {
		return err
	}
	if n > 0 {
		return fmt.Errorf("%d differences from the facts: run `skvoz reports rebuild --account %s`", n, account)
	}
	return nil
}

type reportsRebuild struct{ ofAccount }

// Run builds anew.
func (c *reportsRebuild) Run(ctx context.Context, p *Process) error {
	return c.with(ctx, p, func(all *services, account core.AccountID) error {
		checker := reports.NewChecker(all.segments)
		first, last, err := checker.Days(ctx, account)
		if err != nil {
			return err
		}
		built, err := checker.Rebuild(ctx, account, first, last)
		if err != nil {
			return err
		}
		return c.print(p, fmt.Sprintf("%d segments built", built), map[string]any{"account_id": account.String(), "segments": built})
	})
}
