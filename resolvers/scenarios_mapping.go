package resolvers

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/integrations"
	"github.com/skvoz/skvoz/core/scenarios"
	"github.com/skvoz/skvoz/graph/model"
)

func scenarioModel(s scenarios.Scenario) model.Scenario {
	out := model.Scenario{
		ID: s.ID.String(), Name: s.Name, Start: s.Graph.Start, Fallback: string(s.Graph.Fallback), Version: s.Version, NumberCount: s.Numbers,
		CreatedAt: s.CreatedAt, ChangedAt: s.ChangedAt, Operations: make([]model.ScenarioOperation, 0, len(s.Graph.Operations)),
	}
	for _, o := range s.Graph.Operations {
		out.Operations = append(out.Operations, operationModel(o))
	}
	return out
}

func operationModel(o scenarios.Operation) model.ScenarioOperation {
	out := model.ScenarioOperation{ID: o.ID, Type: string(o.Type), Title: o.Title, X: o.X, Y: o.Y, Settings: []model.ScenarioSetting{}, Exits: []model.ScenarioExit{}}
	for _, key := range slices.Sorted(maps.Keys(o.Settings)) {
		out.Settings = append(out.Settings, model.ScenarioSetting{Key: key, Values: append([]string{}, o.Settings[key]...)})
	}
	for _, name := range slices.Sorted(maps.Keys(o.Exits)) {
		out.Exits = append(out.Exits, model.ScenarioExit{Name: name, To: o.Exits[name]})
	}
	return out
}

func scenarioPayload(s scenarios.Scenario, err error) (*model.ScenarioPayload, error) {
	if err != nil {
		return nil, err
	}
	m := scenarioModel(s)
	return &model.ScenarioPayload{Scenario: &m}, nil
}

// scenarioGraph reads a graph; phones may be written in any way.
func (r *Resolver) scenarioGraph(in model.ScenarioGraphInput) (scenarios.Graph, error) {
	g := scenarios.Graph{Start: in.Start}
	if in.Fallback != "" {
		phone, ok := r.ReadPhone(in.Fallback)
		if !ok {
			return g, core.Invalid("fallback", "bad_phone", "%q is not a phone number; write it like +7 495 123-45-67", in.Fallback)
		}
		g.Fallback = phone
	}
	for _, o := range in.Operations {
		op := scenarios.Operation{ID: o.ID, Type: scenarios.Type(o.Type), Title: o.Title, X: o.X, Y: o.Y}
		for _, s := range o.Settings {
			if values := trimmed(s.Values); len(values) > 0 {
				op.Settings = with(op.Settings, s.Key, values)
			}
		}
		for _, e := range o.Exits {
			if e.To != "" {
				op.Exits = with(op.Exits, e.Name, e.To)
			}
		}
		g.Operations = append(g.Operations, op)
	}
	return g, nil
}

func with[M ~map[string]V, V any](m M, key string, v V) M {
	if m == nil {
		m = M{}
	}
	m[key] = v
	return m
}

func trimmed(list []string) []string {
	out := make([]string, 0, len(list))
	for _, s := range list {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

func scenarioText(t scenarios.Text) *integrations.Text { return &integrations.Text{RU: t.RU, EN: t.EN} }

func operationTypes(all []scenarios.Spec) []model.ScenarioOperationType {
	out := make([]model.ScenarioOperationType, 0, len(all))
	for _, s := range all {
		m := model.ScenarioOperationType{
			Type: string(s.Type), Title: scenarioText(s.Title), Summary: scenarioText(s.Summary), Fields: []model.ScenarioField{}, Exits: []model.ScenarioExitType{},
		}
		for _, f := range s.Fields {
			m.Fields = append(m.Fields, scenarioField(f))
		}
		for _, e := range s.Exits {
			m.Exits = append(m.Exits, model.ScenarioExitType{Name: e.Name, Title: scenarioText(e.Title), IsMain: e.IsMain})
		}
		out = append(out, m)
	}
	return out
}

func scenarioField(f scenarios.Field) model.ScenarioField {
	out := model.ScenarioField{
		Key: f.Key, Type: model.ScenarioFieldType(strings.ToUpper(string(f.Type))), Title: scenarioText(f.Title), Hint: scenarioText(f.Hint), Required: f.Required, Default: f.Default,
		Min: f.Min, Max: f.Max, ShownWhen: f.ShownWhen, ShownValue: f.ShownValue, Options: []model.ScenarioOption{},
	}
	for _, o := range f.Options {
		out.Options = append(out.Options, model.ScenarioOption{Value: o.Value, Title: scenarioText(o.Title)})
	}
	return out
}

func scenarioProblems(list []scenarios.Problem) []model.ScenarioProblem {
	out := make([]model.ScenarioProblem, 0, len(list))
	for _, p := range list {
		out = append(out, model.ScenarioProblem{OperationID: unlessZero(p.OperationID), Key: p.Key, Reason: p.Reason, Message: p.Message, IsWarning: p.IsWarning})
	}
	return out
}

func (r *Resolver) fakeCaller(in model.FakeCallerInput) (scenarios.FakeCaller, error) {
	c := scenarios.FakeCaller{Outcomes: map[string]string{}}
	for _, p := range []struct {
		field, raw string
		to         *core.Phone
	}{{"phone", in.Phone, &c.Phone}, {"number", in.Number, &c.Number}} {
		if p.raw == "" {
			continue
		}
		phone, ok := r.ReadPhone(p.raw)
		if !ok {
			return c, core.Invalid(p.field, "bad_phone", "%q is not a phone number; write it like +7 495 123-45-67", p.raw)
		}
		*p.to = phone
	}
	if at, ok := in.At.ValueOK(); ok && at != nil {
		c.At = *at
	}
	for _, o := range in.Outcomes {
		c.Outcomes[o.OperationID] = o.Outcome
	}
	return c, nil
}

// rehearsedSteps names the employees that would be rung, all read at once.
func (r *Resolver) rehearsedSteps(ctx context.Context, account core.AccountID, steps []scenarios.RehearsedStep) ([]model.RehearsedStep, error) {
	var ids []core.EmployeeID
	for _, s := range steps {
		for _, t := range s.Rings {
			if id, err := core.ParseID[core.EmployeeID](t.EmployeeID); err == nil {
				ids = append(ids, id)
			}
		}
	}
	names := map[string]string{}
	if len(ids) > 0 {
		found, err := r.Employees.ByID(ctx, account, ids)
		if err != nil {
			return nil, err
		}
		for id, e := range found {
			names[id.String()] = e.ShownName()
		}
	}
	out := make([]model.RehearsedStep, 0, len(steps))
	for _, s := range steps {
		m := model.RehearsedStep{OperationID: s.OperationID, Exit: s.Exit, Detail: s.Detail, Plays: append([]string{}, s.Plays...), Rings: []model.RehearsedRing{}}
		for _, t := range s.Rings {
			m.Rings = append(m.Rings, model.RehearsedRing{Kind: t.Kind, Value: t.Value, EmployeeName: names[t.EmployeeID], DelayMs: t.DelayMS})
		}
		out = append(out, m)
	}
	return out, nil
}

func mediaFile(m scenarios.Media) model.MediaFile {
	return model.MediaFile{ID: m.ID.String(), Name: m.Name, ContentType: m.ContentType, Bytes: m.Bytes, CreatedAt: m.CreatedAt}
}

func blockedCaller(b scenarios.BlockedCaller) model.BlockedCaller {
	return model.BlockedCaller{Phone: string(b.Phone), Note: b.Note, CreatedAt: b.CreatedAt}
}

// mapped turns what the services return into what the schema shows; never null.
func mapped[A, B any](list []A, to func(A) B) []B {
	out := make([]B, 0, len(list))
	for _, v := range list {
		out = append(out, to(v))
	}
	return out
}
