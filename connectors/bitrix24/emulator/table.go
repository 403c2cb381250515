package emulator

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// record is a lead, deal, contact or company. Values are string, int, float64 and time.Time by the field's kind; an absent one is unset.
type record struct {
	id    int
	vals  map[string]any
	multi map[string][]multi
	// contacts of a deal or lead; the first one is not always the primary one.
	contacts []binding
}

// multi is one phone, e-mail and so on of a record.
type multi struct {
	id               int
	valueType, value string
}

type binding struct {
	contact, sort int
	primary       bool
}

// table is all records of one kind, with the indexes lists and the search for duplicates need.
type table struct {
	*entity
	rows     []*record // by id
	byID     map[int]*record
	byOrigin map[string]map[int]bool
	byComm   map[string]map[int]bool
	// byContact leads from contacts to the records bound to them.
	byContact map[int]map[int]bool
	lastID    int
	created   int
}

func newTable(e *entity) *table {
	return &table{
		entity: e, byID: map[int]*record{}, byOrigin: map[string]map[int]bool{}, byComm: map[string]map[int]bool{}, byContact: map[int]map[int]bool{},
	}
}

func (t *table) insert() *record {
	t.lastID++
	t.created++
	r := &record{id: t.lastID, vals: map[string]any{"ID": t.lastID}, multi: map[string][]multi{}}
	t.rows = append(t.rows, r)
	t.byID[r.id] = r
	return r
}

func (t *table) remove(r *record) {
	t.unindex(r)
	delete(t.byID, r.id)
	if i, found := t.position(r.id); found {
		t.rows = slices.Delete(t.rows, i, i+1)
	}
}

func (t *table) position(id int) (int, bool) {
	return slices.BinarySearchFunc(t.rows, id, func(r *record, id int) int { return cmp.Compare(r.id, id) })
}

// index and unindex surround every change of a record.
func (t *table) index(r *record) {
	mark(t.byOrigin, r.text("ORIGIN_ID"), r.id)
	for _, key := range r.commKeys() {
		mark(t.byComm, key, r.id)
	}
	for _, b := range r.contacts {
		mark(t.byContact, b.contact, r.id)
	}
}

func (t *table) unindex(r *record) {
	unmark(t.byOrigin, r.text("ORIGIN_ID"), r.id)
	for _, key := range r.commKeys() {
		unmark(t.byComm, key, r.id)
	}
	for _, b := range r.contacts {
		unmark(t.byContact, b.contact, r.id)
	}
}

func mark[K comparable](index map[K]map[int]bool, key K, id int) {
	if index[key] == nil {
		index[key] = map[int]bool{}
	}
	index[key][id] = true
}

func unmark[K comparable](index map[K]map[int]bool, key K, id int) {
	delete(index[key], id)
	if len(index[key]) == 0 {
		delete(index, key)
	}
}

// pick returns the records of an index entry by id.
func (t *table) pick(ids map[int]bool) []*record {
	out := make([]*record, 0, len(ids))
	for id := range ids {
		out = append(out, t.byID[id])
	}
	slices.SortFunc(out, func(a, b *record) int { return cmp.Compare(a.id, b.id) })
	return out
}

func (r *record) text(name string) string {
	s, _ := r.vals[name].(string)
	return s
}

func (r *record) int(name string) int {
	n, _ := r.vals[name].(int)
	return n
}

func (r *record) time(name string) time.Time {
	t, _ := r.vals[name].(time.Time)
	return t
}

func (r *record) float(name string) float64 {
	f, _ := r.vals[name].(float64)
	return f
}

// commKeys are the entries of a record in the index of duplicates.
func (r *record) commKeys() []string {
	var keys []string
	for _, kind := range []string{"PHONE", "EMAIL"} {
		for _, m := range r.multi[kind] {
			if code := duplicateCode(kind, m.value); code != "" {
				keys = append(keys, kind+"|"+code)
			}
		}
	}
	return keys
}

func (r *record) primaryContact() int {
	for _, b := range r.contacts {
		if b.primary {
			return b.contact
		}
	}
	return 0
}

// setValue stores a value as it came from outside; what makes no sense for the kind becomes empty.
func (r *record) setValue(f *field, v any) {
	s := text(v)
	if s == "" && f.kind != kindChar {
		delete(r.vals, f.name)
		return
	}
	switch f.kind {
	case kindInt, kindLink:
		r.vals[f.name] = whole(v)
	case kindDouble:
		number, _, _ := strings.Cut(s, "|") // money fields are written 100|RUB
		amount, _ := strconv.ParseFloat(strings.ReplaceAll(number, ",", "."), 64)
		r.vals[f.name] = amount
	case kindChar:
		r.vals[f.name] = char(yes(v))
	case kindDatetime, kindDate:
		if at, ok := readTime(s); ok {
			r.vals[f.name] = at
		}
	default:
		r.vals[f.name] = s
	}
}

func char(b bool) string {
	if b {
		return "Y"
	}
	return "N"
}

// classic is a value as crm.deal.get shows it: nearly everything is a string.
func (r *record) classic(f *field) any {
	v, set := r.vals[f.name]
	if f.kind == kindMulti {
		return r.classicMulti(f.name)
	}
	if !set {
		switch f.kind {
		case kindDatetime, kindDate:
			return ""
		}
		return nil
	}
	switch v := v.(type) {
	case float64:
		return strconv.FormatFloat(v, 'f', 2, 64)
	case time.Time:
		return stamp(v)
	}
	return text(v)
}

func (r *record) classicMulti(name string) *arr {
	out := &arr{}
	for _, m := range r.multi[name] {
		out.push(obj("ID", strconv.Itoa(m.id), "VALUE_TYPE", m.valueType, "VALUE", m.value, "TYPE_ID", name))
	}
	return out
}

// modern is a value as crm.item.get shows it: numbers are numbers.
func (r *record) modern(f *field) any {
	v, set := r.vals[f.name]
	switch {
	case !set && f.kind == kindLink:
		return 0
	case !set:
		return nil
	}
	if at, ok := v.(time.Time); ok {
		return stamp(at)
	}
	return v
}

func (r *record) modernMulti() *arr {
	out := &arr{}
	for _, name := range []string{"PHONE", "EMAIL", "WEB", "IM"} {
		for _, m := range r.multi[name] {
			out.push(obj("id", m.id, "typeId", name, "valueType", m.valueType, "value", m.value))
		}
	}
	return out
}
