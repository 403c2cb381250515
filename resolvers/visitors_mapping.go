package resolvers

import (
	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/visits"
	"github.com/skvoz/skvoz/graph/model"
	"github.com/skvoz/skvoz/internal/phonenum"
)

func pageRequest(first int, after *string) core.PageRequest {
	return core.PageRequest{First: first, After: deref(after)}
}

func pageInfo[T any](p core.Page[T]) *model.PageInfo {
	info := &model.PageInfo{HasNextPage: p.HasNext}
	if p.EndCursor != "" {
		info.EndCursor = &p.EndCursor
	}
	return info
}

// optionalID reads an identifier that may be left out; zero when it is.
func optionalID[T ~int64](field string, text core.Opt[string]) (T, error) {
	if !text.Set {
		return 0, nil
	}
	return parseID[T](field, text.Value)
}

func visitorQuery(f *model.VisitorFilter, sort model.VisitorSort, direction model.SortDirection) (comms.VisitorQuery, error) {
	q := comms.VisitorQuery{Ascending: direction == model.SortDirectionAsc}
	if sort == model.VisitorSortFirstSeen {
		q.Sort = comms.ByFirstSeen
	}
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
	q.Seen = comms.TimeRange{From: given(f.SeenFrom).Value, To: given(f.SeenTo).Value}
	if has := given(f.HasContacts); has.Set {
		q.HasContacts = &has.Value
	}
	q.Search, q.Channels = given(f.Search).Value, givenList(f.Channels).Value
	return q, nil
}

func visitorConnection(p core.Page[comms.VisitorCard]) *model.VisitorConnection {
	return &model.VisitorConnection{Nodes: p.Nodes, PageInfo: pageInfo(p)}
}

func person(p *comms.PersonCard) *model.Person {
	if p == nil {
		return nil
	}
	return &model.Person{ID: p.ID.String(), Visitors: p.Visitors, Contacts: p.Contacts}
}

// contactValue reads a phone in any format or an e-mail; anything else is an error of kind KindInvalid.
func contactValue(kind visits.ContactKind, text string) (visits.ContactValue, error) {
	v := visits.ContactValue{Kind: kind}
	var ok bool
	if kind == visits.ContactPhone {
		v.Value, ok = phonenum.Normalize(text, "")
	} else {
		v.Value, ok = phonenum.NormalizeEmail(text)
	}
	if !ok {
		return v, core.Invalid("value", "bad_contact", "this is no phone number or e-mail address")
	}
	return v, nil
}
