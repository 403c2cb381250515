package deals

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestOC_1_NumericFieldsTakeDecimalNumbers(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]bool{
		"": true, "0": true, "-12.5": true, " 7 ": true, "1e3": true, "+3": true, "12,5": false, "0x10": false, "inf": false, "NaN": false, "1_000": false, "1e999": false, "ten": false,
	} {
		require.Equal(t, want, isNumeric(value), value)
	}
}

// FuzzDealRecord checks that what passes can be stored: every database takes it.
func FuzzDealRecord(f *testing.F) {
	f.Add("d1", "Deal", "comment", "source", "https://crm.example", "field", "12.5", "tag", int64(0), int64(5))
	f.Add("d\x00", "\xff", "", "", "", "", "", "", int64(-1), int64(1)<<60)
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, id, name, comments, source, url, field, value, tag string, createdMS, stageMS int64) {
		r := DealRecord{
			ExternalID: id, Name: name, Comments: comments, Source: source, URL: url, FunnelExternalID: id, StageExternalID: name, LeadExternalID: tag,
			CreatedAt: time.UnixMilli(createdMS), StageAt: time.UnixMilli(stageMS), Fields: []FieldValue{{ExternalID: field, Value: value}}, Tags: []Tag{{ExternalID: tag, Name: tag}},
		}
		if r.check("deals.0.", now) != nil {
			return
		}
		for _, text := range []string{id, name, comments, source, url, field, value, tag} {
			if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
				t.Errorf("%q passed", text)
			}
		}
		if r.CreatedAt.After(now) || r.StageAt.Before(r.CreatedAt) || r.CreatedAt.Before(earliest) {
			t.Errorf("created %s, in its stage since %s", r.CreatedAt, r.StageAt)
		}
	})
}
