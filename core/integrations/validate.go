package integrations

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Problem is why a setting won't do, for people.
type Problem struct {
	Key  string
	Text Text
}

// maxSettingText bounds texts whose field names no bound, maxList the values of a list, maxPairs the lines of a mapping.
const (
	maxSettingText = 500
	maxList        = 500
	maxPairs       = 100
)

// Problems returns what is wrong with settings, in the order of the spec; secrets are the keys of secrets that are set. A section "" means all.
func (s Spec) Problems(section string, v Values, secrets []string) []Problem {
	var out []Problem
	all := v.WithDefaults(s)
	for _, sec := range s.Sections {
		if section != "" && sec.ID != section {
			continue
		}
		for _, f := range sec.Fields {
			if !f.ShownWhen.Holds(all) {
				continue
			}
			if text, bad := f.problem(all[f.Key], slices.Contains(secrets, f.Key)); bad {
				out = append(out, Problem{f.Key, text})
			}
		}
	}
	return out
}

// problem says what is wrong with the value of a field that is shown.
func (f *Field) problem(v Value, isSecretSet bool) (Text, bool) {
	switch f.Type {
	case FieldAuthorize, FieldNote:
		return Text{}, false
	case FieldSecret:
		if f.Required && !isSecretSet && isEmpty(v) {
			return f.missing(), true
		}
		return f.tooLong(v)
	case FieldMapping:
		return f.pairsProblem(v.Pairs)
	}
	if isEmpty(v) {
		if f.Required {
			return f.missing(), true
		}
		return Text{}, false
	}
	if len(v.List) > 1 && f.Type != FieldMulti || len(v.List) > maxList {
		return Text{"Слишком много значений", "Too many values"}, true
	}
	if text, bad := f.tooLong(v); bad {
		return text, bad
	}
	return f.typeProblem(v.List)
}

func isEmpty(v Value) bool {
	return len(v.Pairs) == 0 && !slices.ContainsFunc(v.List, func(s string) bool { return strings.TrimSpace(s) != "" })
}

func (f *Field) missing() Text {
	verb := Text{"Заполните: " + f.Title.RU, "Fill in: " + f.Title.EN}
	if f.Type == FieldSelect || f.Type == FieldMulti {
		verb = Text{"Выберите: " + f.Title.RU, "Choose: " + f.Title.EN}
	}
	return verb
}

func (f *Field) tooLong(v Value) (Text, bool) {
	most := maxSettingText
	switch {
	case f.Type == FieldSecret:
		most = 5000
	case f.Type != FieldNumber && f.Max > 0:
		most = f.Max
	}
	for _, s := range v.List {
		if utf8.RuneCountInString(s) > most {
			return Text{fmt.Sprintf("Не больше %d знаков", most), fmt.Sprintf("At most %d characters", most)}, true
		}
	}
	return Text{}, false
}

func (f *Field) typeProblem(list []string) (Text, bool) {
	first := strings.TrimSpace(list[0])
	switch f.Type {
	case FieldURL:
		u, err := url.Parse(first)
		if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil {
			return Text{"Нужен адрес вида https://company.example.ru", "An address is needed, like https://company.example.com"}, true
		}
	case FieldNumber:
		n, err := strconv.Atoi(first)
		if err != nil || n < f.Min || f.Max > 0 && n > f.Max {
			return Text{fmt.Sprintf("Нужно целое число от %d до %d", f.Min, f.Max), fmt.Sprintf("A whole number from %d to %d is needed", f.Min, f.Max)}, true
		}
	case FieldSwitch:
		if first != "true" && first != "false" {
			return Text{"Нужно true или false", "true or false is needed"}, true
		}
	case FieldSelect, FieldMulti:
		return f.choiceProblem(list)
	case FieldTemplate:
		return templateProblem(list[0])
	}
	return Text{}, false
}

func (f *Field) choiceProblem(list []string) (Text, bool) {
	if len(f.Options) == 0 { // choices of a source are checked by who knows them
		return Text{}, false
	}
	for _, s := range list {
		if !slices.ContainsFunc(f.Options, func(o Option) bool { return o.Value == s }) {
			return Text{fmt.Sprintf("Нет такого варианта: %s", s), fmt.Sprintf("There is no such choice: %s", s)}, true
		}
	}
	return Text{}, false
}

func (f *Field) pairsProblem(pairs []Pair) (Text, bool) {
	if f.Required && len(pairs) == 0 {
		return f.missing(), true
	}
	if len(pairs) > maxPairs {
		return Text{"Слишком много строк", "Too many lines"}, true
	}
	seen := map[string]bool{}
	for _, p := range pairs {
		switch {
		case strings.TrimSpace(p.Field) == "":
			return Text{"Выберите поле в каждой строке", "Choose a field in every line"}, true
		case seen[p.Field]:
			return Text{"Поле выбрано дважды", "A field is chosen twice"}, true
		case utf8.RuneCountInString(p.Template) > max(f.Max, maxSettingText):
			return Text{"Слишком длинное значение", "A value is too long"}, true
		}
		seen[p.Field] = true
		if text, bad := templateProblem(p.Template); bad {
			return text, true
		}
	}
	return Text{}, false
}
