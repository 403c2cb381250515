package e2e

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	pbxsim "github.com/skvoz/skvoz/pbx/ctpbx/emulator"
)

// compareEvents looks for each event the provider made: all must have been taken, and be stored once, and nothing else but what our scenarios noted.
func (c *calling) compareEvents() {
	t := c.t
	stored := map[string]int{}
	for _, id := range c.query(`SELECT event_id FROM call_events`) {
		stored[id]++
	}
	sent := map[string]bool{}
	for _, e := range c.sim.Events() {
		sent[e.ID] = true
		if e.CallID == "" { // of a line: only the last one counts
			continue
		}
		assert.Equal(t, 1, stored[e.ID], "event %s (%s) of call %s", e.ID, e.Type, e.CallID)
	}
	for id, n := range stored {
		assert.Equal(t, 1, n, id)
		ours := strings.HasPrefix(id, "skvoz:") || strings.HasPrefix(id, "snapshot:") // the latter is asked for when events do not come for long
		assert.True(t, sent[id] || ours, "an event nobody made: %s", id)
	}
	for _, d := range c.sim.Deliveries() {
		heartbeat := slices.ContainsFunc(d.Events, func(e pbxsim.Event) bool { return e.Type == "pbx_heartbeat" })
		assert.True(t, heartbeat || d.State == pbxsim.DeliveryDelivered, "message %d is %s", d.Number, d.State)
	}
}

// compare holds a call against what the provider says of it.
func (c *calling) compare(was pbxsim.Call, is foldedCall) {
	t, id := c.t, was.ID
	if !assert.Equal(t, id, is.PBXCallID, "the call is missing") {
		return
	}
	assert.Equal(t, "FINISHED", is.State, id)
	assert.Equal(t, "IN", is.Direction, id)
	assert.Equal(t, was.Caller, is.ContactPhone, id)
	assert.Equal(t, was.Lost, is.IsLost, id)
	if was.Lost {
		assert.Equal(t, was.LostReason, is.LostReason, id)
	}
	assert.Empty(t, is.EndReason, id)
	assert.False(t, is.IsIncomplete, id)
	c.near(was.TotalMS, is.TotalMS.String(), "total of "+id)
	c.near(was.TalkMS, is.TalkMS.String(), "talk of "+id)
	c.near(was.WaitMS, is.WaitMS.String(), "wait of "+id)
	if assert.Len(t, is.Talks, len(was.Talks), id) {
		for n, talk := range was.Talks {
			assert.Equal(t, talk.ID, is.Talks[n].ID, id)
			assert.ElementsMatch(t, talk.LegIDs, is.Talks[n].LegIDs, id)
			c.near(talk.DurationMS, is.Talks[n].DurationMS.String(), "talk of "+id)
		}
	}
	c.compareLegs(was, is)
	c.compareSteps(is)
}

func (c *calling) compareLegs(was pbxsim.Call, is foldedCall) {
	t := c.t
	if !assert.Len(t, is.Legs, len(was.Legs), was.ID) {
		return
	}
	legs := map[string]int{}
	for n, l := range is.Legs {
		legs[l.ID] = n
	}
	for _, l := range was.Legs {
		n, found := legs[l.ID]
		if !assert.True(t, found, "leg %s of %s", l.ID, was.ID) {
			continue
		}
		assert.Equal(t, l.Reason, is.Legs[n].Reason, "leg %s of %s", l.ID, was.ID)
		assert.Equal(t, l.AnsweredAt == nil, is.Legs[n].AnsweredAt == nil, "leg %s of %s", l.ID, was.ID)
		assert.Equal(t, l.RingingAt == nil, is.Legs[n].RangAt == nil, "leg %s of %s", l.ID, was.ID)
	}
}

// compareSteps wants every operation left, but for the one the call ended in.
func (c *calling) compareSteps(is foldedCall) {
	t := c.t
	for n, s := range is.Steps {
		if s.OperationID == "route" || s.OperationID == "fallback" { // the provider's own
			continue
		}
		assert.True(t, s.ExitedAt != nil || n == len(is.Steps)-1, "step %s of %s was never left", s.OperationID, is.PBXCallID)
	}
}

// near allows a rounding of a millisecond.
func (c *calling) near(want int64, got, what string) {
	n, err := time.ParseDuration(got + "ms")
	require.NoError(c.t, err)
	assert.LessOrEqual(c.t, math.Abs(float64(want-n.Milliseconds())), 2.0, "%s: %d ms, %s folded", what, want, got)
}

// compareRecordings wants each recording the provider made stored once.
func (c *calling) compareRecordings() {
	t := c.t
	stored := c.query(`SELECT remote_id FROM recordings WHERE state = 'stored'`)
	var made []string
	for _, one := range c.sim.Calls() {
		for _, talk := range one.Talks {
			made = append(made, talk.Recordings...)
		}
	}
	assert.ElementsMatch(t, made, stored)
	assert.Equal(t, len(made), c.storedFiles(), "files of recordings")
}

// compareCards wants no card twice in one stream, and on the server that lived every card of a ring whose events came through at once.
func (c *calling) compareCards(calls map[string]foldedCall) {
	t := c.t
	for _, s := range c.streams {
		assert.Empty(t, s.twice())
	}
	if len(c.servers) == 1 {
		return
	}
	late := c.late()
	missing, rings := 0, 0
	for _, call := range calls {
		for _, l := range call.Legs {
			if l.Employee == nil || l.RangAt == nil || late[call.PBXCallID] || l.AnsweredAt == nil && l.EndedAt.Sub(*l.RangAt) < time.Second {
				continue
			}
			rings++
			if !slices.ContainsFunc(c.streams, func(s *stream) bool { return s.server == 0 && s.employee == l.Employee.ID && s.shows(call.ID+":"+l.ID) }) {
				missing++
				t.Logf("leg %s of call %s was not shown", l.ID, call.PBXCallID)
			}
		}
	}
	assert.Zero(t, missing, "cards nobody saw")
	assert.NotZero(t, rings)
}

// late are the calls some of whose events had to be sent again.
func (c *calling) late() map[string]bool {
	out := map[string]bool{}
	for _, d := range c.sim.Deliveries() {
		for _, e := range d.Events {
			if len(d.Attempts) > 1 {
				out[e.CallID] = true
			}
		}
	}
	return out
}

func (c *calling) cards() (n int) {
	for _, s := range c.streams {
		n += s.count()
	}
	return n
}

// compareRouting wants every question answered as long as one server lived, and calls that several servers led.
func (c *calling) compareRouting() {
	if len(c.servers) == 1 {
		return
	}
	for _, q := range c.sim.Questions() {
		assert.True(c.t, q.Status == 200 || strings.Contains(q.Error, "canceled"), "question %s of %s (%s): %d %s", q.RequestID, q.CallID, q.Reason, q.Status, q.Error)
	}
	assert.NotZero(c.t, c.balancer.wandered(), "calls that went on with another server")
}
