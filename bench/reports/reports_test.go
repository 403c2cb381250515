package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRun_everySideAnswersTheSameOnASmallSet(t *testing.T) {
	t.Parallel()
	engines := []string{"sqlite"}
	if os.Getenv("SKVOZ_TEST_POSTGRES") != "" {
		engines = append(engines, "postgres")
	}
	var out bytes.Buffer
	o := options{hits: 20000, days: 120, rounds: 1, engines: strings.Join(engines, ","), dir: t.TempDir(), check: true, out: &out}
	require.NoError(t, run(t.Context(), o), out.String())
	for _, engine := range engines {
		require.Contains(t, out.String(), engine+": ")
	}
	require.Equal(t, len(engines), strings.Count(out.String(), "0 differences"))
	require.Equal(t, 11*len(engines), strings.Count(out.String(), " yes"), out.String())
}

func TestDiffers_namesTheFirstDifference(t *testing.T) {
	t.Parallel()
	ours := answer{"a": {1, 2}, "b": {0, 0}}
	tests := []struct {
		name   string
		theirs answer
		want   string
	}{
		{"the same", answer{"a": {1, 2}}, ""},
		{"an empty row more", answer{"a": {1, 2}, "c": {0, 0}}, ""},
		{"a millionth off", answer{"a": {1, 2.0000001}}, ""},
		{"another figure", answer{"a": {1, 3}}, `row "a", column 2`},
		{"a row less", answer{}, `no row "a"`},
		{"a row more", answer{"a": {1, 2}, "c": {1, 0}}, `a row "c"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, differs(ours, tt.theirs, false), tt.want)
			require.Equal(t, tt.want == "", differs(ours, tt.theirs, false) == "")
		})
	}
	require.Empty(t, differs(answer{"a": {1, 1000}}, answer{"a": {1, 1000.4}}, true), "shares of money are whole")
	require.NotEmpty(t, differs(answer{"a": {1, 1000}}, answer{"a": {1, 1100}}, true))
}
