package employees_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/employees"
)

func hm(h, m int) int { return h*60 + m }

func day(t *testing.T, s string) core.Date {
	t.Helper()
	d, err := core.ParseDate(s)
	require.NoError(t, err)
	return d
}

// shop is open on weekdays with a break, on Friday through the night; closed at New Year, on 8 March in the morning only.
func shop(t *testing.T) employees.Hours {
	t.Helper()
	var h employees.Hours
	for d := time.Monday; d <= time.Thursday; d++ {
		h.Week[d] = []employees.Interval{{From: hm(9, 0), Till: hm(13, 0)}, {From: hm(14, 0), Till: hm(18, 0)}}
	}
	h.Week[time.Friday] = []employees.Interval{{From: hm(22, 0), Till: hm(6, 0)}}
	h.Week[time.Sunday] = []employees.Interval{{From: 0, Till: hm(24, 0)}}
	h.Exceptions = []employees.Exception{
		{First: day(t, "2026-01-01"), Last: day(t, "2026-01-08"), Note: "New Year"},
		{First: day(t, "2026-03-09"), Last: day(t, "2026-03-09"), Intervals: []employees.Interval{{From: hm(10, 0), Till: hm(12, 0)}}},
	}
	return h
}

func TestSchedule_IsOpen_byTheWallClockOfItsPlace(t *testing.T) {
	t.Parallel()
	moscow, err := time.LoadLocation("Europe/Moscow")
	require.NoError(t, err)
	for _, tc := range []struct {
		rule, at string
		want     bool
	}{
		{"a weekday morning", "2026-03-02 09:00", true},
		{"a minute before", "2026-03-02 08:59", false},
		{"the break", "2026-03-02 13:00", false},
		{"the last minute", "2026-03-02 17:59", true},
		{"the end is no part", "2026-03-02 18:00", false},
		{"Friday before the night", "2026-03-06 21:59", false},
		{"Friday night", "2026-03-06 23:30", true},
		{"Saturday before dawn", "2026-03-07 05:59", true},
		{"Saturday morning", "2026-03-07 06:00", false},
		{"Sunday all day, first minute", "2026-03-08 00:00", true},
		{"Sunday all day, last minute", "2026-03-08 23:59", true},
		{"Monday's first minute", "2026-03-09 00:00", false},
		{"an exception's own hours", "2026-03-09 10:30", true},
		{"the week's hours do not count then", "2026-03-09 15:00", false},
		{"closed on the first day of holidays", "2026-01-01 10:00", false},
		{"closed on the last day of holidays", "2026-01-08 10:00", false},
		{"open again", "2026-01-11 10:00", true},
		{"before the holidays", "2025-12-31 10:00", true},
	} {
		t.Run(tc.rule, func(t *testing.T) {
			t.Parallel()
			at, err := time.ParseInLocation("2006-01-02 15:04", tc.at, moscow)
			require.NoError(t, err)
			x := employees.Schedule{Hours: shop(t), Location: moscow}
			require.Equal(t, tc.want, x.IsOpen(at.UTC()))
		})
	}
	require.True(t, employees.Schedule{Hours: shop(t)}.IsOpen(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)), "UTC where no place is known")
}

func TestSchedule_IsOpen_nightsGoOnIntoHolidays(t *testing.T) {
	t.Parallel()
	h := shop(t)
	h.Exceptions = append(h.Exceptions, employees.Exception{First: day(t, "2026-03-14"), Last: day(t, "2026-03-14")})
	require.True(t, h.IsOpen(time.Date(2026, 3, 14, 5, 0, 0, 0, time.UTC), time.UTC), "Friday's night")
	h.Exceptions[len(h.Exceptions)-1] = employees.Exception{First: day(t, "2026-03-13"), Last: day(t, "2026-03-13")}
	require.False(t, h.IsOpen(time.Date(2026, 3, 14, 5, 0, 0, 0, time.UTC), time.UTC), "no shift began on a closed Friday")
}

func TestSchedule_IsOpen_whenClocksChange(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	var h employees.Hours
	h.Week[time.Saturday] = []employees.Interval{{From: hm(22, 0), Till: hm(6, 0)}}
	h.Week[time.Sunday] = []employees.Interval{{From: hm(9, 0), Till: hm(17, 0)}}
	utc := func(month time.Month, d, hour, minute int) time.Time {
		return time.Date(2026, month, d, hour, minute, 0, 0, time.UTC)
	}
	for _, tc := range []struct {
		rule string
		at   time.Time
		want bool
	}{
		{"spring: the last winter minute of the night", utc(3, 29, 0, 59), true},
		{"spring: right after the skipped hour", utc(3, 29, 1, 0), true},
		{"spring: the night ends at six on the wall", utc(3, 29, 4, 0), false},
		{"spring: one minute before", utc(3, 29, 3, 59), true},
		{"spring: nine on the wall", utc(3, 29, 7, 0), true},
		{"autumn: half past two for the first time", utc(10, 25, 0, 30), true},
		{"autumn: half past two for the second time", utc(10, 25, 1, 30), true},
		{"autumn: the night ends at six on the wall", utc(10, 25, 5, 0), false},
		{"autumn: five on the wall on Sunday", utc(10, 25, 4, 59), true},
		{"autumn: nine on the wall", utc(10, 25, 8, 0), true},
		{"autumn: an hour before", utc(10, 25, 7, 59), false},
	} {
		require.Equal(t, tc.want, h.IsOpen(tc.at, berlin), tc.rule)
	}
}

func TestHours_areKeptAsWords(t *testing.T) {
	t.Parallel()
	b, err := json.Marshal(shop(t))
	require.NoError(t, err)
	require.Contains(t, string(b), `"first":"2026-01-01","last":"2026-01-08","note":"New Year"`)
	var back employees.Hours
	require.NoError(t, json.Unmarshal(b, &back))
	require.Equal(t, shop(t), back)
	require.Error(t, json.Unmarshal([]byte(`{"exceptions":[{"first":"soon","last":"later"}]}`), &back))
}

func FuzzParseInterval(f *testing.F) {
	for _, s := range [][2]string{{"09:00", "18:00"}, {"22:00", "06:00"}, {"00:00", "24:00"}, {"9:00", ""}, {"24:01", "25:00"}} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, from, till string) {
		i, err := employees.ParseInterval(from, till)
		if err != nil {
			require.Equal(t, core.KindInvalid, core.KindOf(err))
			return
		}
		require.True(t, i.From >= 0 && i.From <= 1440 && i.Till >= 0 && i.Till <= 1440, "%s–%s", from, till)
		again, err := employees.ParseInterval(employees.Clock(i.From), employees.Clock(i.Till))
		require.NoError(t, err)
		require.Equal(t, i, again)
	})
}
