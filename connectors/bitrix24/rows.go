package bitrix24

import (
	"strings"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/employees"
	"github.com/skvoz/skvoz/core/integrations"
	"github.com/skvoz/skvoz/internal/phonenum"
)

// Entity types of crm.category.list and crm.stagehistory.list.
const dealType = 2

// userRow is a row of user.get and profile.
type userRow struct {
	ID        loose `json:"ID"`
	Active    loose `json:"ACTIVE"`
	FirstName loose `json:"NAME"`
	LastName  loose `json:"LAST_NAME"`
	Email     loose `json:"EMAIL"`
	WorkPhone loose `json:"WORK_PHONE"`
	Mobile    loose `json:"PERSONAL_MOBILE"`
	Inner     loose `json:"UF_PHONE_INNER"`
	Type      loose `json:"USER_TYPE"`
}

// isPerson tells people from bots and from visitors of open lines and shops, which are users, too.
func (u *userRow) isPerson() bool {
	return u.Type == "" || u.Type == "employee" || u.Type == "extranet"
}

func (u *userRow) name() string { return joined(" ", u.FirstName, u.LastName) }

// employee is a user as the core knows it. Users without a name go by their e-mail address.
func (u *userRow) employee() integrations.RemoteEmployee {
	email, _ := phonenum.NormalizeEmail(string(u.Email))
	phone := u.WorkPhone
	if phone == "" {
		phone = u.Mobile
	}
	name := u.name()
	if name == "" {
		name = joined("", u.Email)
	}
	if name == "" {
		name = "№ " + string(u.ID)
	}
	out := integrations.RemoteEmployee{
		ID: string(u.ID), Name: name, Email: core.Email(email), Phone: string(phone), Extension: string(u.Inner), IsActive: u.Active.isYes(),
		LastName: string(u.LastName), FirstName: string(u.FirstName),
	}
	for _, p := range []employees.RemotePhone{{Number: string(u.WorkPhone), Type: phoneWork}, {Number: string(u.Mobile), Type: phoneMobile}} {
		if p.Number != "" {
			out.Phones = append(out.Phones, p)
		}
	}
	return out
}

// The types of phones.
const (
	phoneWork   = "work"
	phoneMobile = "mobile"
)

// multi is a value of a field that has several, like phones.
type multi struct {
	Value loose `json:"VALUE"`
}

func valuesOf(list []multi) []string {
	var out []string
	for _, m := range list {
		if s := strings.TrimSpace(string(m.Value)); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// contactRow is a row of crm.contact.list.
type contactRow struct {
	ID         loose   `json:"ID"`
	FirstName  loose   `json:"NAME"`
	SecondName loose   `json:"SECOND_NAME"`
	LastName   loose   `json:"LAST_NAME"`
	Created    loose   `json:"DATE_CREATE"`
	AssignedBy loose   `json:"ASSIGNED_BY_ID"`
	Phones     []multi `json:"PHONE"`
	Emails     []multi `json:"EMAIL"`
}

var contactFields = []string{"ID", "NAME", "SECOND_NAME", "LAST_NAME", "DATE_CREATE", "ASSIGNED_BY_ID", "PHONE", "EMAIL"}

func (r *contactRow) contact() integrations.RemoteContact {
	return integrations.RemoteContact{
		ID: string(r.ID), Name: joined(" ", r.FirstName, r.SecondName, r.LastName), CreatedAt: r.Created.time(),
		Phones: valuesOf(r.Phones), Emails: valuesOf(r.Emails), Responsible: r.AssignedBy.id(),
	}
}

// dealRow is a row of crm.deal.list.
type dealRow struct {
	ID          loose `json:"ID"`
	Title       loose `json:"TITLE"`
	CategoryID  loose `json:"CATEGORY_ID"`
	StageID     loose `json:"STAGE_ID"`
	Closed      loose `json:"CLOSED"`
	Created     loose `json:"DATE_CREATE"`
	Modified    loose `json:"DATE_MODIFY"`
	Moved       loose `json:"MOVED_TIME"`
	ContactID   loose `json:"CONTACT_ID"`
	AssignedBy  loose `json:"ASSIGNED_BY_ID"`
	LeadID      loose `json:"LEAD_ID"`
	Opportunity loose `json:"OPPORTUNITY"`
	Currency    loose `json:"CURRENCY_ID"`
	SourceID    loose `json:"SOURCE_ID"`
}

var dealFields = []string{
	"ID", "TITLE", "CATEGORY_ID", "STAGE_ID", "CLOSED", "DATE_CREATE", "DATE_MODIFY", "MOVED_TIME", "CONTACT_ID", "ASSIGNED_BY_ID", "LEAD_ID",
	"OPPORTUNITY", "CURRENCY_ID", "SOURCE_ID",
}

// deal is a row as the core knows it, without what other methods tell.
func (r *dealRow) deal(p *portal) integrations.RemoteDeal {
	d := integrations.RemoteDeal{
		ID: string(r.ID), Name: string(r.Title), CreatedAt: r.Created.time(), ModifiedAt: r.Modified.time(), FunnelID: funnelID(r.CategoryID),
		StageID: string(r.StageID), MainContactID: r.ContactID.id(), EmployeeID: r.AssignedBy.id(), RevenueMinor: minor(r.Opportunity, string(r.Currency)),
		Currency: string(r.Currency), URL: p.dealURL(string(r.ID)), StageAt: r.Moved.time(),
	}
	if d.StageAt.IsZero() {
		d.StageAt = d.ModifiedAt
	}
	if d.MainContactID != "" {
		d.ContactIDs = []string{d.MainContactID}
	}
	if lead := r.LeadID.id(); lead != "" {
		d.LeadID = leadRef(lead)
	}
	return d
}

// funnelID: the general funnel is 0, and an empty category is that one.
func funnelID(category loose) string {
	if category == "" {
		return "0"
	}
	return string(category)
}

func (p *portal) dealURL(id string) string { return p.origin + "/crm/deal/details/" + id + "/" }
func (p *portal) leadURL(id string) string { return p.origin + "/crm/lead/details/" + id + "/" }

// Identifiers of leads and contacts among those of deals carry the prefixes Bitrix24 itself uses where several kinds stand together.
const (
	leadPrefix    = "L_"
	contactPrefix = "C_"
)

func leadRef(id string) string { return leadPrefix + id }

// entityOf tells a lead's reference from a deal's.
func entityOf(ref string) (entity, id string) {
	if id, isLead := strings.CutPrefix(ref, leadPrefix); isLead {
		return entityLead, id
	}
	return entityDeal, ref
}
