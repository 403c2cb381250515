package dataapi

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/skvoz/skvoz/core/accounts"
)

// methodsJSON is the table of the methods that are served: their parameters and the fields of lists, with the flags of the original's documentation.
//
//go:embed methods.json
var methodsJSON []byte

// kind is the type of a parameter or field.
type kind string

// The types.
const (
	kindString   kind = "string"
	kindText     kind = "text" // a string, or a number that is taken as one
	kindInteger  kind = "integer"
	kindNumber   kind = "number"
	kindBoolean  kind = "boolean"
	kindDateTime kind = "datetime"
	kindEnum     kind = "enum"
	kindStrings  kind = "strings"
	kindNumbers  kind = "numbers"
	kindObject   kind = "object"
	kindObjects  kind = "objects"
)

// param is a parameter of a method.
type param struct {
	Name     string   `json:"name"`
	Type     kind     `json:"type"`
	Required bool     `json:"required"`
	Values   []string `json:"values"`
	// Most is how many members a list may have; 0 = as many as fit.
	Most int `json:"most"`
	// Of are the members of an object, or of each object of a list.
	Of []param `json:"of"`
}

// field is a field of a list's rows.
type field struct {
	Name    string   `json:"name"`
	Type    kind     `json:"type"`
	Values  []string `json:"values"`
	Filter  bool     `json:"filter"`
	Sort    bool     `json:"sort"`
	Default bool     `json:"default"`
}

// method is a method with the work it does.
type method struct {
	name    string
	role    accounts.Role
	isLogin bool
	params  []param
	// fields are those of a list's rows; nil = the method is no list.
	fields []field
	run    work
}

// work is what a method does once the call is checked.
type work func(context.Context, *call) (any, error)

// methodEntry is a method in the table.
type methodEntry struct {
	// Role is operator, analyst or admin; without it methods that get need analyst, all others admin.
	Role   string  `json:"role"`
	Params []param `json:"params"`
	Fields []field `json:"fields"`
}

const loginMethod = "login.user"

// common are the parameters of every method but login.user, paging those of lists.
var (
	common = []param{{Name: "access_token", Type: kindString, Required: true}, {Name: "user_id", Type: kindText}}
	paging = []param{
		{Name: "limit", Type: kindInteger},
		{Name: "offset", Type: kindInteger},
		{Name: "filter", Type: kindObject},
		{Name: "sort", Type: kindObjects, Of: []param{{Name: "field", Type: kindString, Required: true}, {Name: "order", Type: kindEnum, Values: []string{"asc", "desc"}}}},
		{Name: "fields", Type: kindStrings},
	}
)

// loadMethods joins the table with the work of each method. The two belong together; where they differ the program is wrong.
func loadMethods(runs map[string]work) map[string]*method {
	return loadTable(methodsJSON, runs)
}

func loadTable(text []byte, runs map[string]work) map[string]*method {
	var table map[string]methodEntry
	if err := json.Unmarshal(text, &table); err != nil {
		panic(fmt.Sprintf("the table of methods: %v", err))
	}
	if work, known := slices.Sorted(maps.Keys(runs)), slices.Sorted(maps.Keys(table)); !slices.Equal(work, known) {
		panic(fmt.Sprintf("the table has %v, done are %v", known, work))
	}
	methods := make(map[string]*method, len(table))
	for name, entry := range table {
		m := &method{name: name, role: accounts.RoleAdmin, isLogin: name == loginMethod, params: entry.Params, fields: entry.Fields, run: runs[name]}
		if entry.Role == "operator" {
			m.role = accounts.RoleOperator
		}
		if entry.Role == "analyst" || strings.HasPrefix(name, "get.") {
			m.role = accounts.RoleAnalyst
		}
		if !m.isLogin {
			m.params = append(slices.Clone(common), m.params...)
		}
		if m.fields != nil {
			m.params = append(m.params, paging...)
		}
		methods[name] = m
	}
	return methods
}

func (m *method) roleName() string {
	if m.role == accounts.RoleAnalyst {
		return "analyst"
	}
	return "administrator"
}

func (m *method) field(name string) (field, bool) {
	i := slices.IndexFunc(m.fields, func(f field) bool { return f.Name == name })
	if i < 0 {
		return field{}, false
	}
	return m.fields[i], true
}

// defaultFields are those of rows when none are asked for: the flagged ones, or all where none is.
func (m *method) defaultFields() []string {
	var flagged, all []string
	for _, f := range m.fields {
		all = append(all, f.Name)
		if f.Default {
			flagged = append(flagged, f.Name)
		}
	}
	if flagged == nil {
		return all
	}
	return flagged
}
