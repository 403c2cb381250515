package resolvers

import (
	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/graph/model"
	"github.com/skvoz/skvoz/internal/phonenum"
)

func communicationQuery(f *model.CommunicationFilter, direction model.SortDirection) (comms.CommunicationQuery, error) {
	q := comms.CommunicationQuery{Ascending: direction == model.SortDirectionAsc}
	if f == nil {
		return q, nil
	}
	var err error
	if q.SiteID, err = optionalID[core.SiteID]("siteId", given(f.SiteID)); err != nil {
		return q, err
	}
	if q.CampaignID, err = optionalID[core.CampaignID]("campaignId", given(f.CampaignID)); err != nil {
		return q, err
	}
	if q.GoalID, err = optionalID[core.GoalID]("goalId", given(f.GoalID)); err != nil {
		return q, err
	}
	q.At = comms.TimeRange{From: given(f.From).Value, To: given(f.To).Value}
	q.Kinds, q.Search, q.Channels = givenList(f.Kinds).Value, given(f.Search).Value, givenList(f.Channels).Value
	return q, nil
}

func communicationConnection(p core.Page[comms.Communication]) *model.CommunicationConnection {
	return &model.CommunicationConnection{Nodes: p.Nodes, PageInfo: pageInfo(p)}
}

func chatInput(account core.AccountID, in model.CreateChatInput) (comms.ChatInput, error) {
	chat := comms.ChatInput{
		ExternalID: in.ExternalID, StartedAt: in.StartedAt, Name: given(in.Name).Value, PageURL: given(in.PageURL).Value,
		Messages: make([]comms.ChatMessage, len(in.Messages)),
	}
	for i, m := range in.Messages {
		chat.Messages[i] = comms.ChatMessage{At: m.At, Sender: m.Sender, Text: m.Text}
	}
	var err error
	chat.AccountID = account
	if chat.SiteID, err = parseID[core.SiteID]("siteId", in.SiteID); err != nil {
		return chat, err
	}
	if chat.VisitorID, err = optionalID[core.VisitorID]("visitorId", given(in.VisitorID)); err != nil {
		return chat, err
	}
	if chat.SessionID, err = optionalID[core.SessionID]("sessionId", given(in.SessionID)); err != nil {
		return chat, err
	}
	return chat, chatContacts(&chat, in)
}

func chatContacts(chat *comms.ChatInput, in model.CreateChatInput) error {
	if text := given(in.Phone).Value; text != "" {
		digits, ok := phonenum.Normalize(text, "")
		if !ok {
			return core.Invalid("phone", "bad_phone", "this is no phone number")
		}
		chat.Phone = core.Phone(digits)
	}
	if text := given(in.Email).Value; text != "" {
		address, ok := phonenum.NormalizeEmail(text)
		if !ok {
			return core.Invalid("email", "bad_email", "this is no e-mail address")
		}
		chat.Email = core.Email(address)
	}
	return nil
}
