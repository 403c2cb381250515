package deals

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
)

// references are the rows that records of an upload name.
type references struct {
	funnels   map[string]Funnel
	employees map[string]Employee
	contacts  map[string]Contact
	companies map[string]Company
	fields    map[string]FieldType
	kinds     map[core.CommunicationID]comms.Kind
}

// names gathers what records name.
type names struct {
	deals, employees, contacts, companies map[string]bool
	communications                        map[core.CommunicationID]bool
}

func newNames() names {
	return names{map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}, map[core.CommunicationID]bool{}}
}

func note[T comparable](set map[T]bool, names ...T) {
	var none T
	for _, n := range names {
		if n != none {
			set[n] = true
		}
	}
}

func list[T comparable](set map[T]bool) []T { return append([]T{}, slices.Collect(maps.Keys(set))...) }

func (n names) load(ctx context.Context, tx Tx, entity FieldEntity) (*references, error) {
	r := &references{}
	fields, err := tx.Fields(ctx, entity)
	if err != nil {
		return nil, err
	}
	r.fields = map[string]FieldType{}
	for _, f := range fields {
		r.fields[f.ExternalID] = f.DataType
	}
	if r.employees, err = known(ctx, tx.Employees, n.employees, func(e Employee) string { return e.ExternalID }); err != nil {
		return nil, err
	}
	if r.contacts, err = known(ctx, tx.Contacts, n.contacts, func(x Contact) string { return x.ExternalID }); err != nil {
		return nil, err
	}
	if r.companies, err = known(ctx, tx.Companies, n.companies, func(x Company) string { return x.ExternalID }); err != nil {
		return nil, err
	}
	if len(n.communications) > 0 {
		r.kinds, err = tx.Communications(ctx, list(n.communications))
	}
	return r, err
}

// known reads the rows of a set of external identifiers.
func known[T any](ctx context.Context, read func(context.Context, []string) ([]T, error), set map[string]bool, id func(T) string) (map[string]T, error) {
	out := make(map[string]T, len(set))
	if len(set) == 0 {
		return out, nil
	}
	rows, err := read(ctx, list(set))
	for _, row := range rows {
		out[id(row)] = row
	}
	return out, err
}

// find looks a name up; an empty one is none.
func find[T any](c *checks, in map[string]T, what, field, name string) T {
	row, ok := in[name]
	if name != "" && !ok {
		c.fail(missing(what, c.at+field, name))
	}
	return row
}

func (r *references) checkFields(c *checks, values []FieldValue) {
	for i, v := range values {
		at := fmt.Sprintf("user_fields.%d.", i)
		switch find(c, r.fields, "field", at+"ext_id", v.ExternalID) {
		case FieldNumeric:
			c.that(isNumeric(v.Value), at+"value", v.Value, "%q is no number", v.Value)
		case FieldString:
		}
	}
}

func (r *references) checkCommunication(c *checks, ref CommunicationRef) {
	if ref.ID != 0 && r.kinds[ref.ID] != ref.Kind {
		c.fail(missing("communication of this type", c.at+"communication_id", int64(ref.ID)))
	}
}
