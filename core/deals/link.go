package deals

import (
	"cmp"
	"slices"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/visits"
)

// LinkInput is all that the links and the path of one deal are made of. Facts that have nothing to do with the deal do no harm, and neither does
// their order.
type LinkInput struct {
	Deal      core.DealID
	CreatedAt time.Time
	// ContactAt and LeadAt are when the main contact and the lead were created; zero = there is none.
	ContactAt, LeadAt time.Time
	// Named is the communication the CRM named; zero = none.
	Named CommunicationRef
	// Values are the phones and e-mails of the deal's contacts.
	Values []visits.ContactValue
	LinkRules
	// Visitors are those with one of the values, those of the communications, and all others of their persons.
	Visitors []LinkVisitor
	// Communications are the one the CRM named, those with one of the values, and those of the visitors.
	Communications []LinkCommunication
	// Sessions are the visitors'.
	Sessions []LinkSession
}

// LinkRules are the settings of a CRM that matter for linking.
type LinkRules struct {
	IgnoreOutgoingCalls, IgnoreOutgoingChats bool
	// GoalIDs are the goals that link.
	GoalIDs []core.GoalID
}

// LinkVisitor is a visitor as far as it matters for linking.
type LinkVisitor struct {
	ID core.VisitorID
	// PersonID is zero while the visitor has left no contacts.
	PersonID core.PersonID
	// Values are the visitor's phones and e-mails that say who it is: those excluded from joining are left out.
	Values []visits.ContactValue
}

// LinkCommunication is a communication as far as it matters for linking.
type LinkCommunication struct {
	ID         core.CommunicationID
	Kind       comms.Kind
	At         time.Time
	VisitorID  core.VisitorID // 0 = not recognised
	SessionID  core.SessionID // 0 = none
	Phone      core.Phone
	Email      core.Email
	GoalID     core.GoalID // 0 = no goal
	IsOutgoing bool
}

// LinkSession is a session as far as it matters for linking.
type LinkSession struct {
	ID        core.SessionID
	VisitorID core.VisitorID
	At        time.Time
}

// Linked is what LinkDeal found.
type Linked struct {
	// Links are ordered by time, then by identifier.
	Links []Link
	// Steps are oldest first.
	Steps []Step
	// Match is never empty.
	Match Match
}

// LinkDeal finds the communications a deal is linked to and the path that led to it. The result depends on the facts alone, not on their order.
//
// A communication bears the phone and e-mail given with it; a reached goal bears none.
//
// Links: if the CRM named a communication and there is one of that identifier and kind, it is the only link, however old it is. Otherwise all calls,
// chats and requests, and those goals that the CRM's settings let link, that bear a phone or e-mail of the deal's contacts, or whose visitor has left
// one, or whose visitor is of the same person as one who has; none of them more than LinkWindow before the creation of deal, main contact or lead, nor
// after all of these. What the company began itself is left out where the CRM's settings say so.
//
// Steps: sessions and communications of any kind, of the visitors who have left a value of the contacts, of those of linked communications and of
// all others of their persons, moreover communications that bear a value themselves, not after the deal's creation and at most MaxLookback before it.
//
// Match: how links and steps were found. They are ambiguous if their visitors are of more than one person; a visitor without a person is somebody of
// their own, what has no visitor says nothing. If the only link is the communication the CRM named, it is known whose the deal is.
//
// A CRM's times are whole seconds: what happened within the second of a creation counts as before it.
func LinkDeal(in LinkInput) Linked {
	m := newMatcher(&in)
	links := m.links()
	for i := range m.in.Communications {
		c := &m.in.Communications[i]
		if _, isLinked := slices.BinarySearchFunc(links, c, compareLink); isLinked {
			m.addVisitor(c.VisitorID)
			m.linked = append(m.linked, c.VisitorID)
		}
	}
	m.addPersons()
	steps := m.steps()
	return Linked{Links: links, Steps: steps, Match: m.whole(links, steps)}
}

// Deciding returns the communication a conversion model counts a deal to: the one the CRM named, else the last link within LinkWindow before the
// creation of the model's entity. A deal without a main contact, or without a lead, is judged by its own creation. false = there is none.
func Deciding(model ConversionModel, createdAt, contactAt, leadAt time.Time, links []Link) (Link, bool) {
	entity := EntityAt(model, createdAt, contactAt, leadAt)
	var last Link
	found := false
	for _, l := range links {
		if l.MatchedBy == MatchedByID {
			return l, true
		}
		if precedes(l.At, entity, LinkWindow) && (!found || cmp.Or(l.At.Compare(last.At), cmp.Compare(l.CommunicationID, last.CommunicationID)) > 0) {
			last, found = l, true
		}
	}
	return last, found
}

// EntityAt returns the creation of the entity a conversion model looks at: of main contact or lead, if there is one, else of the deal.
func EntityAt(model ConversionModel, createdAt, contactAt, leadAt time.Time) time.Time {
	switch {
	case model == LastBeforeContact && !contactAt.IsZero():
		return contactAt
	case model == LastBeforeLead && !leadAt.IsZero():
		return leadAt
	}
	return createdAt
}

// precedes reports whether a moment is at most window before an entity's creation, or within the second of it.
func precedes(at, created time.Time, window time.Duration) bool {
	return !at.Before(created.Add(-window)) && at.Before(created.Truncate(time.Second).Add(time.Second))
}

func compareLink(l Link, c *LinkCommunication) int {
	return cmp.Or(l.At.Compare(c.At), cmp.Compare(l.CommunicationID, c.ID))
}
