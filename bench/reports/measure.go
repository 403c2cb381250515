package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/skvoz/skvoz/core/reports"
)

// result is what one question took, medians in ms; NaN = not asked. Over HTTP cold is the first time and best the
// least, which other work on the machine disturbs least.
type result struct {
	question
	edge, engine, duck float64
	cold, best         float64
	rows               int
	compared           bool
}

// measure asks every question of all sides in turns. It fails when answers to the same question differ.
func (b *bench) measure(ctx context.Context) ([]result, error) {
	source, channel, err := b.biggest(ctx)
	if err != nil {
		return nil, err
	}
	var out []result
	for _, q := range b.questions(source, channel) {
		r, err := b.ask(ctx, q)
		if err != nil {
			return out, fmt.Errorf("%s: %w", q.name, err)
		}
		out = append(out, r)
		fmt.Fprintf(os.Stderr, "%s: %s: %s ms over HTTP, %s counting, %s DuckDB\n", b.data.engine, q.name, number(r.edge), number(r.engine), number(r.duck))
	}
	return out, nil
}

func (b *bench) ask(ctx context.Context, q question) (result, error) {
	r := result{question: q}
	var edges, engines, ducks []float64
	for round := range b.rounds + 1 {
		ours, edge, err := timed(ctx, q.edge)
		if err != nil {
			return r, err
		}
		counted, engine, err := timed(ctx, q.engine)
		if err != nil {
			return r, fmt.Errorf("counting: %w", err)
		}
		theirs, duck, err := timed(ctx, q.duck)
		if err != nil {
			return r, fmt.Errorf("DuckDB: %w", err)
		}
		if ours == nil {
			ours = counted
		}
		if round == 0 { // the first time warms up, and is compared
			r.rows, r.cold = len(ours), edge
			if r.compared = q.duck != nil; r.compared {
				if d := differs(ours, theirs, q.sharesMoney); d != "" {
					return r, fmt.Errorf("the answers differ: %s", d)
				}
			}
			continue
		}
		edges, engines, ducks = append(edges, edge), append(engines, engine), append(ducks, duck)
	}
	r.best = slices.Min(edges)
	r.edge, r.engine, r.duck = median(edges), median(engines), median(ducks)
	return r, nil
}

func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}

// printTable prints the results. The ratio is DuckDB's time to ours over HTTP, or of counting where that is all there is.
func printTable(to io.Writer, d *data, results []result) {
	_, _ = fmt.Fprintf(to, "\n%s: %d visits, %d communications, %d deals with %d steps\n", d.engine, d.counts["sessions"], d.counts["communications"], d.counts["deals"], d.counts["deal_steps"])
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "\tquestion\trows\tover HTTP, ms\tgoal\tat best\tat first, ms\tcounting, ms\tDuckDB, ms\tratio\tequal\t")
	for _, r := range results {
		goal, met := "", ""
		if g, ok := r.goal[d.engine]; ok && !math.IsNaN(r.edge) {
			goal = fmt.Sprintf("%.0f", g)
			if r.edge >= g {
				met = "OVER"
			}
		}
		ours := r.edge
		if math.IsNaN(ours) {
			ours = r.engine
		}
		equal := ""
		if r.compared {
			equal = "yes" + r.note
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", met, r.name, r.rows, number(r.edge), goal, number(r.best), number(r.cold), number(r.engine), number(r.duck), number(r.duck/ours), equal)
	}
	_ = w.Flush()
}

func number(v float64) string {
	switch {
	case math.IsNaN(v):
		return ""
	case v < 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.0f", v)
}

// checkSegments compares all segments with the facts.
func (b *bench) checkSegments(ctx context.Context) error {
	began := time.Now()
	checker := reports.NewChecker(b.data.segments)
	first, last, err := checker.Days(ctx, b.data.account.ID)
	if err != nil {
		return err
	}
	checked, err := checker.Check(ctx, b.data.account.ID, first, last)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(b.out, "%s: %d segments with %d rows compared with the facts in %s, %d differences\n",
		b.data.engine, checked.Segments, checked.Rows, time.Since(began).Round(time.Second), len(checked.Differences))
	if len(checked.Differences) > 0 {
		return fmt.Errorf("segments differ from the facts: %+v", checked.Differences[0])
	}
	return nil
}
