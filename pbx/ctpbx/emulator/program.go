package emulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// step is an instruction that takes time.
type step struct {
	kind   stepKind
	timer  *timer
	gather gatherSpec
	media  string
	skip   bool // a digit ends the announcement
}

type stepKind int

const (
	noStep stepKind = iota
	playing
	gathering
	leavingMessage
)

type playSpec struct {
	Media         string `json:"media"`
	Interruptible bool   `json:"interruptible"`
}

type gatherSpec struct {
	Max       int    `json:"max"`
	TimeoutMS int64  `json:"timeout_ms"`
	Media     string `json:"media"`
}

// run carries out the rest of the document. An instruction that takes time runs the rest when it is over.
func (s *Server) run(c *call) {
	r := &c.route
	for !c.ended {
		if r.next >= len(r.doc.Do) {
			s.atEnd(c)
			return
		}
		var name string
		var raw json.RawMessage
		for name, raw = range r.doc.Do[r.next] { // there is one
		}
		r.next++
		if s.execute(c, name, raw) {
			return
		}
	}
}

// atEnd is after the last instruction: what came of it decides how the call goes on.
func (s *Server) atEnd(c *call) {
	r := &c.route
	if len(r.doc.Do) == 0 {
		s.finish(c)
		return
	}
	s.ask(c, r.outcome.reason, r.outcome.data)
}

// execute carries one instruction out; true = the rest is for later, or not at all.
func (s *Server) execute(c *call, name string, raw json.RawMessage) (later bool) {
	instruction := s.instruction(name)
	if instruction == nil {
		s.ask(c, "unsupported", map[string]string{"instruction": name})
		return true
	}
	later, err := instruction(c, raw)
	if err == nil {
		return later
	}
	r := &c.route
	if r.doc.OnError != nil && !r.onError {
		r.onError = true
		r.doc.Do, r.next = []map[string]json.RawMessage{r.doc.OnError}, 0
		return false
	}
	s.ask(c, "unsupported", map[string]string{"instruction": name, "message": err.Error()})
	return true
}

func (s *Server) instruction(name string) func(c *call, raw json.RawMessage) (later bool, err error) {
	return map[string]func(*call, json.RawMessage) (bool, error){
		"answer": s.doAnswer, "play": s.doPlay, "gather": s.doGather, "dial": s.doDial, "voicemail": s.doVoicemail, "tag": s.doTag, "hangup": s.doHangup,
		"record": s.doRecord,
	}[name]
}

func (s *Server) doAnswer(c *call, _ json.RawMessage) (bool, error) {
	s.answerLeg(c.contact)
	return false, nil
}

// doPlay answers the call, for what is played before costs the caller nothing and many hear nothing of it.
func (s *Server) doPlay(c *call, raw json.RawMessage) (bool, error) {
	var spec playSpec
	if err := json.Unmarshal(raw, &spec); err != nil || spec.Media == "" {
		return false, errors.New("play needs media")
	}
	s.answerLeg(c.contact)
	c.route.step = step{kind: playing, media: spec.Media, skip: spec.Interruptible, timer: s.after(s.opts.PlayLength, func() { s.played(c) })}
	return true, nil
}

func (s *Server) played(c *call) {
	media := c.route.step.media
	s.stopStep(c)
	c.route.outcome = outcome{"played", map[string]string{"media": media}}
	s.run(c)
}

func (s *Server) doGather(c *call, raw json.RawMessage) (bool, error) {
	var spec gatherSpec
	if err := json.Unmarshal(raw, &spec); err != nil || spec.Max < 0 || spec.TimeoutMS < 0 {
		return false, errors.New("gather needs max and timeout_ms")
	}
	s.answerLeg(c.contact)
	spec.Max = max(spec.Max, 1)
	c.route.step = step{kind: gathering, gather: spec, media: spec.Media}
	wait := spec.patience()
	if spec.Media != "" {
		wait += s.opts.PlayLength
	}
	s.waitForDigits(c, wait)
	s.gathered(c)
	return true, nil
}

func (g gatherSpec) patience() time.Duration {
	if g.TimeoutMS == 0 {
		return 5 * time.Second
	}
	return time.Duration(g.TimeoutMS) * time.Millisecond
}

func (s *Server) waitForDigits(c *call, wait time.Duration) {
	s.off(c.route.step.timer)
	c.route.step.timer = s.after(wait, func() {
		digits := c.route.digits
		c.route.digits = ""
		s.stopStep(c)
		if digits != "" {
			s.ask(c, "digits", map[string]string{"value": digits})
			return
		}
		c.route.outcome = outcome{reason: "timeout"}
		s.run(c)
	})
}

// gathered ends the gathering when there are enough digits; # ends it before.
func (s *Server) gathered(c *call) {
	r := &c.route
	value, _, ended := strings.Cut(r.digits, "#")
	if len(value) < r.step.gather.Max && !ended {
		return
	}
	r.digits = ""
	value = value[:min(len(value), r.step.gather.Max)]
	s.stopStep(c)
	s.ask(c, "digits", map[string]string{"value": value})
}

// hear takes digits the caller presses.
func (s *Server) hear(c *call, digits string) {
	r := &c.route
	switch r.step.kind {
	case playing:
		r.digits += digits
		if r.step.skip {
			s.played(c)
		}
	case gathering:
		r.digits += digits
		s.waitForDigits(c, r.step.gather.patience())
		s.gathered(c)
	case leavingMessage:
		if strings.Contains(digits, "#") {
			s.leftMessage(c)
		}
	case noStep:
		r.digits += digits
	}
	r.digits = r.digits[max(0, len(r.digits)-maxDigits):]
}

// maxDigits are remembered for the next gathering.
const maxDigits = 100

func (s *Server) doDial(c *call, raw json.RawMessage) (bool, error) {
	var spec dialSpec
	if err := json.Unmarshal(raw, &spec); err != nil {
		return false, fmt.Errorf("dial: %w", err)
	}
	return true, s.dial(c, spec)
}

func (s *Server) doVoicemail(c *call, raw json.RawMessage) (bool, error) {
	var spec struct {
		MaxMS int64 `json:"max_ms"`
	}
	if err := json.Unmarshal(raw, &spec); err != nil || spec.MaxMS < 0 {
		return false, errors.New("voicemail: max_ms must be a number")
	}
	most := 2 * time.Minute
	if spec.MaxMS > 0 {
		most = time.Duration(spec.MaxMS) * time.Millisecond
	}
	s.answerLeg(c.contact)
	s.startRecording(c, nil)
	c.route.step = step{kind: leavingMessage, timer: s.after(most, func() { s.leftMessage(c) })}
	return true, nil
}

func (s *Server) leftMessage(c *call) {
	s.stopStep(c)
	s.endRecording(c)
	c.route.outcome = outcome{"played", map[string]string{"media": "voicemail"}}
	s.run(c)
}

func (s *Server) doTag(c *call, raw json.RawMessage) (bool, error) {
	var spec struct {
		TagID string `json:"tag_id"`
	}
	if err := json.Unmarshal(raw, &spec); err != nil || spec.TagID == "" {
		return false, errors.New("tag needs tag_id")
	}
	c.tags = append(c.tags, spec.TagID)
	return false, nil
}

func (s *Server) doHangup(c *call, raw json.RawMessage) (bool, error) {
	var spec struct {
		Code int `json:"code"`
	}
	if err := json.Unmarshal(raw, &spec); err != nil {
		return false, errors.New("hangup: code must be a number")
	}
	s.endLeg(c.contact, reasonOf(spec.Code), "system")
	s.finish(c)
	return true, nil
}

// reasonOf names a SIP code.
func reasonOf(code int) string {
	switch {
	case code == 486 || code == 600:
		return "busy"
	case code == 480 || code == 408:
		return "no_answer"
	case code == 603:
		return "rejected"
	case code == 404 || code == 484:
		return "not_found"
	case code == 403:
		return "forbidden"
	case code >= 500:
		return "congestion"
	}
	return "normal"
}

// doRecord takes {"action": "start" | "stop" | "pause"} or true and false.
func (s *Server) doRecord(c *call, raw json.RawMessage) (bool, error) {
	var on bool
	if json.Unmarshal(raw, &on) == nil {
		c.record = on
		return false, nil
	}
	var spec struct {
		Action string `json:"action"`
	}
	if err := json.Unmarshal(raw, &spec); err != nil || spec.Action != "start" && spec.Action != "stop" && spec.Action != "pause" {
		return false, errors.New("record: action must be start, stop or pause")
	}
	c.record = spec.Action == "start"
	return false, nil
}

func (s *Server) stopStep(c *call) {
	s.off(c.route.step.timer)
	c.route.step = step{}
}
