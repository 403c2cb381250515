package reports_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/reports"
)

// TestAN_3_pathFacts_areTheDealsOfEachRow: over random sets every row of the paths, their lengths and time lags opens exactly as many deals as it counts,
// and the rows of each together open every deal once.
func TestAN_3_pathFacts_areTheDealsOfEachRow(t *testing.T) {
	t.Parallel()
	deals, rows := 0, 0
	for seed := range uint64(60) {
		rnd := rand.New(rand.NewPCG(seed, 8))
		s := randomSet(rnd).service()
		r := randomRequest(rnd)
		r.Report, r.Path, r.Period = []reports.Kind{reports.KindEndToEnd, reports.KindAssociated}[rnd.IntN(2)], nil, march(1, 20+rnd.IntN(10))
		r.Dimensions = []reports.DimensionID{[]reports.DimensionID{"channel", "source", "campaign"}[rnd.IntN(3)]}
		name := fmt.Sprintf("seed %d %s %v", seed, r.Report, r.Dimensions)
		paths, err := s.Paths(t.Context(), r, 1000)
		require.NoError(t, err, name)
		var ofPaths []int64
		for _, row := range paths.Rows {
			steps := []string{}
			for _, step := range row.Steps {
				steps = append(steps, step.Key)
			}
			ofPaths = append(ofPaths, pathFacts(t, name, s, r, reports.PathSelection{Steps: steps}, row.Deals)...)
		}
		eachOnce(t, name, ofPaths, paths.Deals)
		deals, rows = deals+paths.Deals, rows+len(paths.Rows)
		var ofLengths []int64
		for _, b := range paths.Lengths {
			ofLengths = append(ofLengths, pathFacts(t, name, s, r, reports.PathSelection{Length: rangeOf(t, b.Key)}, b.Deals)...)
		}
		eachOnce(t, name, ofLengths, paths.Deals)
		ofLags := pathFacts(t, name, s, r, reports.PathSelection{Steps: []string{}}, paths.Lags[0].Deals)
		for _, b := range paths.Lags[1:] {
			ofLags = append(ofLags, pathFacts(t, name, s, r, reports.PathSelection{LagDays: rangeOf(t, b.Key)}, b.Deals)...)
		}
		eachOnce(t, name, ofLags, paths.Deals)
	}
	require.Greater(t, rows, 120, "the sets have paths")
	require.Greater(t, deals, rows, "and some led to several deals")
}

// pathFacts reads all pages.
func pathFacts(t *testing.T, name string, s *reports.Service, r reports.Request, sel reports.PathSelection, want int) (ids []int64) {
	t.Helper()
	page := core.PageRequest{First: 3}
	var all []reports.FactRef
	for {
		got, err := s.PathFacts(t.Context(), r, sel, page)
		require.NoError(t, err, name)
		require.Equal(t, want, got.Total, name)
		require.InDelta(t, float64(want), got.Sum, 0, name)
		all = append(all, got.Nodes...)
		if !got.HasNext {
			break
		}
		page.After = got.EndCursor
	}
	require.Len(t, all, want, name)
	require.True(t, slices.IsSortedFunc(all, func(a, b reports.FactRef) int { return b.At.Compare(a.At) }), name)
	for _, f := range all {
		require.Equal(t, reports.FactRef{Fact: reports.FactDeals, ID: f.ID, At: f.At, Share: 1, Value: 1}, f)
		ids = append(ids, f.ID)
	}
	return ids
}

func eachOnce(t *testing.T, name string, ids []int64, deals int) {
	t.Helper()
	require.Len(t, ids, deals, name)
	slices.Sort(ids)
	require.Len(t, slices.Compact(ids), deals, name)
}

// rangeOf reads the key of a bucket: "3", "8-14" or "91+".
func rangeOf(t *testing.T, key string) *reports.IntRange {
	t.Helper()
	from, to, isRange := strings.Cut(strings.TrimSuffix(key, "+"), "-")
	first, err := strconv.Atoi(from)
	require.NoError(t, err)
	last := first
	if isRange {
		last, err = strconv.Atoi(to)
		require.NoError(t, err)
	}
	if strings.HasSuffix(key, "+") {
		return &reports.IntRange{From: first}
	}
	return &reports.IntRange{From: first, To: &last}
}

func TestPathFacts_refusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	s, zero := handSet().service(), 0
	any0 := &reports.IntRange{}
	for name, c := range map[string]struct {
		by     reports.DimensionID
		sel    reports.PathSelection
		page   core.PageRequest
		reason string
	}{
		"no selection":          {"channel", reports.PathSelection{}, core.PageRequest{First: 1}, "one_selection"},
		"two selections":        {"channel", reports.PathSelection{Steps: []string{}, Length: any0}, core.PageRequest{First: 1}, "one_selection"},
		"both ranges":           {"channel", reports.PathSelection{LagDays: any0, Length: any0}, core.PageRequest{First: 1}, "one_selection"},
		"negative length":       {"channel", reports.PathSelection{Length: &reports.IntRange{From: -1}}, core.PageRequest{First: 1}, "bad_range"},
		"days the wrong way":    {"channel", reports.PathSelection{LagDays: &reports.IntRange{From: 1, To: &zero}}, core.PageRequest{First: 1}, "bad_range"},
		"steps that are none":   {"date", reports.PathSelection{Steps: []string{}}, core.PageRequest{First: 1}, "bad_unit"},
		"a page of nothing":     {"channel", reports.PathSelection{Length: any0}, core.PageRequest{}, "out_of_range"},
		"a page of too many":    {"channel", reports.PathSelection{Length: any0}, core.PageRequest{First: 101}, "out_of_range"},
		"a cursor of elsewhere": {"channel", reports.PathSelection{Length: any0}, core.PageRequest{First: 1, After: "?"}, "bad_cursor"},
	} {
		_, err := s.PathFacts(t.Context(), request(reports.KindAssociated, c.by, "deals"), c.sel, c.page)
		require.Equal(t, core.KindInvalid, core.KindOf(err), name)
		require.Equal(t, c.reason, core.AsError(err).Reason, name)
	}
}
