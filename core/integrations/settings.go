package integrations

import (
	"strconv"
)

// Spec describes the settings of a driver once: for the wizard, the tabs, validation and the docs.
type Spec struct {
	// Sections are in the order of the tabs; those with IsStep are the steps of the wizard, too.
	Sections []Section
}

// Section is a group of settings: a tab, perhaps a step.
type Section struct {
	// ID is a word of letters and underscores, unique in the spec.
	ID    string
	Title Text
	Hint  Text
	// IsStep: the wizard asks for it. ChecksConnection: "next" needs a successful Connector.Test.
	IsStep           bool
	ChecksConnection bool
	Fields           []Field
}

// FieldType is how a setting is entered and what its value is.
type FieldType string

// The types of settings.
const (
	FieldText FieldType = "text"
	// FieldURL is an http(s) address; it is kept without a trailing slash.
	FieldURL FieldType = "url"
	// FieldSecret goes to the vault and is never shown again.
	FieldSecret FieldType = "secret"
	// FieldNumber is a whole number between Min and Max.
	FieldNumber FieldType = "number"
	// FieldSwitch is "true" or "false".
	FieldSwitch FieldType = "switch"
	// FieldSelect is one of Options, or of what Source lists; FieldMulti several.
	FieldSelect FieldType = "select"
	FieldMulti  FieldType = "multi"
	// FieldTemplate is a text with {{variables}} (Variables).
	FieldTemplate FieldType = "template"
	// FieldMapping are pairs: a choice of Source (the vendor's field) and a template.
	FieldMapping FieldType = "mapping"
	// FieldAuthorize is a button to the vendor's page (Driver.Authorize); it has no value.
	FieldAuthorize FieldType = "authorize"
	// FieldNote is a text to read or copy: HookURL in Hint's {{hook_url}}, the redirect address in {{redirect_url}}. It has no value.
	FieldNote FieldType = "note"
)

// Field is a setting.
type Field struct {
	// Key is a word of letters and underscores, unique in the spec.
	Key      string
	Type     FieldType
	Title    Text
	Hint     Text
	Required bool
	// Default is used until another is set; mappings have DefaultPairs.
	Default      []string
	DefaultPairs []Pair
	// Options are fixed choices. Source names choices that are asked for: of Connector.Options, or of our own with the prefix "own:" (SourceGoals).
	Options []Option
	Source  string
	// DependsOn lists fields whose value the source's choices hang on.
	DependsOn []string
	// ShownWhen hides the field unless another has one of some values; a hidden field is not required. The zero value shows it always.
	ShownWhen Condition
	// Min and Max bound numbers and the length of texts; zero Max = 500 characters or any number.
	Min, Max int
}

// Condition is true when a field has one of some values.
type Condition struct {
	Key string
	In  []string
}

// Option is a choice.
type Option struct {
	Value string
	// Title is in the vendor's words; Text replaces it where we name the choice.
	Title string
	Text  Text
	// Group is a heading above choices that belong together; it may be empty.
	Group string
}

// The sources of choices of our own.
const (
	// SourceGoals are the goals of all sites, grouped by site.
	SourceGoals = "own:goals"
	// SourceReportFunnels are the funnels read from the vendor that may appear in reports.
	SourceReportFunnels = "own:funnels"
)

// Values are settings by key. A missing key is the default.
type Values map[string]Value

// Value is the value of a setting.
type Value struct {
	// List has one text, several for FieldMulti, none when it is empty.
	List []string `json:"list,omitempty"`
	// Pairs are those of a mapping.
	Pairs []Pair `json:"pairs,omitempty"`
}

// Pair is a line of a mapping: the vendor's field and the template of its value.
type Pair struct {
	Field    string `json:"field"`
	Template string `json:"template"`
}

// Text returns the only value of a setting; empty when it is not set.
func (v Values) Text(key string) string {
	if l := v[key].List; len(l) > 0 {
		return l[0]
	}
	return ""
}

// List returns the values of a setting.
func (v Values) List(key string) []string { return v[key].List }

// Pairs returns the lines of a mapping.
func (v Values) Pairs(key string) []Pair { return v[key].Pairs }

// On reports whether a switch is on.
func (v Values) On(key string) bool { return v.Text(key) == "true" }

// Number returns a whole number; zero when it is none.
func (v Values) Number(key string) int {
	n, _ := strconv.Atoi(v.Text(key))
	return n
}

// Set sets a setting to some texts.
func (v Values) Set(key string, list ...string) { v[key] = Value{List: list} }

// WithDefaults returns the values with the defaults of a spec where nothing is set.
func (v Values) WithDefaults(s Spec) Values {
	out := make(Values, len(v))
	for key, value := range v {
		out[key] = value
	}
	for _, section := range s.Sections {
		for _, f := range section.Fields {
			if _, ok := out[f.Key]; !ok && (f.Default != nil || f.DefaultPairs != nil) {
				out[f.Key] = Value{List: f.Default, Pairs: f.DefaultPairs}
			}
		}
	}
	return out
}

// Fields returns all fields of a spec in order.
func (s Spec) Fields() []Field {
	var out []Field
	for _, section := range s.Sections {
		out = append(out, section.Fields...)
	}
	return out
}

// Field returns a field by key.
func (s Spec) Field(key string) (Field, bool) {
	for _, f := range s.Fields() {
		if f.Key == key {
			return f, true
		}
	}
	return Field{}, false
}

// Holds reports whether a condition is true of some values.
func (c Condition) Holds(v Values) bool {
	if c.Key == "" {
		return true
	}
	for _, want := range c.In {
		if v.Text(c.Key) == want {
			return true
		}
	}
	return false
}
