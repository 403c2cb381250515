package emulator

import (
	"bytes"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// refusal is an error answer of the command API.
type refusal struct {
	status               int
	code, message, field string
}

func (r refusal) body() any {
	type problem struct {
		Code    string `json:"code"`
		Message string `json:"message"`
		Field   string `json:"field"`
	}
	return map[string]problem{"error": {r.code, r.message, r.field}}
}

func (r refusal) write(w http.ResponseWriter) { writeJSON(w, r.status, r.body()) }

func invalid(field, format string, args ...any) *refusal {
	return &refusal{http.StatusBadRequest, "invalid_parameter", fmt.Sprintf(format, args...), field}
}

func conflict(message string) *refusal {
	return &refusal{http.StatusConflict, "invalid_state", message, ""}
}

// kept is the answer to a command, for those who send it again.
type kept struct {
	at     time.Time
	status int
	body   []byte
}

const (
	keepFor     = 24 * time.Hour
	maxKept     = 20_000
	maxCommand  = 64 << 10
	maxKeyBytes = 200
)

// command is one command: what its path says and its body.
type command struct {
	key  string
	call *call
	leg  *leg
	body []byte
}

// accepted is the answer to a command that will be carried out.
type accepted struct {
	CommandID string `json:"command_id"`
	CallID    string `json:"call_id"`
	Status    string `json:"status"`
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	raw, err := json.Marshal(body)
	if err != nil {
		panic(err) // plain values only
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(raw)
}

// ServeHTTP answers commands and questions, recordings by their address, the page with its phones, and the control API the page uses.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasPrefix(r.URL.Path, "/v1/recordings/"):
		s.serveRecording(w, r)
	case strings.HasPrefix(r.URL.Path, "/v1/"):
		s.serveAPI(w, r)
	default:
		s.servePage(w, r)
	}
}

func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxCommand+1))
	if err != nil || len(body) > maxCommand {
		invalid("", "the body is over 64 KiB").write(w)
		return
	}
	if r.Method != http.MethodPost {
		s.serveQuestion(w, r)
		return
	}
	var status int
	var answer []byte
	var wait time.Duration
	_ = s.do(func() error { //nolint:contextcheck // calls and their events outlive the command
		status, answer, wait = s.command(r, body)
		return nil
	})
	if wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(answer)
}

// admit says why a request is not even read.
func (s *Server) admit(r *http.Request) (*refusal, time.Duration) {
	token, bears := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !bears || subtle.ConstantTimeCompare([]byte(token), []byte(s.world.conn.token)) == 0 {
		return &refusal{http.StatusUnauthorized, "unauthorized", "the token is missing or wrong", "Authorization"}, 0
	}
	if s.world.limits.overload {
		return &refusal{http.StatusServiceUnavailable, "overloaded", "too busy, try again", ""}, 5 * time.Second
	}
	if wait := s.world.limits.spend(s.now()); wait > 0 {
		return &refusal{http.StatusTooManyRequests, "rate_limited", "too many commands a minute", ""}, wait
	}
	return nil, 0
}

// command carries a command out, or repeats what was answered when it came before.
func (s *Server) command(r *http.Request, body []byte) (status int, answer []byte, wait time.Duration) {
	if bad, wait := s.admit(r); bad != nil {
		return bad.status, mustJSON(bad.body()), wait
	}
	key := r.Header.Get("Idempotency-Key")
	if key == "" || len(key) > maxKeyBytes {
		bad := invalid("Idempotency-Key", "the header is missing or over %d bytes", maxKeyBytes)
		return bad.status, mustJSON(bad.body()), 0
	}
	w := s.world
	if before := w.commands[key]; before != nil && s.now().Sub(before.at) < keepFor {
		return before.status, before.body, 0
	}
	w.forgetCommands(s.now())
	status = http.StatusAccepted
	callID, bad := s.dispatch(r, &command{key: key, body: body})
	if bad != nil {
		status, answer = bad.status, mustJSON(bad.body())
	} else {
		answer = mustJSON(accepted{key, callID, "accepted"})
	}
	if status < http.StatusInternalServerError && status != http.StatusTooManyRequests {
		w.commands[key] = &kept{s.now(), status, answer}
	}
	return status, answer, 0
}

func mustJSON(body any) []byte {
	raw, err := json.Marshal(body)
	if err != nil {
		panic(err) // plain values only
	}
	return raw
}

func (w *world) forgetCommands(now time.Time) {
	if len(w.commands) < maxKept {
		return
	}
	for key, one := range w.commands {
		if now.Sub(one.at) >= keepFor || len(w.commands) >= maxKept {
			delete(w.commands, key)
		}
	}
}

// dispatch finds what a path means: /v1/calls, /v1/calls/{id}/{verb}, /v1/calls/{id}/legs/{leg}/hangup.
func (s *Server) dispatch(r *http.Request, cmd *command) (callID string, bad *refusal) {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")[1:]
	if len(parts) == 1 && parts[0] == "calls" {
		return s.cmdCall(cmd)
	}
	verb := s.verb(parts)
	if verb == nil {
		return "", &refusal{http.StatusNotFound, "not_found", "there is no such command", ""}
	}
	if cmd.call = s.world.calls[parts[1]]; cmd.call == nil {
		return "", &refusal{http.StatusNotFound, "call_not_found", "there is no such call", "call_id"}
	}
	if len(parts) == 5 {
		if cmd.leg = cmd.call.leg(parts[3]); cmd.leg == nil {
			return "", noLeg()
		}
	}
	if cmd.call.ended {
		return "", conflict("the call is over")
	}
	return cmd.call.id, verb(cmd)
}

func noLeg() *refusal {
	return &refusal{http.StatusNotFound, "leg_not_found", "the call has no such leg", "leg_id"}
}

func (s *Server) verb(parts []string) func(*command) *refusal {
	switch {
	case len(parts) == 3 && parts[0] == "calls":
		return map[string]func(*command) *refusal{
			"transfer": s.cmdTransfer, "hold": s.cmdHold, "unhold": s.cmdUnhold, "hangup": s.cmdHangup, "record": s.cmdRecord, "dtmf": s.cmdDTMF,
		}[parts[2]]
	case len(parts) == 5 && parts[0] == "calls" && parts[2] == "legs" && parts[4] == "hangup":
		return s.cmdHangup
	}
	return nil
}

func (c *call) leg(id string) *leg {
	for _, l := range c.legs {
		if l.id == id {
			return l
		}
	}
	return nil
}

// read decodes the body; fields nobody knows are let pass, as later versions may have them.
func (cmd *command) read(into any) *refusal {
	if len(bytes.TrimSpace(cmd.body)) == 0 {
		cmd.body = []byte("{}")
	}
	err := json.Unmarshal(cmd.body, into)
	if err == nil {
		return nil
	}
	field := ""
	if wrong, ok := err.(*json.UnmarshalTypeError); ok { //nolint:errorlint // json wraps nothing
		field = wrong.Field
	}
	return invalid(field, "the body can't be read: %s", err)
}

type commandResult struct {
	CommandID string `json:"command_id"`
	Status    string `json:"status"`
	Code      string `json:"code,omitempty"`
}

// commandResult tells what became of a command. It is no event of the call: one that comes after its end would be out of place.
func (s *Server) commandResult(id, status, code string) {
	s.emit(nil, "command_result", commandResult{id, status, code})
}

// serveQuestion answers GET.
func (s *Server) serveQuestion(w http.ResponseWriter, r *http.Request) {
	var answer any
	var bad *refusal
	s.read(func() {
		if bad, _ = s.admit(r); bad == nil {
			answer, bad = s.look(r)
		}
	})
	if bad != nil {
		bad.write(w)
		return
	}
	writeJSON(w, http.StatusOK, answer)
}

func (s *Server) look(r *http.Request) (any, *refusal) {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")[1:]
	switch {
	case r.Method != http.MethodGet:
		return nil, &refusal{http.StatusMethodNotAllowed, "method_not_allowed", "GET and POST only", ""}
	case len(parts) == 1 && parts[0] == "lines":
		return s.lines(), nil
	case len(parts) == 1 && parts[0] == "calls":
		return s.snapshots(r.URL.Query().Get("active") == "1"), nil
	case len(parts) == 2 && parts[0] == "calls":
		c := s.world.calls[parts[1]]
		if c == nil {
			return nil, &refusal{http.StatusNotFound, "call_not_found", "there is no such call", "call_id"}
		}
		return c.snapshot(s.now()), nil
	}
	return nil, &refusal{http.StatusNotFound, "not_found", "there is nothing here", ""}
}

// lineShown is a line as GET /v1/lines has it.
type lineShown struct {
	Line  string `json:"line"`
	Ext   string `json:"ext"`
	State string `json:"state"`
}

func (s *Server) lines() []lineShown {
	out := []lineShown{}
	for _, p := range s.world.lines {
		out = append(out, lineShown{p.ext, p.ext, p.state()})
	}
	return out
}

func (s *Server) snapshots(activeOnly bool) []Call {
	out := []Call{}
	for _, c := range s.world.order {
		if !activeOnly || !c.ended {
			out = append(out, c.snapshot(s.now()))
		}
	}
	return out
}
