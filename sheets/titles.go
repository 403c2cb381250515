package sheets

import (
	"fmt"
	"strings"

	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/core/attribution"
	"github.com/skvoz/skvoz/core/reports"
)

// words are those of one language.
type words struct {
	// comma stands before fractions, and separator between the values of a CSV file, as spreadsheet programs of the language expect.
	comma     string
	separator byte

	total, before, notDefined, seconds, days string
	stageCost, lost, dayRange, daysFrom, cut string // with a place for what it is about
	signIn, forbidden, failed                string

	reports    map[reports.Kind]string
	dimensions map[reports.DimensionID]string
	none       map[reports.DimensionID]string
	metrics    map[reports.MetricID]string
	models     map[attribution.ModelID]string
	values     map[reports.DimensionID]map[string]string
}

func wordsOf(l accounts.Language) *words {
	if l == accounts.LanguageRU {
		return &russian
	}
	return &english
}

func or[K comparable](table map[K]string, key K, fallback string) string {
	if word, ok := table[key]; ok {
		return word
	}
	return fallback
}

func (w *words) dimension(id reports.DimensionID) string { return or(w.dimensions, id, string(id)) }

// metric is a figure's title; those of stages and formulas come from the account.
func (w *words) metric(m reports.Metric) string {
	switch {
	case strings.HasPrefix(string(m.ID), "stage_cost:"):
		return fmt.Sprintf(w.stageCost, m.Title)
	case strings.HasPrefix(string(m.ID), "lost:"):
		return fmt.Sprintf(w.lost, m.Title)
	case m.Title != "":
		return m.Title
	}
	return or(w.metrics, m.ID, string(m.ID))
}

// row is what a row is called.
func (w *words) row(id reports.DimensionID, row reports.Row) string {
	if row.Key == "" {
		return or(w.none, id, w.notDefined)
	}
	switch id {
	case "hour":
		return row.Key + ":00"
	case "deal_cycle": // "8-14" would be taken for a day
		if from, more := strings.CutSuffix(row.Key, "+"); more {
			return fmt.Sprintf(w.daysFrom, from)
		}
		return fmt.Sprintf(w.dayRange, strings.ReplaceAll(row.Key, "-", "–"))
	}
	label := row.Label
	if label == "" {
		label = row.Key
	}
	return or(w.values[id], row.Key, label)
}
