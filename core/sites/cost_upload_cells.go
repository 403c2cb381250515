package sites

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/skvoz/skvoz/core"
)

// costColumn is a column of a file of costs.
type costColumn int

const (
	columnDate costColumn = iota
	columnFrom
	columnTo
	columnCampaign
	columnSite
	columnCost
	columnClicks
	columnImpressions
	costColumns
)

// costTitles are the names columns may have, in plain words; the first is the one messages use.
var costTitles = [costColumns][]string{
	columnDate:        {"date", "day", "дата", "день"},
	columnFrom:        {"from", "date from", "start", "start date", "first day", "с", "дата с", "начало", "дата начала", "первый день"},
	columnTo:          {"to", "till", "date to", "date till", "end", "end date", "last day", "по", "до", "дата по", "конец", "дата окончания", "последний день"},
	columnCampaign:    {"campaign", "campaign name", "campaign id", "кампания", "рекламная кампания", "название кампании", "id кампании"},
	columnSite:        {"site", "domain", "website", "сайт", "домен"},
	columnCost:        {"cost", "costs", "amount", "spend", "расход", "расходы", "сумма", "стоимость", "затраты"},
	columnClicks:      {"clicks", "клики"},
	columnImpressions: {"impressions", "показы"},
}

// costHeader says where the columns of a file stand.
type costHeader struct {
	// line is that of the names, counted from 1.
	line int
	// at is the place of a column, −1 = none.
	at     [costColumns]int
	titles [costColumns]string
}

func (h *costHeader) has(c costColumn) bool { return h.at[c] >= 0 }

// title is a column's name in the file.
func (h *costHeader) title(c costColumn) string { return h.titles[c] }

// value is a cell without spaces around it.
func (h *costHeader) value(row []string, c costColumn) string {
	if !h.has(c) || h.at[c] >= len(row) {
		return ""
	}
	return strings.TrimSpace(row[h.at[c]])
}

// readHeader finds the columns; it returns false when they can't be told apart.
func (r *costReader) readHeader(rows [][]string) bool {
	first := slices.IndexFunc(rows, func(row []string) bool { return !isBlank(row) })
	if first < 0 {
		r.problem(0, "", "empty", "the file is empty")
		return false
	}
	h := &r.header
	h.line = first + 1
	for c := range h.at {
		h.at[c] = -1
	}
	for i, cell := range rows[first] {
		c, known := costColumnOf(cell)
		if !known {
			continue // what advertising systems export besides
		}
		if h.has(c) {
			r.problem(h.line, shorten(strings.TrimSpace(cell)), "column_twice", "the columns %q and %q mean the same", h.titles[c], shorten(strings.TrimSpace(cell)))
			continue
		}
		h.at[c], h.titles[c] = i, shorten(strings.TrimSpace(cell))
	}
	r.checkHeader()
	return len(r.file.Problems) == 0
}

func (r *costReader) checkHeader() {
	h := &r.header
	for _, c := range []costColumn{columnCampaign, columnCost} {
		if !h.has(c) {
			r.problem(h.line, costTitles[c][0], "column_missing", "there is no column %q in the first line; known columns there: %s", costTitles[c][0], shorten(h.present()))
		}
	}
	switch {
	case h.has(columnDate) && (h.has(columnFrom) || h.has(columnTo)):
		r.problem(h.line, h.title(columnDate), "column_twice", "name either one day (%q) or a period, not both", h.title(columnDate))
	case h.has(columnDate), h.has(columnFrom) && h.has(columnTo):
	case h.has(columnFrom), h.has(columnTo):
		r.problem(h.line, "to", "column_missing", "a period needs two columns: \"from\" and \"to\"")
	default:
		r.problem(h.line, "date", "column_missing", "there is no column \"date\" in the first line, nor \"from\" and \"to\"")
	}
}

// present lists the columns that were found.
func (h *costHeader) present() string {
	var list []string
	for c, title := range h.titles {
		if h.at[c] >= 0 {
			list = append(list, title)
		}
	}
	if list == nil {
		return "none"
	}
	return strings.Join(list, ", ")
}

// costColumnOf tells a column by its name, units after a comma or in parentheses aside: "Расход, ₽".
func costColumnOf(cell string) (costColumn, bool) {
	name, _, _ := strings.Cut(cell, ",")
	name, _, _ = strings.Cut(name, "(")
	name = plainWords(strings.ReplaceAll(name, "_", " "))
	for c, titles := range costTitles {
		if slices.Contains(titles, name) {
			return costColumn(c), true
		}
	}
	return 0, false
}

// plainWords makes texts comparable: lower case, single spaces.
func plainWords(text string) string {
	text = strings.ReplaceAll(strings.ToLower(text), "ё", "е")
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || r == '\ufeff' || r == '\u200b' }), " ")
}

func isBlank(row []string) bool {
	return !slices.ContainsFunc(row, func(cell string) bool { return strings.TrimSpace(cell) != "" })
}

func (r *costReader) readPeriod(line int, row []string) (from, to core.Date) {
	if r.header.has(columnDate) {
		day, ok := r.readDay(line, row, columnDate)
		if ok {
			r.checkPeriod(line, columnDate, day, day)
		}
		return day, day
	}
	from, okFrom := r.readDay(line, row, columnFrom)
	to, okTo := r.readDay(line, row, columnTo)
	if okFrom && okTo {
		r.checkPeriod(line, columnTo, from, to)
	}
	return from, to
}

func (r *costReader) checkPeriod(line int, c costColumn, from, to core.Date) {
	if err := checkPeriod(from, to); err != nil {
		r.problem(line, r.header.title(c), core.AsError(err).Reason, "%s", core.AsError(err).Message)
	}
}

// dayForms are the ways days may be written; spreadsheets' times of day are let pass.
var dayForms = []string{time.DateOnly, "2.1.2006", time.DateTime, "2006-01-02T15:04:05", "2.1.2006 15:04:05", "2.1.2006 15:04"}

func (r *costReader) readDay(line int, row []string, c costColumn) (core.Date, bool) {
	text := r.header.value(row, c)
	for _, form := range dayForms {
		if t, err := time.Parse(form, text); err == nil {
			return core.DateOf(t), true
		}
	}
	if text == "" {
		r.problem(line, r.header.title(c), "required", "the day is missing")
	} else {
		r.problem(line, r.header.title(c), "bad_date", "%q is not a day; write it like 2026-03-01 or 01.03.2026", shorten(text))
	}
	return core.Date{}, false
}

func (r *costReader) readAmount(line int, row []string) core.Money {
	text := r.header.value(row, columnCost)
	if text == "" {
		r.problem(line, r.header.title(columnCost), "required", "the cost is missing; write 0 for none")
		return core.Money{}
	}
	amount, err := core.ParseMoney(plainNumber(text), r.currency)
	if err != nil {
		r.problem(line, r.header.title(columnCost), "bad_amount", "%q is not an amount in %s; write it like 12500.50", shorten(text), r.currency)
		return core.Money{}
	}
	if amount.Minor < 0 {
		r.problem(line, r.header.title(columnCost), "out_of_range", "the cost must not be below zero")
	}
	return amount
}

// maxCount is the largest number of clicks or impressions; sums of lines stay whole numbers.
const maxCount = 1_000_000_000_000

func (r *costReader) readCount(line int, row []string, c costColumn) int64 {
	text := r.header.value(row, c)
	if text == "" || text == "-" || text == "—" {
		return 0
	}
	n, err := strconv.ParseInt(plainNumber(text), 10, 64)
	if err != nil || n < 0 || n > maxCount {
		r.problem(line, r.header.title(c), "bad_number", "%q is not a whole number from 0 on", shorten(text))
		return 0
	}
	return n
}

// plainNumber takes from a number what is there for the eye: spaces, the sign of the currency, marks of thousands before a fraction. "12,500" stays:
// it may mean either.
func plainNumber(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '\'' || r == '’' || unicode.Is(unicode.Sc, r) {
			return -1
		}
		return r
	}, strings.ToLower(text))
	text = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(text, "."), "руб"), "р")
	point, comma := strings.LastIndexByte(text, '.'), strings.LastIndexByte(text, ',')
	switch {
	case point < 0 || comma < 0:
		return text
	case point > comma:
		return withoutThousands(text, ",", point)
	default:
		return withoutThousands(text, ".", comma)
	}
}

// withoutThousands cuts the mark of thousands out of the whole part, if it stands where thousands begin.
func withoutThousands(text, mark string, fraction int) string {
	parts := strings.Split(text[:fraction], mark)
	for _, p := range parts[1:] {
		if len(p) != 3 {
			return text
		}
	}
	return strings.Join(parts, "") + text[fraction:]
}
