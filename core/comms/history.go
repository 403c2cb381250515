package comms

import (
	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/core/visits"
)

// History is a piece of the past as it is loaded in bulk: rows that refer only to each other and to configuration. A visitor's sessions all lie
// in the visitor's own piece.
type History struct {
	Visitors       []visits.Visitor
	Sessions       []visits.Session
	Hits           []visits.Hit
	Contacts       []visits.Contact
	Reaches        []goals.Reach
	Communications []Communication
}
