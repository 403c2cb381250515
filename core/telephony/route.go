package telephony

import (
	"context"
	"time"
)

// RouteReason is why a PBX asks what to do.
type RouteReason string

// The reasons of the contract.
const (
	RouteNewCall     RouteReason = "new_call"
	RouteDialResult  RouteReason = "dial_result"
	RouteDigits      RouteReason = "digits"
	RoutePlayed      RouteReason = "played"
	RouteTimeout     RouteReason = "timeout"
	RouteTalkEnded   RouteReason = "talk_ended"
	RouteUnsupported RouteReason = "unsupported"
)

// RouteRequest is a PBX asking what to do with a call. The JSON form is that of the contract.
type RouteRequest struct {
	RequestID string      `json:"request_id"`
	CallID    string      `json:"call_id"`
	Seq       int64       `json:"seq"`
	Reason    RouteReason `json:"reason"`
	DID       string      `json:"did"`
	Caller    string      `json:"caller"`
	State     string      `json:"state"`
	Data      RouteData   `json:"data"`
}

// RouteData is the outcome of what the PBX was told before.
type RouteData struct {
	Results []DialResult `json:"results,omitempty"`
	Value   string       `json:"value,omitempty"`
	// Instruction is the one the PBX does not know (unsupported).
	Instruction string `json:"instruction,omitempty"`
}

// DialResult is how one target of a dial ended.
type DialResult struct {
	LegID  string `json:"leg_id"`
	Reason Reason `json:"reason"`
}

// RouteAnswer says what to do. The JSON form is that of the contract.
type RouteAnswer struct {
	State   string        `json:"state"`
	Record  bool          `json:"record,omitempty"`
	Do      []Instruction `json:"do"`
	OnError *Instruction  `json:"on_error,omitempty"`
}

// Instruction is one thing to do: exactly one field is set.
type Instruction struct {
	Answer    *struct{}  `json:"answer,omitempty"`
	Play      *Play      `json:"play,omitempty"`
	Gather    *Gather    `json:"gather,omitempty"`
	Dial      *Dial      `json:"dial,omitempty"`
	Voicemail *Voicemail `json:"voicemail,omitempty"`
	Tag       *Tag       `json:"tag,omitempty"`
	Hangup    *Hangup    `json:"hangup,omitempty"`
}

// Play plays a sound.
type Play struct {
	Media         string `json:"media"`
	Interruptible bool   `json:"interruptible,omitempty"`
}

// Gather collects digits.
type Gather struct {
	Max       int    `json:"max"`
	TimeoutMS int    `json:"timeout_ms"`
	Media     string `json:"media,omitempty"`
}

// Dial rings targets.
type Dial struct {
	LegKey    string   `json:"leg_key,omitempty"`
	Strategy  string   `json:"strategy,omitempty"`
	TimeoutMS int      `json:"timeout_ms"`
	CallerID  string   `json:"caller_id,omitempty"`
	Ringback  string   `json:"ringback,omitempty"`
	Targets   []Target `json:"targets"`
}

// Target is somebody to ring. Kind is line or number.
type Target struct {
	Kind       string `json:"kind"`
	Value      string `json:"value"`
	EmployeeID string `json:"employee_id,omitempty"`
	DelayMS    int    `json:"delay_ms,omitempty"`
	// TimeoutMS is this target's own ring time in a sequence; zero = the dial's.
	TimeoutMS int `json:"timeout_ms,omitempty"`
}

// Voicemail records a message.
type Voicemail struct {
	MaxMS int    `json:"max_ms"`
	Media string `json:"media,omitempty"`
}

// Tag marks the call.
type Tag struct {
	TagID string `json:"tag_id"`
}

// Hangup ends the call.
type Hangup struct {
	Code int `json:"code,omitempty"`
}

// RouteDeadline is how long a PBX waits for an answer.
const RouteDeadline = 3 * time.Second

// Router decides what happens to calls. The same request again gets byte for byte the same answer. A call to a number without a scenario rings nobody: the
// answer is then a hangup.
type Router interface {
	Route(ctx context.Context, c Connection, r RouteRequest) (answer []byte, err error)
}
