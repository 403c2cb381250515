package reports

import (
	"context"
	"slices"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/attribution"
)

// bindColumns finds the measures that the columns are made of.
func (q *query) bindColumns(ctx context.Context) error {
	b := binder{q: q, ctx: ctx}
	for _, ref := range q.Columns {
		m, err := b.find(ref.Metric)
		if err != nil {
			return err
		}
		if ref.Model == "" {
			ref.Model = q.Model
		}
		if ref.Model == "" {
			ref.Model = attribution.LastClick
		}
		model, err := b.model(ref.Model)
		if err != nil {
			return err
		}
		c := column{Column: Column{ColumnRef: ref, Metric: m.Metric}}
		if !m.SupportsModel {
			c.Model = ""
		}
		if m.isCounted() {
			c.measure = b.measure(m, model)
		} else if c.expression, err = b.expression(m.expression, model); err != nil {
			return err
		}
		q.columns = append(q.columns, c)
	}
	return nil
}

// binder looks metrics up for one request.
type binder struct {
	q        *query
	ctx      context.Context //nolint:containedctx // lives for one call
	formulas []Formula
	loaded   bool
}

func (b *binder) find(id MetricID) (*metric, error) {
	if m := metricByID[id]; m != nil {
		if m.Group == "associated" && b.q.Report != KindAssociated {
			return nil, core.Invalid("columns", "unknown_metric", "%q is in the report on associated conversions only", id)
		}
		return m, nil
	}
	if m := stageMetric(id, b.q.stageTitle); m != nil {
		return m, nil
	}
	if number, ok := metricNumber[core.FormulaID](id, formulaPrefix); ok {
		return b.formula(number)
	}
	return nil, core.Invalid("columns", "unknown_metric", "there is no metric %q", id)
}

func (b *binder) formula(id core.FormulaID) (*metric, error) {
	if !b.loaded {
		var err error
		if b.formulas, err = b.q.service.Saved.Formulas(b.ctx, b.q.Account); err != nil {
			return nil, err
		}
		b.loaded = true
	}
	i := slices.IndexFunc(b.formulas, func(f Formula) bool { return f.ID == id })
	if i < 0 {
		return nil, core.Invalid("columns", "unknown_metric", "there is no formula %d", id)
	}
	return b.formulas[i].metric(func(id MetricID) *metric {
		m, err := b.find(id)
		if err != nil {
			return nil
		}
		return m
	})
}

// metric makes a formula a metric; find returns nil for unknown metrics.
func (f Formula) metric(find func(MetricID) *metric) (*metric, error) {
	m := derived("formulas", f.Format, FormulaMetric(f.ID), f.Expression)
	m.Title = f.Name
	e, err := parseExpression(f.Expression, func(id MetricID) bool {
		_, isFormula := metricNumber[core.FormulaID](id, formulaPrefix)
		part := (*metric)(nil)
		if !isFormula {
			part = find(id)
		}
		if part != nil && part.SupportsModel {
			m.SupportsModel = true
		}
		return part != nil
	})
	m.expression = e
	return m, err
}

// expression binds an expression: derived metrics in it are replaced by their own expressions, counted ones by their measures.
func (b *binder) expression(e *expression, model int) (*expression, error) {
	switch {
	case e.operator != 0:
		left, err := b.expression(e.left, model)
		if err != nil {
			return nil, err
		}
		right, err := b.expression(e.right, model)
		return &expression{operator: e.operator, left: left, right: right}, err
	case e.metric == "":
		return e, nil
	}
	m, err := b.find(e.metric)
	if err != nil {
		return nil, err
	}
	if m.isCounted() {
		return &expression{metric: m.ID, measure: b.measure(m, model)}, nil
	}
	return b.expression(m.expression, model)
}

// measure returns the number of a counted figure under a model.
func (b *binder) measure(m *metric, model int) int {
	if !m.SupportsModel {
		model = -1
	}
	for i, other := range b.q.measures {
		if other.ID == m.ID && other.model == model {
			return i
		}
	}
	b.q.measures = append(b.q.measures, measure{m, model})
	return len(b.q.measures) - 1
}

// model returns the number of a model.
func (b *binder) model(id attribution.ModelID) (int, error) {
	for i, m := range b.q.models {
		if m.id == id {
			return i, nil
		}
	}
	w, err := b.q.service.weigher(b.ctx, b.q.Account, id)
	if err != nil {
		return 0, err
	}
	b.q.models = append(b.q.models, modelUse{id: id, comm: w, deal: w})
	return len(b.q.models) - 1, nil
}

// weigher returns a model; nil for one that is made of all paths.
func (s *Service) weigher(ctx context.Context, account core.AccountID, id attribution.ModelID) (attribution.Weigher, error) {
	if w, ok := attribution.Model(id); ok {
		return w, nil
	}
	if id == attribution.MarkovRemovalEffect {
		return nil, nil //nolint:nilnil // made later
	}
	unknown := core.Invalid("model", "unknown_model", "there is no attribution model %q", id)
	number, ok := id.Custom()
	if !ok {
		return nil, unknown
	}
	models, err := s.Saved.AttributionModels(ctx, account)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(models, func(m Model) bool { return int64(m.ID) == number })
	if i < 0 {
		return nil, unknown
	}
	return models[i].Definition.Weigher()
}

func (q *query) stageTitle(id core.StageID) (string, bool) {
	for _, f := range q.all {
		for _, s := range f.Stages {
			if s.ID == id {
				return f.Name + ": " + s.Name, true
			}
		}
	}
	return "", false
}

// has reports whether some measure is so.
func (q *query) has(holds func(m *metric) bool) bool {
	return slices.ContainsFunc(q.measures, func(m measure) bool { return holds(m.metric) })
}
