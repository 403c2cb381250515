package visits_test

import (
	"testing"
	"testing/quick"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/visits"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func running(idle time.Duration, at time.Time, source visits.TrafficSource) visits.RunningSession {
	return visits.RunningSession{ID: 1, StartedAt: at.Add(-idle), LastActivityAt: at.Add(-idle), Source: &source}
}

func TestTR_2_Session_directAndInternalViewsNeverBreakARunningOne(t *testing.T) {
	t.Parallel()
	holds := func(idleSeconds, timeoutSeconds uint16, source, channel string) bool {
		idle, timeout := time.Duration(idleSeconds)*time.Second, time.Duration(timeoutSeconds)*time.Second
		s := running(idle, start, visits.TrafficSource{Channel: visits.Channel(channel), Source: source})
		view := &visits.Classification{Source: visits.TrafficSource{Channel: visits.ChannelDirect}}
		want := idle < timeout
		return visits.Continues(s, start, timeout, nil) == want && visits.Continues(s, start, timeout, view) == want
	}
	require.NoError(t, quick.Check(holds, nil))
}

func TestTR_2_Session_anArrivalGoesOnOnlyWithTheSameSource(t *testing.T) {
	t.Parallel()
	holds := func(a, b visits.TrafficSource) bool {
		s := running(time.Minute, start, a)
		same := visits.Continues(s, start, time.Hour, &visits.Classification{Source: a, IsArrival: true})
		b.Source = a.Source + "x"
		other := visits.Continues(s, start, time.Hour, &visits.Classification{Source: b, IsArrival: true})
		return same && !other
	}
	require.NoError(t, quick.Check(holds, nil))
}

func TestTR_2_Session_silenceEndsItWhateverComes(t *testing.T) {
	t.Parallel()
	holds := func(source visits.TrafficSource, isArrival bool, beyond uint16) bool {
		s := running(30*time.Minute+time.Duration(beyond)*time.Millisecond, start, source)
		return !visits.Continues(s, start, 30*time.Minute, &visits.Classification{Source: source, IsArrival: isArrival})
	}
	require.NoError(t, quick.Check(holds, nil))
	require.False(t, visits.Continues(visits.RunningSession{}, start, time.Hour, nil), "there is none")
}

func TestTR_2_Session_aViewFromBeforeItIsLate(t *testing.T) {
	t.Parallel()
	s := running(0, start, visits.TrafficSource{})
	require.False(t, visits.IsLate(s, start.Add(-4*time.Second)), "clocks differ a little")
	require.True(t, visits.IsLate(s, start.Add(-6*time.Second)))
	require.False(t, visits.IsLate(visits.RunningSession{}, start.Add(-time.Hour)))
}

func TestTR_2_Campaign_isThatOfTheRuleElseTheLastOneForAsLongAsItLives(t *testing.T) {
	t.Parallel()
	holds := func(matched, last uint8, isArrival bool, ageDays, lifeDays uint8) bool {
		age, life := time.Duration(ageDays)*24*time.Hour, time.Duration(lifeDays)*24*time.Hour
		v := visits.VisitorState{CampaignID: core.CampaignID(last), CampaignAt: start.Add(-age)}
		got, at := visits.CampaignOf(v, core.CampaignID(matched), isArrival, start, life)
		switch {
		case matched != 0:
			return got == core.CampaignID(matched) && at.Equal(start)
		case last != 0 && !isArrival && age <= life:
			return got == core.CampaignID(last) && at.Equal(v.CampaignAt)
		default:
			return got == 0
		}
	}
	require.NoError(t, quick.Check(holds, nil))
}
