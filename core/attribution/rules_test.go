package attribution_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core/attribution"
)

const (
	day    = int64(24 * 60 * 60 * 1000)
	moment = int64(1_767_225_600_000) // 2026-01-01

	none   attribution.Flag = 0
	direct                  = attribution.FlagDirect
	paid                    = attribution.FlagPaid
	lead                    = attribution.FlagLead
	deal                    = attribution.FlagDeal
)

// flagged makes a path with a touch on each of the last days, each with its flags and a channel of its own.
func flagged(flags ...attribution.Flag) attribution.Path {
	p := attribution.Path{Moment: moment}
	for i, f := range flags {
		p.Touches = append(p.Touches, attribution.Touch{At: moment - int64(len(flags)-i)*day, Channel: int32(i), Flags: f})
	}
	return p
}

// aged makes a path of touches that are so many days old.
func aged(days ...float64) attribution.Path {
	p := attribution.Path{Moment: moment}
	for _, d := range days {
		p.Touches = append(p.Touches, attribution.Touch{At: moment - int64(d*float64(day))})
	}
	return p
}

// onChannels makes a path of touches of these channels.
func onChannels(channels ...int32) attribution.Path {
	p := attribution.Path{Moment: moment}
	for i, c := range channels {
		p.Touches = append(p.Touches, attribution.Touch{At: moment - int64(len(channels)-i)*day, Channel: c})
	}
	return p
}

func TestAN_4_EachRuleModelDividesAsDocumented(t *testing.T) {
	t.Parallel()
	tests := []struct {
		rule  string
		model attribution.ModelID
		path  attribution.Path
		want  []float64
	}{
		{"last click: the last touch has all", attribution.LastClick, flagged(none, paid, none), []float64{0, 0, 1}},
		{"last click: a direct one as well", attribution.LastClick, flagged(none, paid, direct), []float64{0, 0, 1}},
		{"last non-direct: trailing direct touches are passed over", attribution.LastNonDirectClick, flagged(none, none, direct, direct), []float64{0, 1, 0, 0}},
		{"last non-direct: all direct, the last has it", attribution.LastNonDirectClick, flagged(direct, direct), []float64{0, 1}},
		{"first click: the first touch has all", attribution.FirstClick, flagged(none, paid, none), []float64{1, 0, 0}},
		{"first click: a direct one as well", attribution.FirstClick, flagged(direct, paid), []float64{1, 0}},
		{"last paid: later unpaid touches are passed over", attribution.LastPaidClick, flagged(paid, paid, none, direct), []float64{0, 1, 0, 0}},
		{"last paid: none paid, the last non-direct has it", attribution.LastPaidClick, flagged(none, none, direct), []float64{0, 1, 0}},
		{"last paid: all direct, the last has it", attribution.LastPaidClick, flagged(direct, direct), []float64{0, 1}},
		{"first paid: earlier unpaid touches are passed over", attribution.FirstPaidClick, flagged(none, paid, paid, none), []float64{0, 1, 0, 0}},
		{"first paid: none paid, the last non-direct has it", attribution.FirstPaidClick, flagged(none, none, direct), []float64{0, 1, 0}},
		{"linear: all the same, direct too", attribution.Linear, flagged(none, direct, paid, none), []float64{0.25, 0.25, 0.25, 0.25}},
		{"40-20-40: two touches", attribution.PositionBased402040, flagged(none, none), []float64{0.5, 0.5}},
		{"40-20-40: three touches", attribution.PositionBased402040, flagged(none, direct, none), []float64{0.4, 0.2, 0.4}},
		{"40-20-40: the middle is divided evenly", attribution.PositionBased402040, flagged(none, none, none, none), []float64{0.4, 0.1, 0.1, 0.4}},
		{"20-60-20: two touches", attribution.PositionBased206020, flagged(none, none), []float64{0.5, 0.5}},
		{"20-60-20: five touches", attribution.PositionBased206020, flagged(none, none, none, none, none), []float64{0.2, 0.2, 0.2, 0.2, 0.2}},
		{"10-50-40: two touches", attribution.PositionBased105040, flagged(none, none), []float64{0.2, 0.8}},
		{"10-50-40: four touches", attribution.PositionBased105040, flagged(none, none, none, none), []float64{0.1, 0.25, 0.25, 0.4}},
		{"W: three roles and the rest", attribution.WShaped, flagged(none, none, lead, none, deal), []float64{0.3, 0.05, 0.3, 0.05, 0.3}},
		{"W: no rest, its share goes to the roles", attribution.WShaped, flagged(none, lead, deal), []float64{1 / 3., 1 / 3., 1 / 3.}},
		{"W: roles on one touch add up", attribution.WShaped, flagged(lead, none, deal), []float64{0.6, 0.1, 0.3}},
		{"W: all roles on one touch", attribution.WShaped, flagged(lead|deal, none), []float64{0.9, 0.1}},
		{"W: a missing role's share is divided in proportion", attribution.WShaped, flagged(none, none, deal), []float64{3 / 7., 1 / 7., 3 / 7.}},
		{"W: no role but the first", attribution.WShaped, flagged(none, none, none), []float64{0.75, 0.125, 0.125}},
		{"W: the earliest of several leads, the latest of several deals", attribution.WShaped, flagged(none, lead|deal, lead|deal, none), []float64{0.3, 0.3, 0.3, 0.1}},
		{"time decay: half after seven days", attribution.TimeDecay, aged(7, 0), []float64{1 / 3., 2 / 3.}},
		{"time decay: a quarter after fourteen", attribution.TimeDecay, aged(14, 7, 0), []float64{1 / 7., 2 / 7., 4 / 7.}},
		{"time decay: parts of a day count", attribution.TimeDecay, aged(3.5, 0), []float64{0.7071067811865476 / 1.7071067811865476, 1 / 1.7071067811865476}},
		{"time decay: only differences of age count", attribution.TimeDecay, aged(87, 80), []float64{1 / 3., 2 / 3.}},
		{"time decay: very old touches still share", attribution.TimeDecay, aged(20_007, 20_000), []float64{1 / 3., 2 / 3.}},
		{"Shapley: each different channel has the same", attribution.ShapleyValue, onChannels(1, 2), []float64{0.5, 0.5}},
		{"Shapley: touches of one channel share", attribution.ShapleyValue, onChannels(1, 2, 1, 1), []float64{1 / 6., 0.5, 1 / 6., 1 / 6.}},
	}
	for _, tt := range tests {
		t.Run(tt.rule, func(t *testing.T) {
			t.Parallel()
			m, ok := attribution.Model(tt.model)
			require.True(t, ok)
			require.InDeltaSlice(t, tt.want, m.Weights(nil, tt.path), 1e-12)
		})
	}
}

func TestAN_4_OneTouchHasAllAndNoTouchNothing(t *testing.T) {
	t.Parallel()
	for _, info := range attribution.Catalogue() {
		m, ok := attribution.Model(info.ID)
		if info.NeedsPaths {
			require.False(t, ok)
			continue
		}
		require.True(t, ok, info.ID)
		for _, f := range []attribution.Flag{none, direct, paid, lead | deal, direct | lead} {
			require.Equal(t, []float64{1}, m.Weights(nil, flagged(f)), "%s with flags %b", info.ID, f)
		}
		require.Empty(t, m.Weights(nil, attribution.Path{Moment: moment}), info.ID)
		require.Equal(t, []float64{7}, m.Weights([]float64{7}, attribution.Path{}), info.ID)
	}
}

func TestAN_4_WeightsAreAppended(t *testing.T) {
	t.Parallel()
	m, _ := attribution.Model(attribution.LastClick)
	dirty := []float64{9, 8, 8, 8}
	require.Equal(t, []float64{9, 0, 1}, m.Weights(dirty[:1], flagged(none, none)))
}

func TestAN_4_IDsAreThoseOfTheOriginal(t *testing.T) {
	t.Parallel()
	var original []attribution.ModelID
	seen := map[attribution.ModelID]bool{}
	for _, info := range attribution.Catalogue() {
		require.False(t, seen[info.ID], info.ID)
		seen[info.ID] = true
		require.NotEmpty(t, info.Name)
		require.NotEmpty(t, info.Formula)
		if info.Original {
			original = append(original, info.ID)
		}
	}
	require.ElementsMatch(t, []attribution.ModelID{
		"last_click", "last_nondirect_click", "first_click", "linear", "time_decay",
		"position_based_402040", "position_based_206020", "position_based_105040",
	}, original)
	for _, id := range []attribution.ModelID{"last_paid_click", "first_paid_click", "w_shaped", "markov", "shapley"} {
		require.True(t, seen[id], id)
	}
	_, ok := attribution.Model("assisted_conversions")
	require.False(t, ok)
}

func TestAN_4_CustomIDsAreNumbers(t *testing.T) {
	t.Parallel()
	n, ok := attribution.CustomID(42).Custom()
	require.True(t, ok)
	require.EqualValues(t, 42, n)
	for _, id := range []attribution.ModelID{"", "custom:", "custom:0", "custom:-1", "custom:+1", "custom:01", "custom:1 ", "custom:9223372036854775808", "linear", "Custom:1"} {
		_, ok := id.Custom()
		require.False(t, ok, id)
	}
}

func FuzzCustomID(f *testing.F) {
	f.Add("custom:1")
	f.Add("custom:007")
	f.Add("linear")
	f.Fuzz(func(t *testing.T, s string) {
		if n, ok := attribution.ModelID(s).Custom(); ok {
			require.Equal(t, s, string(attribution.CustomID(n)))
		}
	})
}
