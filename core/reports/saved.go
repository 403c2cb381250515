package reports

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/skvoz/skvoz/core"
)

// The bounds of what an account keeps for its reports.
const (
	MaxNameLength = 100
	MaxViewBytes  = 32 << 10
	MaxFormulas   = 200
	MaxModels     = 50
	MaxViews      = 500
)

func validName(name string) (string, error) {
	name = strings.TrimSpace(name)
	if name == "" || utf8.RuneCountInString(name) > MaxNameLength {
		return "", core.Invalid("name", "bad_name", "a name has from 1 to %d characters", MaxNameLength)
	}
	return name, nil
}

// CheckFormula reads a formula: KindInvalid about expression tells what is wrong with it and where, the position (from 1) is the error's value.
func CheckFormula(expression string) error {
	_, err := parseExpression(expression, func(id MetricID) bool { return formulaPart(id) != nil })
	return err
}

// PutFormula changes a formula, or keeps a new one when its id is 0. KindInvalid: name, expression or format; KindConflict: the name is taken.
func (s *Service) PutFormula(ctx context.Context, account core.AccountID, f Formula) (Formula, error) {
	var err error
	if f.Name, err = validName(f.Name); err != nil {
		return f, err
	}
	if !slices.Contains([]ValueType{TypeNumber, TypeMoney, TypePercent}, f.Format) {
		return f, core.Invalid("format", "unknown_format", "a formula gives a number, money or percent")
	}
	if err := CheckFormula(f.Expression); err != nil {
		return f, err
	}
	return s.Saved.PutFormula(ctx, account, f, MaxFormulas)
}

// ListFormulas returns the account's formulas by name.
func (s *Service) ListFormulas(ctx context.Context, account core.AccountID) ([]Formula, error) {
	return s.Saved.Formulas(ctx, account)
}

// DeleteFormula forgets a formula. KindNotFound: there is none.
func (s *Service) DeleteFormula(ctx context.Context, account core.AccountID, id core.FormulaID) error {
	return s.Saved.DeleteFormula(ctx, account, id)
}

// PutModel changes an attribution model of the account's own, or keeps a new one when its id is 0. KindInvalid: name or definition; KindConflict:
// the name is taken.
func (s *Service) PutModel(ctx context.Context, account core.AccountID, m Model) (Model, error) {
	var err error
	if m.Name, err = validName(m.Name); err != nil {
		return m, err
	}
	if err := m.Definition.Validate(); err != nil {
		return m, err
	}
	return s.Saved.PutAttributionModel(ctx, account, m, MaxModels)
}

// ListModels returns the account's own attribution models by name.
func (s *Service) ListModels(ctx context.Context, account core.AccountID) ([]Model, error) {
	return s.Saved.AttributionModels(ctx, account)
}

// DeleteModel forgets a model. KindNotFound: there is none.
func (s *Service) DeleteModel(ctx context.Context, account core.AccountID, id core.AttributionModelID) error {
	return s.Saved.DeleteAttributionModel(ctx, account, id)
}

// PutView changes a view of the user's own, or keeps a new one when its id is 0. KindInvalid: name, report or definition; KindNotFound: not the
// user's.
func (s *Service) PutView(ctx context.Context, account core.AccountID, v View) (View, error) {
	var err error
	if v.Name, err = validName(v.Name); err != nil {
		return v, err
	}
	if !slices.Contains(kinds, v.Report) {
		return v, core.Invalid("report", "unknown_report", "there is no report %q", v.Report)
	}
	if len(v.Definition) > MaxViewBytes || !strings.HasPrefix(strings.TrimSpace(v.Definition), "{") || !json.Valid([]byte(v.Definition)) {
		return v, core.Invalid("definition", "bad_definition", "a view's definition is a JSON object of at most %d bytes", MaxViewBytes)
	}
	return s.Saved.PutReportView(ctx, account, v, MaxViews)
}

// ListViews returns the user's views and the shared ones of a report, by name; empty = of all reports.
func (s *Service) ListViews(ctx context.Context, account core.AccountID, user core.UserID, report Kind) ([]View, error) {
	return s.Saved.ReportViews(ctx, account, user, report)
}

// View returns a view that is the user's or shared, else KindNotFound.
func (s *Service) View(ctx context.Context, account core.AccountID, user core.UserID, id core.ReportViewID) (View, error) {
	return s.Saved.ReportView(ctx, account, user, id)
}

// DeleteView forgets a view of the user's own. KindNotFound: there is none.
func (s *Service) DeleteView(ctx context.Context, account core.AccountID, user core.UserID, id core.ReportViewID) error {
	return s.Saved.DeleteReportView(ctx, account, user, id)
}

// Settings returns what an account chose, else DefaultSettings.
func (s *Service) Settings(ctx context.Context, account core.AccountID) (Settings, error) {
	return s.Saved.ReportSettings(ctx, account)
}

// PutSettings changes an account's settings. KindInvalid: lookbackDays or windowDays is not 1 to 365.
func (s *Service) PutSettings(ctx context.Context, account core.AccountID, v Settings) (Settings, error) {
	if v.LookbackDays < 1 || v.LookbackDays > maxDays {
		return v, core.Invalid("lookbackDays", "out_of_range", "the look-back is from 1 to %d days", maxDays)
	}
	if v.WindowDays < 1 || v.WindowDays > maxDays {
		return v, core.Invalid("windowDays", "out_of_range", "the window is from 1 to %d days", maxDays)
	}
	return v, s.Saved.PutReportSettings(ctx, account, v)
}
