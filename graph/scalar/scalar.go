// Package scalar writes and reads the schema's scalars.
package scalar

import (
	"fmt"
	"io"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/visits"
)

const layout = `"2006-01-02T15:04:05.000Z"`

// MarshalTime writes RFC 3339 in UTC with milliseconds. The zero time is null.
func MarshalTime(t time.Time) graphql.Marshaler {
	if t.IsZero() {
		return graphql.Null
	}
	return graphql.WriterFunc(func(w io.Writer) {
		var buf [len(layout)]byte
		_, _ = w.Write(t.UTC().AppendFormat(buf[:0], layout))
	})
}

// UnmarshalTime reads RFC 3339 in any zone.
func UnmarshalTime(v any) (time.Time, error) {
	s, ok := v.(string)
	if ok {
		if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, core.E(core.KindInvalid, fmt.Sprintf("%v is not a time; write it like 2026-03-01T09:30:00Z", v)).WithReason("bad_time")
}

// MarshalDate writes a day.
func MarshalDate(d core.Date) graphql.Marshaler { return graphql.MarshalString(d.String()) }

// UnmarshalDate reads a day.
func UnmarshalDate(v any) (core.Date, error) {
	s, _ := v.(string)
	return core.ParseDate(s)
}

// MarshalEmail writes an e-mail address.
func MarshalEmail(e core.Email) graphql.Marshaler { return graphql.MarshalString(string(e)) }

// UnmarshalEmail reads text as it is; the services check it.
func UnmarshalEmail(v any) (core.Email, error) {
	s, err := graphql.UnmarshalString(v)
	return core.Email(s), err
}

// MarshalPhone writes a phone's digits.
func MarshalPhone(p core.Phone) graphql.Marshaler { return graphql.MarshalString(string(p)) }

// UnmarshalPhone reads text as it is; the edge normalises it.
func UnmarshalPhone(v any) (core.Phone, error) {
	s, err := graphql.UnmarshalString(v)
	return core.Phone(s), err
}

// MarshalReason writes the code of a refusal.
func MarshalReason(r visits.Reason) graphql.Marshaler { return graphql.MarshalString(string(r)) }

// UnmarshalReason reads the code of a refusal.
func UnmarshalReason(v any) (visits.Reason, error) {
	s, err := graphql.UnmarshalString(v)
	return visits.Reason(s), err
}
