// Package tally counts what emulated CRMs were made to make, person by person: how tests and benchmarks see that nothing was lost and nothing doubled.
package tally

import (
	"fmt"
	"strings"

	amocrm "github.com/skvoz/skvoz/connectors/amocrm/emulator"
	bitrix24 "github.com/skvoz/skvoz/connectors/bitrix24/emulator"
	"github.com/skvoz/skvoz/internal/emulation"
)

// Tally counts rows by the telephone number of the person they belong to, digits alone; what belongs to nobody is under "".
type Tally struct{ Contacts, Deals, Notes map[string]int }

// Of counts what stands in a CRM. It panics for one it does not know: a new emulator with deals is to be added here.
func Of(v emulation.Vendor) Tally {
	switch crm := v.(type) {
	case *amocrm.Server:
		return ofAmo(crm)
	case *bitrix24.Server:
		return ofBitrix(crm)
	}
	panic(fmt.Sprintf("what the emulator of %s holds can't be counted yet", v.Kind()))
}

func empty() Tally { return Tally{map[string]int{}, map[string]int{}, map[string]int{}} }

// Sum adds counts up.
func Sum(of map[string]int) (n int) {
	for _, v := range of {
		n += v
	}
	return n
}

func digits(phone string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, phone)
}

func ofAmo(crm *amocrm.Server) Tally {
	out := empty()
	phones, owners := map[int64]string{}, map[int64]string{}
	for _, c := range crm.Contacts() {
		for _, phone := range c.Phones() {
			phones[c.ID] = digits(phone)
		}
		out.Contacts[phones[c.ID]]++
	}
	for _, l := range crm.Leads() {
		if l.Deleted {
			continue
		}
		for _, c := range l.Contacts {
			owners[l.ID] = phones[c.ID]
		}
		out.Deals[owners[l.ID]]++
	}
	for _, n := range crm.Notes(amocrm.Leads, 0) {
		if n.Type == "service_message" {
			out.Notes[owners[n.EntityID]]++
		}
	}
	return out
}

func ofBitrix(crm *bitrix24.Server) Tally {
	out := empty()
	phones, owners := map[int]string{}, map[int]string{}
	for _, c := range crm.Contacts() {
		for _, phone := range c.Phones {
			phones[c.ID] = digits(phone)
		}
		out.Contacts[phones[c.ID]]++
	}
	for _, d := range crm.Deals() {
		for _, contact := range d.Contacts {
			owners[d.ID] = phones[contact]
		}
		out.Deals[owners[d.ID]]++
	}
	for _, c := range crm.Comments() {
		if c.EntityType == "deal" {
			out.Notes[owners[c.EntityID]]++
		}
	}
	return out
}

// Unlike names those whose count is not the one wanted, with the count there is.
func Unlike(got, want map[string]int) map[string]int {
	out := map[string]int{}
	for who, n := range want {
		if got[who] != n {
			out[who] = got[who]
		}
	}
	for who, n := range got {
		if want[who] != n {
			out[who] = n
		}
	}
	return out
}
