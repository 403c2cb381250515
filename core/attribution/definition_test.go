package attribution_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/attribution"
)

func TestAN_4_OwnModelsDivideAsDefined(t *testing.T) {
	t.Parallel()
	u := attribution.Definition{Kind: attribution.KindPosition, First: 0.5, Middle: 0.2, Last: 0.3}
	middle := attribution.Definition{Kind: attribution.KindPosition, Middle: 1}
	decay := attribution.Definition{Kind: attribution.KindDecay, HalfLifeDays: 1}
	with := func(d attribution.Definition, excludeDirect, paidOnly bool) attribution.Definition {
		d.ExcludeDirect, d.PaidOnly = excludeDirect, paidOnly
		return d
	}
	tests := []struct {
		rule       string
		definition attribution.Definition
		path       attribution.Path
		want       []float64
	}{
		{"position: by places", u, flagged(none, none, none), []float64{0.5, 0.2, 0.3}},
		{"position: two touches in proportion", u, flagged(none, none), []float64{0.625, 0.375}},
		{"position: middle only, two touches have half each", middle, flagged(none, none), []float64{0.5, 0.5}},
		{"position: middle only, four touches", middle, flagged(none, none, none, none), []float64{0, 0.5, 0.5, 0}},
		{"position without direct: places are those that are left", with(u, true, false), flagged(direct, none, direct, none, none), []float64{0, 0.5, 0, 0.2, 0.3}},
		{"position without direct: one left", with(u, true, false), flagged(direct, none, direct), []float64{0, 1, 0}},
		{"position without direct: all direct, all count", with(u, true, false), flagged(direct, direct, direct), []float64{0.5, 0.2, 0.3}},
		{"position of paid ones only", with(u, false, true), flagged(paid, none, paid, direct), []float64{0.625, 0, 0.375, 0}},
		{"position of paid ones only: none paid, those with a source count", with(u, false, true), flagged(none, none, direct), []float64{0.625, 0.375, 0}},
		{"position of paid ones only: all direct, all count", with(u, true, true), flagged(direct, direct), []float64{0.625, 0.375}},
		{"direct and paid at once, both rules: the paid one with a source", with(u, true, true), flagged(direct|paid, paid, none), []float64{0, 1, 0}},
		{"decay: half after a half-life", decay, aged(1, 0), []float64{1 / 3., 2 / 3.}},
		{"decay without direct", with(decay, true, false), flagged(none, none, direct), []float64{1 / 3., 2 / 3., 0}},
		{"decay of paid ones only", with(decay, false, true), flagged(paid, none, none), []float64{1, 0, 0}},
	}
	for _, tt := range tests {
		t.Run(tt.rule, func(t *testing.T) {
			t.Parallel()
			m, err := tt.definition.Weigher()
			require.NoError(t, err)
			require.InDeltaSlice(t, tt.want, m.Weights(nil, tt.path), 1e-12)
		})
	}
}

func TestAN_4_WrongDefinitionsNameTheField(t *testing.T) {
	t.Parallel()
	position := func(first, middle, last float64) attribution.Definition {
		return attribution.Definition{Kind: attribution.KindPosition, First: first, Middle: middle, Last: last}
	}
	decay := func(days float64) attribution.Definition {
		return attribution.Definition{Kind: attribution.KindDecay, HalfLifeDays: days}
	}
	tests := []struct {
		rule          string
		definition    attribution.Definition
		field, reason string
	}{
		{"no kind", attribution.Definition{}, "kind", "unknown_kind"},
		{"unknown kind", attribution.Definition{Kind: "magic"}, "kind", "unknown_kind"},
		{"negative share", position(-0.1, 0.7, 0.4), "first", "bad_share"},
		{"share above one", position(0, 1.1, -0.1), "middle", "bad_share"},
		{"no number", position(0.5, 0.5, math.NaN()), "last", "bad_share"},
		{"less than all", position(0.4, 0.1, 0.4), "middle", "shares_not_one"},
		{"more than all", position(0.4, 0.3, 0.4), "middle", "shares_not_one"},
		{"no half-life", decay(0), "halfLifeDays", "bad_half_life"},
		{"negative half-life", decay(-7), "halfLifeDays", "bad_half_life"},
		{"half-life of ages", decay(366), "halfLifeDays", "bad_half_life"},
		{"half-life is no number", decay(math.NaN()), "halfLifeDays", "bad_half_life"},
	}
	for _, tt := range tests {
		t.Run(tt.rule, func(t *testing.T) {
			t.Parallel()
			err := tt.definition.Validate()
			require.Equal(t, core.KindInvalid, core.KindOf(err))
			require.Equal(t, tt.field, core.AsError(err).Field)
			require.Equal(t, tt.reason, core.AsError(err).Reason)
			_, err = tt.definition.Weigher()
			require.Error(t, err)
		})
	}
	require.NoError(t, position(1/3., 1/3., 1/3.).Validate())
	require.NoError(t, position(0, 0, 1).Validate())
	require.NoError(t, decay(30).Validate())
}

func FuzzDefinition(f *testing.F) {
	f.Add("position", 0.4, 0.2, 0.4, 0.0, true, false, []byte{0, 1, 2, 3})
	f.Add("decay", 0.0, 0.0, 0.0, 7.0, false, true, []byte{1, 1, 1})
	f.Fuzz(func(t *testing.T, kind string, first, middle, last, halfLife float64, excludeDirect, paidOnly bool, flags []byte) {
		d := attribution.Definition{
			Kind: attribution.DefinitionKind(kind), First: first, Middle: middle, Last: last, HalfLifeDays: halfLife,
			ExcludeDirect: excludeDirect, PaidOnly: paidOnly,
		}
		m, err := d.Weigher()
		if err != nil {
			require.Equal(t, core.KindInvalid, core.KindOf(err))
			return
		}
		p := attribution.Path{Moment: moment}
		for i, b := range flags {
			p.Touches = append(p.Touches, attribution.Touch{At: moment - int64(b)*day*int64(len(flags)-i), Channel: int32(b), Flags: attribution.Flag(b)})
		}
		requireConserves(t, m, p)
	})
}
