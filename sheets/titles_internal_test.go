package sheets

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTitles_areTheCabinetsWords keeps an exported file from calling things otherwise than the page it was exported from.
func TestTitles_areTheCabinetsWords(t *testing.T) {
	t.Parallel()
	for language, own := range map[string]*words{"ru": &russian, "en": &english} {
		text, err := os.ReadFile("../cabinet/src/i18n/locales/" + language + ".json")
		require.NoError(t, err)
		var cabinet struct {
			Reports struct {
				Dimension, None, Metric, Model map[string]string
			}
		}
		require.NoError(t, json.Unmarshal(text, &cabinet))
		requireSame(t, language+" dimensions", cabinet.Reports.Dimension, own.dimensions)
		require.Equal(t, cabinet.Reports.None["other"], own.notDefined, language)
		delete(cabinet.Reports.None, "other")
		requireSame(t, language+" rows without a key", cabinet.Reports.None, own.none)
		requireSame(t, language+" metrics", cabinet.Reports.Metric, own.metrics)
		requireSame(t, language+" models", cabinet.Reports.Model, own.models)
	}
}

func requireSame[K ~string](t *testing.T, what string, page map[string]string, file map[K]string) {
	t.Helper()
	require.NotEmpty(t, page, what)
	got := map[string]string{}
	for k, word := range file {
		got[string(k)] = word
	}
	require.Equal(t, page, got, what)
}
