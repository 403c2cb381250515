package emulator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// routing is how far a call is in being routed.
type routing struct {
	asks    int
	cancel  context.CancelFunc // of the question under way
	state   json.RawMessage    // given back with the next question
	doc     document
	next    int // instruction
	outcome outcome
	step    step
	digits  string // pressed and not yet gathered
	onError bool   // the way out of an error is being tried
	gaveUp  bool   // the fallback is being tried
}

// outcome is what the next question tells.
type outcome struct {
	reason string
	data   any
}

// routeRequest is the question how a call goes on.
type routeRequest struct {
	RequestID string          `json:"request_id"`
	CallID    string          `json:"call_id"`
	Seq       int             `json:"seq"`
	Reason    string          `json:"reason"`
	DID       string          `json:"did"`
	Caller    string          `json:"caller"`
	State     json.RawMessage `json:"state"`
	Data      any             `json:"data"`
}

// Question is a question how a call goes on, and its answer.
type Question struct {
	At        time.Time `json:"at"`
	RequestID string    `json:"request_id"`
	CallID    string    `json:"call_id"`
	Reason    string    `json:"reason"`
	Request   string    `json:"request"`
	Status    int       `json:"status"` // 0 = no answer
	Answer    string    `json:"answer"`
	Error     string    `json:"error,omitempty"`
}

type opExited struct {
	OpID       string `json:"op_id"`
	OpType     string `json:"op_type"`
	ScenarioID string `json:"scenario_id"`
	Exit       string `json:"exit"`
	Detail     string `json:"detail"`
	NextOp     string `json:"next_op"`
}

type opStarted struct {
	OpID       string `json:"op_id"`
	OpType     string `json:"op_type"`
	ScenarioID string `json:"scenario_id"`
}

const (
	maxAsks      = 200 // of one call, so that no answer leads it round for ever
	maxDocument  = 256 << 10
	maxQuestions = 1000
)

// ask asks how a call goes on, and goes on so.
func (s *Server) ask(c *call, reason string, data any) {
	r := &c.route
	s.stopRoute(c)
	r.asks++
	if c.ended || r.gaveUp || r.asks > maxAsks {
		s.finish(c)
		return
	}
	if s.closed {
		return
	}
	if !s.world.conn.up() {
		s.fallBack(c, reason, "not connected")
		return
	}
	if data == nil {
		data = struct{}{}
	}
	q := routeRequest{newID("rq_"), c.id, c.seq, reason, c.did, c.caller, r.state, data}
	body, err := json.Marshal(q)
	if err != nil {
		panic(err) // plain values only
	}
	ctx, cancel := context.WithTimeout(context.Background(), s.opts.RouteTimeout) //nolint:forbidigo // the call outlives whoever began it
	r.cancel = cancel
	conn, asked := s.world.conn, r.asks
	s.running.Go(func() {
		defer cancel()
		note := Question{RequestID: q.RequestID, CallID: q.CallID, Reason: reason, Request: string(body)}
		doc, err := s.question(ctx, conn, q.RequestID, body, &note)
		_ = s.do(func() error { //nolint:contextcheck // events outlive the question
			s.world.outbox.noteQuestion(note, s.now())
			current := !c.ended && !c.forgotten && r.asks == asked && r.cancel != nil
			switch {
			case !current:
			case err != nil:
				r.cancel = nil
				s.fallBack(c, reason, err.Error())
			default:
				r.cancel = nil
				s.begin(c, doc)
			}
			return nil
		})
	})
}

// question asks until there is an answer or no time left: a server that broke or could not be reached is asked once more, by the same id.
func (s *Server) question(ctx context.Context, conn connection, id string, body []byte, note *Question) (doc document, err error) {
	for range 2 {
		var answer reply
		answer, err = s.post(ctx, conn, "/route", id, bytes.NewReader(body), body)
		note.Status, note.Answer = answer.status, string(answer.body)
		if err == nil && note.Status < http.StatusInternalServerError || ctx.Err() != nil {
			break
		}
	}
	switch {
	case ctx.Err() != nil:
		err = fmt.Errorf("no answer in %s", s.opts.RouteTimeout)
	case err != nil:
	case note.Status != http.StatusOK:
		err = fmt.Errorf("answer %d", note.Status)
	default:
		doc, err = readDocument([]byte(note.Answer))
	}
	if err != nil {
		note.Error = err.Error()
	}
	return doc, err
}

// fallBack goes the provider's own way when nobody says how.
func (s *Server) fallBack(c *call, reason, detail string) {
	next := "fallback"
	if len(s.world.fallback) == 0 || reason == "talk_ended" {
		next = "hangup"
	}
	s.emit(c, "op_exited", opExited{OpID: "route", OpType: "route", Exit: "routing_failed", Detail: detail, NextOp: next})
	if next == "hangup" {
		s.finish(c)
		return
	}
	spec := dialSpec{Strategy: "parallel"}
	for _, key := range s.world.fallback {
		t := target{Kind: kindNumber, Value: key}
		if s.world.line(key) != nil {
			t.Kind = kindLine
		}
		spec.Targets = append(spec.Targets, t)
	}
	c.route.gaveUp, c.route.doc, c.route.next = true, document{}, 0
	s.emit(c, "op_started", opStarted{OpID: "fallback", OpType: "fallback"})
	if err := s.dial(c, spec); err != nil {
		s.finish(c)
	}
}

// begin carries a document out.
func (s *Server) begin(c *call, doc document) {
	r := &c.route
	r.doc, r.next, r.onError, r.outcome = doc, 0, false, outcome{reason: "played"}
	r.state = doc.State
	if doc.Record != nil {
		c.record = *doc.Record
	}
	s.run(c)
}

// reached goes on when somebody has answered an instruction to ring.
func (s *Server) reached(c *call, l *leg) {
	if c.route.gaveUp {
		s.emit(c, "op_exited", opExited{OpID: "fallback", OpType: "fallback", Exit: "answered"})
	}
	c.route.digits = ""
	s.answerLeg(c.contact)
	s.bridge(c, c.contact, l)
}

// notReached goes on when nobody has.
func (s *Server) notReached(c *call, d *dialing) {
	if c.ended {
		return
	}
	if c.route.gaveUp {
		s.emit(c, "op_exited", opExited{OpID: "fallback", OpType: "fallback", Exit: "not_answered"})
		s.finish(c)
		return
	}
	c.route.outcome = outcome{"dial_result", map[string]any{"leg_key": d.spec.LegKey, "results": d.results}}
	s.run(c)
}

// stopRoute ends the question and the instruction under way.
func (s *Server) stopRoute(c *call) {
	if c.route.cancel != nil {
		c.route.cancel()
		c.route.cancel = nil
	}
	s.stopStep(c)
}

// document is the answer: what to do with a call.
type document struct {
	State   json.RawMessage              `json:"state"`
	Record  *bool                        `json:"record"`
	Do      []map[string]json.RawMessage `json:"do"`
	OnError map[string]json.RawMessage   `json:"on_error"`
}

func readDocument(raw []byte) (document, error) {
	var doc document
	if err := json.Unmarshal(raw, &doc); err != nil {
		return document{}, fmt.Errorf("the answer is no document: %w", err)
	}
	for i, one := range slices.Concat(doc.Do, []map[string]json.RawMessage{doc.OnError}) {
		if len(one) > 1 || len(one) == 0 && i < len(doc.Do) {
			return document{}, errors.New("the answer is no document: an instruction has one name")
		}
	}
	return doc, nil
}

// reply is what the other side answered.
type reply struct {
	status     int
	retryAfter time.Duration
	body       []byte
}

// post sends something signed.
func (s *Server) post(ctx context.Context, conn connection, path, id string, body io.Reader, signed []byte) (reply, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, conn.address+path, body)
	if err != nil {
		return reply{}, err
	}
	r.ContentLength = int64(len(signed))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "pbxsim/"+version)
	at := time.Now() // the real time, however far the emulation's clock was moved: the signature must be fresh
	conn.sign(r.Header, id, at, signed)
	client := *s.kit.Client
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := client.Do(r)
	if err != nil {
		return reply{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
	out := reply{status: resp.StatusCode, retryAfter: time.Duration(seconds) * time.Second}
	out.body, err = io.ReadAll(io.LimitReader(resp.Body, maxDocument))
	return out, err
}
