package emulator

import (
	"strings"
	"time"
)

// kind is the type of a field.
type kind string

const (
	kindText     kind = "string"
	kindInt      kind = "integer"
	kindDouble   kind = "double"
	kindChar     kind = "char"
	kindDatetime kind = "datetime"
	kindDate     kind = "date"
	// kindLink is the id of a contact, company or lead; absent ones are null in classic methods and 0 in crm.item.*.
	kindLink kind = "link"
	// kindMulti is a list of phones, e-mails and the like.
	kindMulti kind = "crm_multifield"
)

// field is one field of a kind of record. Name is that of the classic methods, item that of crm.item.*.
type field struct {
	name, item string
	kind       kind
	readOnly   bool
	title      string
	// user fields are UF_*: lists leave them out unless they are asked for.
	user bool
}

// entity is a kind of record: leads, deals, contacts, companies.
type entity struct {
	typeID int
	// name is the word in methods, events and ENTITY_TYPE; title makes the TITLE of records that come without one.
	name, title string
	fields      []*field
	byName      map[string]*field
	byItem      map[string]*field
}

// Entity types.
const (
	leadType    = 1
	dealType    = 2
	contactType = 3
	companyType = 4
)

// A field is NAME:kind, with ! for those that can't be written and =name where crm.item.* calls it otherwise.
const (
	commonFields = `ID:integer! DATE_CREATE:datetime!=createdTime DATE_MODIFY:datetime!=updatedTime CREATED_BY_ID:integer!=createdBy
		MODIFY_BY_ID:integer!=updatedBy ASSIGNED_BY_ID:integer OPENED:char SOURCE_ID:string SOURCE_DESCRIPTION:string COMMENTS:string
		ORIGINATOR_ID:string ORIGIN_ID:string UTM_SOURCE:string UTM_MEDIUM:string UTM_CAMPAIGN:string UTM_CONTENT:string UTM_TERM:string
		LAST_ACTIVITY_TIME:datetime! LAST_ACTIVITY_BY:integer!`
	moneyFields  = ` CURRENCY_ID:string OPPORTUNITY:double IS_MANUAL_OPPORTUNITY:char MOVED_BY_ID:integer!=movedBy MOVED_TIME:datetime!`
	personFields = ` HONORIFIC:string NAME:string SECOND_NAME:string LAST_NAME:string BIRTHDATE:date POST:string`
	multiFields  = ` HAS_PHONE:char! HAS_EMAIL:char! PHONE:crm_multifield EMAIL:crm_multifield WEB:crm_multifield IM:crm_multifield`

	leadFields = commonFields + moneyFields + personFields + multiFields + ` TITLE:string STATUS_ID:string=stageId STATUS_DESCRIPTION:string
		STATUS_SEMANTIC_ID:string!=stageSemanticId COMPANY_TITLE:string COMPANY_ID:link CONTACT_ID:link IS_RETURN_CUSTOMER:char DATE_CLOSED:datetime!`
	dealFields = commonFields + moneyFields + ` TITLE:string TYPE_ID:string CATEGORY_ID:integer STAGE_ID:string STAGE_SEMANTIC_ID:string! PROBABILITY:integer
		TAX_VALUE:double LEAD_ID:link COMPANY_ID:link CONTACT_ID:link QUOTE_ID:link BEGINDATE:date CLOSEDATE:date CLOSED:char ADDITIONAL_INFO:string
		LOCATION_ID:string IS_NEW:char! IS_RECURRING:char IS_RETURN_CUSTOMER:char IS_REPEATED_APPROACH:char`
	contactFields = commonFields + personFields + multiFields + ` TYPE_ID:string COMPANY_ID:link LEAD_ID:link EXPORT:char`
	companyFields = commonFields + multiFields + ` TITLE:string COMPANY_TYPE:string INDUSTRY:string CURRENCY_ID:string REVENUE:double`
)

func newEntities() map[int]*entity {
	return map[int]*entity{
		leadType:    newEntity(leadType, "LEAD", "Лид #", leadFields),
		dealType:    newEntity(dealType, "DEAL", "Сделка #", dealFields),
		contactType: newEntity(contactType, "CONTACT", "", contactFields),
		companyType: newEntity(companyType, "COMPANY", "Компания #", companyFields),
	}
}

func newEntity(typeID int, name, title, specs string) *entity {
	e := &entity{typeID: typeID, name: name, title: title, byName: map[string]*field{}, byItem: map[string]*field{}}
	for spec := range strings.FieldsSeq(specs) {
		spec, item, _ := strings.Cut(spec, "=")
		name, of, _ := strings.Cut(spec, ":")
		bare := strings.TrimSuffix(of, "!")
		if item == "" {
			item = camel(name)
		}
		e.addField(&field{name: name, item: item, kind: kind(bare), readOnly: bare != of, title: name})
	}
	return e
}

func (e *entity) addField(f *field) {
	e.fields = append(e.fields, f)
	e.byName[f.name], e.byItem[f.item] = f, f
	if f.user {
		e.byItem[f.name] = f // useOriginalUfNames
	}
}

// camel turns UTM_SOURCE into utmSource and UF_CRM_17 into ufCrm_17.
func camel(name string) string {
	var out strings.Builder
	for i, part := range strings.Split(strings.ToLower(name), "_") {
		switch {
		case part == "":
		case i == 0:
			out.WriteString(part)
		case part[0] >= '0' && part[0] <= '9':
			out.WriteString("_" + part)
		default:
			out.WriteString(strings.ToUpper(part[:1]) + part[1:])
		}
	}
	return out.String()
}

// stageField is the field that holds the stage: leads call it status.
func (e *entity) stageField() (stage, semantics string) {
	switch e.typeID {
	case leadType:
		return "STATUS_ID", "STATUS_SEMANTIC_ID"
	case dealType:
		return "STAGE_ID", "STAGE_SEMANTIC_ID"
	}
	return "", ""
}

// portalZone is the portal's time zone: dates leave with +03:00.
func portalZone() *time.Location { return time.FixedZone("MSK", 3*60*60) }

func stamp(t time.Time) string { return t.In(portalZone()).Format("2006-01-02T15:04:05-07:00") }

// readTime reads a date as integrations write them; one without a zone is in the portal's.
func readTime(s string) (time.Time, bool) {
	s = strings.TrimSpace(s)
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05-0700", "2006-01-02T15:04:05", "2006-01-02 15:04:05", "02.01.2006 15:04:05", "2006-01-02", "02.01.2006"} {
		if t, err := time.ParseInLocation(layout, s, portalZone()); err == nil {
			return t.UTC().Truncate(time.Second), true
		}
	}
	return time.Time{}, false
}
