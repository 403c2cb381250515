package emulator

import (
	"crypto/subtle"
	"encoding/json"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Results of commands.
const (
	resultOK          = 1000
	resultBadParams   = 3100
	resultUnsupported = 4001
	resultServer      = 5000
)

// lockTime is how long one wrong request is allowed only, and how long a lock lasts.
const lockTime = 2 * time.Minute

// limits is who asked how often, and how often wrongly.
type limits struct {
	all, commands, routes []time.Time
	wrong                 []time.Time
	lockedUntil           time.Time
}

// answer is what a request is answered with.
type answer struct {
	status int
	header map[string]string
	body   []byte
}

func inJSON(status int, body any) answer {
	return answer{status: status, header: map[string]string{"Content-Type": "application/json; charset=utf-8"}, body: []byte(encode(body))}
}

func refusal(status int, text string) answer {
	return inJSON(status, object{"code": status, "name": http.StatusText(status), "message": text})
}

func result(code int) answer { return inJSON(http.StatusOK, object{"result": code}) }

// answer checks the signature and the limits, and does what is asked.
func (s *Server) answer(r *http.Request) answer {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	ok := r.Method == http.MethodPost && kind == formFormat && r.ParseForm() == nil
	path := strings.Trim(strings.TrimPrefix(r.URL.Path, root), "/")
	s.mu.Lock()
	defer s.mu.Unlock()
	s.board.Settle()
	now := s.kit.Clock.Now()
	text := r.PostForm.Get("json")
	switch {
	case now.Before(s.limits.lockedUntil):
		return refusal(http.StatusUnauthorized, "Access is locked because of wrong requests")
	case !ok || !s.signed(r.PostForm.Get("vpbx_api_key"), r.PostForm.Get("sign"), text):
		return s.wrongRequest(now)
	}
	do, known := s.calls()[path]
	if !known {
		return refusal(http.StatusNotFound, "There is no such method")
	}
	if !s.limits.admit(path, now, s.opts) {
		return refusal(http.StatusTooManyRequests, "Too many requests")
	}
	var in input
	if err := json.Unmarshal([]byte(text), &in); err != nil {
		return result(resultBadParams)
	}
	return do(path, in)
}

func (s *Server) signed(key, sign, text string) bool {
	return text != "" && subtle.ConstantTimeCompare([]byte(key), []byte(s.opts.Key)) == 1 &&
		subtle.ConstantTimeCompare([]byte(strings.ToLower(sign)), []byte(Sign(s.opts.Key, text, s.opts.Salt))) == 1
}

// wrongRequest refuses a request without a right signature; the second one within two minutes locks everybody out.
func (s *Server) wrongRequest(now time.Time) answer {
	l := &s.limits
	l.wrong = append(within(l.wrong, now, lockTime), now)
	if len(l.wrong) > 1 {
		l.lockedUntil, l.wrong = now.Add(lockTime), nil
	}
	return refusal(http.StatusUnauthorized, "The key or the signature is wrong")
}

func within(times []time.Time, now time.Time, span time.Duration) []time.Time {
	return slices.DeleteFunc(times, func(t time.Time) bool { return now.Sub(t) >= span })
}

// admit counts a request unless it is one too many.
func (l *limits) admit(path string, now time.Time, o Options) bool {
	l.all, l.commands, l.routes = within(l.all, now, time.Second), within(l.commands, now, time.Second), within(l.routes, now, 2*time.Second)
	quick := path == "commands/callback" || path == "commands/call/hangup"
	route := path == "commands/route"
	if len(l.all) >= o.Rate || quick && len(l.commands) >= o.CommandRate || route && len(l.routes) >= 1 {
		return false
	}
	l.all = append(l.all, now)
	if quick {
		l.commands = append(l.commands, now)
	}
	if route {
		l.routes = append(l.routes, now)
	}
	return true
}

// calls are the methods by their paths.
func (s *Server) calls() map[string]func(path string, in input) answer {
	out := map[string]func(string, input) answer{
		"queries/recording/post": s.recording,
		"stats/request":          s.statsRequest, "stats/result": s.statsCSV,
		"stats/calls/request": s.statsRequest, "stats/calls/result": s.statsCalls,
	}
	for name, do := range map[string]func(input) int{
		"callback": s.callback, "callback_group": s.callbackGroup, "call/hangup": s.hangup, "route": s.route, "transfer": s.transfer,
		"calls_connect": s.callsConnect, "transfer_cancel": s.transferCancel, "call/hold/on": s.holdOn, "recording/start": s.recordingStart,
	} {
		out["commands/"+name] = func(path string, in input) answer { return s.command(path, in, do) }
	}
	return out
}

// command carries a command out; its result is posted, too.
func (s *Server) command(path string, in input, do func(input) int) answer {
	if in.CommandID == "" {
		return result(resultBadParams)
	}
	code := s.fail.code
	if s.fail.count > 0 {
		s.fail.count--
	} else {
		code = do(in)
	}
	s.send("result/"+strings.TrimPrefix(path, "commands/"), object{"command_id": in.CommandID, "result": code})
	return result(code)
}
