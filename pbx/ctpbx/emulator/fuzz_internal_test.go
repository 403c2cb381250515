package emulator

import (
	"testing"
	"time"

	"github.com/skvoz/skvoz/internal/emulation"
)

// FuzzRoute carries out whatever an answer says; nothing but an end of the call, or waiting, may come of it.
func FuzzRoute(f *testing.F) {
	for _, seed := range []string{
		`{"state":"s","record":true,"do":[{"answer":{}},{"play":{"media":"m","interruptible":true}},{"gather":{"max":1,"timeout_ms":5000}},{"hangup":{"code":480}}]}`,
		`{"do":[{"dial":{"strategy":"sequence","timeout_ms":1,"caller_id":"pass","targets":[{"kind":"line","value":"101"},{"kind":"number","value":"79160000001","delay_ms":5}]}},{"voicemail":{"max_ms":1}}]}`,
		`{"do":[{"dial":{"targets":[]}}],"on_error":{"dial":{"targets":[{"kind":"line","value":"102"}]}}}`,
		`{"do":[{"record":false},{"record":{"action":"pause"}},{"tag":{"tag_id":"t"}},{"fly":null}]}`, `{"do":[{}]}`, `null`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(_ *testing.T, raw []byte) {
		kit := emulation.NewKit()
		s := New(kit, Options{Fallback: []string{"103"}})
		defer s.Close()
		doc, err := readDocument(raw)
		if err != nil {
			return
		}
		_ = s.do(func() error {
			c := s.newCall(&call{direction: "in", initiator: "trunk", did: "74950000001", caller: "79000000001"})
			c.contact = s.startLeg(c, &leg{role: "contact", number: c.caller, via: "trunk", phone: s.world.phoneAt(c.caller)})
			s.take(c.contact)
			s.begin(c, doc)
			return nil
		})
		_ = s.Press("79000000001", "1#")
		_ = s.Answer("101")
		_ = s.Transfer("101", "102", true)
		kit.Clock.Advance(10 * time.Second)
		s.EndAll()
		for _, c := range s.Calls() {
			if c.State != "finished" {
				panic("a call goes on after all were ended")
			}
		}
		for _, p := range s.Phones() {
			if p.State == "busy" {
				panic("a phone is busy after all calls were ended")
			}
		}
	})
}
