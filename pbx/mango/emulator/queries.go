package emulator

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/skvoz/skvoz/pbx/exchange"
)

// statsTime is how long statistics take.
const statsTime = 5 * time.Second

// asked is a question for statistics.
type asked struct {
	from, to time.Time
	fields   []string
	ready    time.Time
}

// recording gives a link to a recording that works once.
func (s *Server) recording(_ string, in input) answer {
	if in.RecordingID == "" || in.Action != "download" && in.Action != "play" {
		return result(resultBadParams)
	}
	r := s.office.records[in.RecordingID]
	if r == nil || !r.ready {
		return refusal(http.StatusNotFound, "The recording is not there")
	}
	path := soundPath + secret()
	s.office.links[path] = link{length: r.length, download: in.Action == "download"}
	return answer{status: http.StatusFound, header: map[string]string{"Location": s.opts.BaseURL + path}}
}

func columns() []string {
	return []string{
		"records", "start", "finish", "answer", "from_extension", "from_number", "to_extension", "to_number", "disconnect_reason", "line_number", "location", "entry_id",
	}
}

// statsRequest takes a question; dates are unix seconds.
func (s *Server) statsRequest(_ string, in input) answer {
	from, err := in.DateFrom.Int64()
	to, err2 := in.DateTo.Int64()
	fields := columns()
	if in.Fields != "" {
		fields = strings.Split(in.Fields, ",")
	}
	for i, f := range fields {
		fields[i] = strings.TrimSpace(f)
		if !slices.Contains(columns(), fields[i]) {
			return result(resultBadParams)
		}
	}
	if err != nil || err2 != nil || to < from {
		return result(resultBadParams)
	}
	key := secret()
	s.office.asked[key] = asked{time.Unix(from, 0), time.Unix(to, 0), fields, s.kit.Clock.Now().Add(statsTime)}
	return inJSON(http.StatusOK, object{"key": key})
}

// entries are the finished calls a question is about; without an answer yet, wait says what to reply.
func (s *Server) entries(key string) (q asked, found []*exchange.Call, wait *answer) {
	q, ok := s.office.asked[key]
	if !ok {
		a := refusal(http.StatusNotFound, "There is no such key")
		return q, nil, &a
	}
	if s.kit.Clock.Now().Before(q.ready) {
		return q, nil, &answer{status: http.StatusNoContent}
	}
	for _, c := range s.board.Calls() {
		if at := c.StartedAt.Truncate(time.Second); !c.Live() && !at.Before(q.from) && !at.After(q.to) {
			found = append(found, c)
		}
	}
	return q, found, nil
}

// branches are all of an entry, oldest first.
func (en *entry) branches(c *exchange.Call) []*branch {
	var out []*branch
	if en.menu != nil {
		out = append(out, en.menu)
	}
	for _, l := range c.Legs {
		if b := en.legs[l.ID]; b != nil {
			out = append(out, b)
		}
	}
	return out
}

// recordings are the ids of those of a branch that can be downloaded.
func (en *entry) recordings(b *branch) []string {
	out := []string{}
	for _, r := range en.records {
		if r.ready && en.legs[r.leg] == b {
			out = append(out, r.id)
		}
	}
	return out
}

func (s *Server) statsCSV(_ string, in input) answer {
	q, calls, wait := s.entries(in.Key)
	if wait != nil {
		return *wait
	}
	var out strings.Builder
	for _, c := range calls {
		en := c.Data.(*entry)
		for _, b := range en.branches(c) {
			row := en.row(b)
			for i, f := range q.fields {
				if i > 0 {
					out.WriteByte(';')
				}
				out.WriteString(row[f])
			}
			out.WriteString("\r\n")
		}
	}
	return answer{status: http.StatusOK, header: map[string]string{"Content-Type": "text/csv; charset=utf-8"}, body: []byte(out.String())}
}

func (en *entry) row(b *branch) map[string]string {
	text := func(of object, name string) string {
		v, _ := of[name].(string)
		return v
	}
	return map[string]string{
		"records": "[" + strings.Join(en.recordings(b), ",") + "]", "start": unix(b.started), "finish": unix(b.ended), "answer": unix(b.answered),
		"from_extension": text(b.from, "extension"), "from_number": text(b.from, "number"), "to_extension": text(b.to, "extension"),
		"to_number": text(b.to, "number"), "disconnect_reason": strconv.Itoa(b.reason), "line_number": en.line.Number, "location": b.location, "entry_id": en.id,
	}
}

// unix is a time as statistics have it, 0 = never.
func unix(t time.Time) string {
	if t.IsZero() {
		return "0"
	}
	return strconv.FormatInt(t.Unix(), 10)
}

func (s *Server) statsCalls(_ string, in input) answer {
	_, calls, wait := s.entries(in.Key)
	if wait != nil {
		return *wait
	}
	data := []object{}
	for _, c := range calls {
		en, legs, direction := c.Data.(*entry), []object{}, 1
		if c.Direction == exchange.Out {
			direction = 2
		}
		for _, b := range en.branches(c) {
			legs = append(legs, object{
				"call_id": b.id, "from": b.from, "to": b.to, "location": b.location, "start_time": b.started.Unix(), "answer_time": zeroUnix(b.answered),
				"end_time": zeroUnix(b.ended), "disconnect_reason": b.reason, "recording_id": en.recordings(b),
			})
		}
		data = append(data, object{
			"entry_id": en.id, "call_direction": direction, "line_number": en.line.Number, "start_time": c.StartedAt.Unix(), "end_time": c.EndedAt.Unix(),
			"talk_duration": int64(c.TalkTime().Seconds()), "legs": legs,
		})
	}
	return inJSON(http.StatusOK, object{"status": "complete", "data": data})
}

func zeroUnix(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}
