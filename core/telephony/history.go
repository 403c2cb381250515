package telephony

import (
	"time"

	"github.com/skvoz/skvoz/core"
)

// CallHistory is a piece of the past as it is loaded in bulk: calls that are over, with what belongs to them.
type CallHistory struct {
	Calls []Call
	// Names are those of the contacts, as far as they are known.
	Names      map[core.CallID]string
	Taggings   []Tagging
	Recordings []Recording
}

// Tagging is a tag on a call, put by a person; UserID 0 = nobody known.
type Tagging struct {
	CallID core.CallID
	TagID  core.CallTagID
	UserID core.UserID
	At     time.Time
}
