package amocrm

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core/integrations"
)

// clocksDiffer is by how much the vendor's clock may be behind ours.
const clocksDiffer = time.Minute

// FindDeal implements integrations.DealDesk.
//
// amoCRM keeps nothing of ours with a deal that could be asked for: request_id is only echoed. So a deal made by an attempt whose answer was lost is
// known by its circumstances: it hangs on our contact, is not older than the first attempt, and has our name for it or was made by the user we act as
// (a robot may have renamed it). That errs on the side of having found: two goals of one person within a minute may share a deal, a lost answer never
// makes a second one.
//
// Where each goal is to have a deal of its own, deals that bear the note of another delivery are left out (each of our notes ends with its delivery's
// key). Where repeated goals are noted in the open deal such a note says nothing, and any deal of those minutes is the right one.
//
// Requests in the inbox carry the key as the identifier of their source; one that a manager has accepted meanwhile is a deal like others.
func (c *connector) FindDeal(ctx context.Context, d integrations.NewDeal) (integrations.RemoteRef, bool, error) {
	if c.UsesInbox() {
		if made, found, err := c.findUnsorted(ctx, d); err != nil || found {
			return made, found, err
		}
	}
	owners := []string{d.ContactID}
	if d.ContactID == "" || c.UsesInbox() { // what waited in the inbox has a contact of its own
		contacts, err := c.contactsOf(ctx, d.Person)
		if err != nil {
			return integrations.RemoteRef{}, false, err
		}
		owners = owners[:0]
		for _, owner := range contacts {
			owners = append(owners, id(owner.ID))
		}
	}
	for _, owner := range owners {
		if made, found, err := c.findOfContact(ctx, d, owner); err != nil || found {
			return made, found, err
		}
	}
	return integrations.RemoteRef{}, false, nil
}

func (c *connector) findOfContact(ctx context.Context, d integrations.NewDeal, contactID string) (integrations.RemoteRef, bool, error) {
	leads, err := c.leadsOfContact(ctx, contactID)
	if err != nil {
		if integrations.AsFailure(err).Kind == integrations.FailGone {
			return integrations.RemoteRef{}, false, nil // no contact, no deal
		}
		return integrations.RemoteRef{}, false, err
	}
	from := d.Since.Add(-clocksDiffer).Unix()
	for i := range leads {
		l := &leads[i]
		if l.CreatedAt < from {
			continue
		}
		isOurs, err := c.isOurs(ctx, l, d)
		if err != nil {
			return integrations.RemoteRef{}, false, err
		}
		if isOurs {
			return c.leadRef(id(l.ID)), true, nil
		}
	}
	return integrations.RemoteRef{}, false, nil
}

func (c *connector) isOurs(ctx context.Context, l *lead, d integrations.NewDeal) (bool, error) {
	if l.Name != d.Name {
		who, err := c.account(ctx)
		if err != nil || who.CurrentUserID == 0 || l.CreatedBy != who.CurrentUserID {
			return false, err
		}
	}
	if c.settings.Text(integrations.KeyOnRepeat) != integrations.RepeatDeal {
		return true, nil
	}
	keys, err := c.noteKeys(ctx, id(l.ID))
	return len(keys) == 0 || slices.Contains(keys, d.Key), err
}

// newNote is a note to write.
type newNote struct {
	Type      string     `json:"note_type"`
	Params    noteParams `json:"params"`
	RequestID string     `json:"request_id,omitempty"`
}

type noteParams struct {
	Service string `json:"service,omitempty"`
	Text    string `json:"text"`
}

// note is a note as it comes. Its params differ by type; those of other types are passed over.
type note struct {
	ID     int64                `json:"id"`
	Params embedded[noteParams] `json:"params"`
}

const noteType = "service_message"

// keyMark stands before the delivery's key in the last line of a note.
const keyMark = "#"

func noteBody(n integrations.NewNote) newNote {
	return newNote{
		Type: noteType, RequestID: n.Key,
		Params: noteParams{Service: serviceName, Text: strings.TrimSpace(n.Text + "\n" + keyMark + n.Key)},
	}
}

// AddNote implements integrations.DealDesk.
func (c *connector) AddNote(ctx context.Context, n integrations.NewNote) error {
	path, err := notesPath(n.DealID)
	if err != nil {
		return err
	}
	_, err = c.create(ctx, post(path, []newNote{noteBody(n)}), "notes")
	return err
}

// FindNote implements integrations.DealDesk.
func (c *connector) FindNote(ctx context.Context, n integrations.NewNote) (bool, error) {
	keys, err := c.noteKeys(ctx, n.DealID)
	return slices.Contains(keys, n.Key), err
}

// noteKeys returns the keys of our notes in a deal.
func (c *connector) noteKeys(ctx context.Context, dealID string) ([]string, error) {
	path, err := notesPath(dealID)
	if err != nil {
		return nil, err
	}
	notes, err := every[note](ctx, c, get(path, url.Values{"filter[note_type][]": {noteType}}), "notes", pageSize)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, n := range notes {
		text := strings.TrimSpace(n.Params.V.Text)
		if last := text[strings.LastIndexByte(text, '\n')+1:]; strings.HasPrefix(last, keyMark) {
			out = append(out, strings.TrimPrefix(last, keyMark))
		}
	}
	return out, nil
}

func notesPath(dealID string) (string, error) {
	n, ok := number(dealID)
	if !ok {
		return "", integrations.Fail(integrations.FailGone, "no such deal")
	}
	return "/api/v4/leads/" + id(n) + "/notes", nil
}
