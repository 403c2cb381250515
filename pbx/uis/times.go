package uis

import (
	"encoding/json"
	"time"

	"github.com/skvoz/skvoz/pbx/wire"
)

// moscow is where UIS is.
const moscow = "Europe/Moscow"

// zone is where a notification's times are written.
func zone(name string) *time.Location {
	if name == "" {
		name = moscow
	}
	if where, err := time.LoadLocation(name); err == nil {
		return where
	}
	return time.FixedZone("MSK", 3*60*60)
}

// local reads a time as UIS writes it: 2026-11-22 06:07:08[.123456], in the account's zone. Times with a zone are read, too.
func local(v wire.Values, name string, in *time.Location) (time.Time, bool) {
	raw := v.Text(name)
	for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02T15:04:05", time.RFC3339, "2006-01-02 15:04:05Z07:00"} {
		if at, err := time.ParseInLocation(layout, raw, in); err == nil && at.Year() >= 2000 && at.Year() < 2100 {
			return at.UTC(), true
		}
	}
	return time.Time{}, false
}

// clock is when a notification was made, and the zone of its times.
func clock(v wire.Values, zoneName string, now time.Time) (at time.Time, in *time.Location) {
	in = zone(zoneName)
	unix, hasUnix := unixOf(v, "notification_timestamp")
	at, ok := local(v, "notification_time", in)
	switch {
	case ok && hasUnix:
		// Both together tell the zone, whatever the settings say: zones are whole quarters of an hour.
		if off := at.Sub(unix).Round(15 * time.Minute); off != 0 && off.Abs() <= 26*time.Hour {
			_, seconds := at.In(in).Zone()
			in = time.FixedZone("", seconds+int(off/time.Second))
			at = at.Add(-off)
		}
	case hasUnix:
		at = unix
	case !ok:
		at = now
	}
	return at, in
}

func unixOf(v wire.Values, name string) (time.Time, bool) {
	seconds, err := json.Number(v.Text(name)).Float64()
	if err != nil || seconds < 946_684_800 || seconds > 4_102_444_800_000 {
		return time.Time{}, false
	}
	if seconds > 4_102_444_800 { // in milliseconds
		seconds /= 1000
	}
	return time.UnixMilli(int64(seconds * 1000)).UTC(), true
}
