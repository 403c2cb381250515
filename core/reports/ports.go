package reports

import (
	"context"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/core/attribution"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/sites"
	"github.com/skvoz/skvoz/core/visits"
)

// NameKind says whose names are asked for.
type NameKind string

// The kinds of names.
const (
	NamesOfSites     NameKind = "sites"
	NamesOfCampaigns NameKind = "campaigns"
	NamesOfGoals     NameKind = "goals"
	NamesOfEmployees NameKind = "employees"
	NamesOfContacts  NameKind = "contacts"
	NamesOfPages     NameKind = "pages"
	NamesOfFunnels   NameKind = "funnels"
	NamesOfStages    NameKind = "stages"
	NamesOfCRMs      NameKind = "crms"
)

// NameStore gives identifiers their words.
type NameStore interface {
	// ReportTraffic returns traffic sources, in a constant number of statements; unknown ones are missing.
	ReportTraffic(ctx context.Context, account core.AccountID, ids []core.TrafficID) (map[core.TrafficID]visits.TrafficSource, error)
	// ReportNames returns names of one kind (never of funnels, stages and CRMs), in a constant number of statements; unknown ones are missing.
	ReportNames(ctx context.Context, account core.AccountID, kind NameKind, ids []int64) (map[int64]string, error)
}

// CampaignCost is a cost with the site of its campaign.
type CampaignCost struct {
	sites.Cost
	Site core.SiteID
}

// CostSource gives what campaigns cost.
type CostSource interface {
	// CampaignCosts returns the costs whose period has a day in common with the period, in the account's currency.
	CampaignCosts(ctx context.Context, account core.AccountID, period Period) ([]CampaignCost, error)
}

// DealSource gives what is known of the CRMs; deals.Service is one.
type DealSource interface {
	// Funnels returns funnels with stages in order; crm 0 = those of all CRMs.
	Funnels(ctx context.Context, account core.AccountID, crm core.CRMID) ([]deals.Funnel, error)
	// CRMs returns the account's CRMs.
	CRMs(ctx context.Context, account core.AccountID) ([]deals.CRM, error)
}

// AccountSource gives time zone and currency of an account.
type AccountSource interface {
	// Account returns an account or KindNotFound.
	Account(ctx context.Context, id core.AccountID) (accounts.Account, error)
}

// Settings of an account's reports.
type Settings struct {
	// LookbackDays is how far before a communication or deal its touches may lie, 1 to 365.
	LookbackDays int
	// WindowDays is for how long after a visit communications and deals count in end-to-end analytics, 1 to 365.
	WindowDays int
}

// DefaultSettings returns those that hold until an account chooses others.
func DefaultSettings() Settings { return Settings{LookbackDays: 90, WindowDays: 180} }

// Formula is a column by a formula of the account's own.
type Formula struct {
	ID         core.FormulaID
	Name       string
	Expression string
	// Format is TypeNumber, TypeMoney or TypePercent.
	Format ValueType
}

// View is a saved view of a report.
type View struct {
	ID     core.ReportViewID
	UserID core.UserID
	Report Kind
	Name   string
	// IsShared: others of the account see it, too, and may open it by its link.
	IsShared bool
	// Definition is what the cabinet keeps: a JSON object, at most MaxViewBytes.
	Definition string
}

// Model is an attribution model of the account's own.
type Model struct {
	ID         core.AttributionModelID
	Name       string
	Definition attribution.Definition
}

// SavedStore keeps what an account set up for its reports. Every method sees only the account's own; others are KindNotFound. Names of formulas
// and models are unique, a second one is KindConflict. More than limit of a kind is KindInvalid with reason too_many.
type SavedStore interface {
	// ReportSettings returns DefaultSettings where none were chosen.
	ReportSettings(ctx context.Context, account core.AccountID) (Settings, error)
	PutReportSettings(ctx context.Context, account core.AccountID, s Settings) error

	// Formulas and Models are in the order of names.
	Formulas(ctx context.Context, account core.AccountID) ([]Formula, error)
	// PutFormula changes a formula, or keeps a new one when its id is 0, and returns it with its id.
	PutFormula(ctx context.Context, account core.AccountID, f Formula, limit int) (Formula, error)
	DeleteFormula(ctx context.Context, account core.AccountID, id core.FormulaID) error

	AttributionModels(ctx context.Context, account core.AccountID) ([]Model, error)
	// PutAttributionModel is as PutFormula.
	PutAttributionModel(ctx context.Context, account core.AccountID, m Model, limit int) (Model, error)
	DeleteAttributionModel(ctx context.Context, account core.AccountID, id core.AttributionModelID) error

	// ReportViews returns the user's views and the shared ones of a report (empty = all), by name.
	ReportViews(ctx context.Context, account core.AccountID, user core.UserID, report Kind) ([]View, error)
	// ReportView returns a view if it is the user's or shared.
	ReportView(ctx context.Context, account core.AccountID, user core.UserID, id core.ReportViewID) (View, error)
	// PutReportView changes a view of the user's own, or keeps a new one when its id is 0.
	PutReportView(ctx context.Context, account core.AccountID, v View, limit int) (View, error)
	// DeleteReportView deletes a view of the user's own.
	DeleteReportView(ctx context.Context, account core.AccountID, user core.UserID, id core.ReportViewID) error
}
