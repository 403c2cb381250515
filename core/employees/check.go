package employees

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/skvoz/skvoz/core"
)

const (
	maxNameLength = 100
	maxTextLength = 200
	maxLineLength = 64
)

// extensionForm is the form of extensions: 2 to 8 digits, so that none is taken for a telephone number.
var extensionForm = regexp.MustCompile(`^[0-9]{2,8}$`)

var colorForm = regexp.MustCompile(`^#[0-9a-f]{6}$`)

// IsExtension reports whether a text has the form of an extension: 2 to 8 digits.
func IsExtension(s string) bool { return extensionForm.MatchString(s) }

func optionalText(field, text string) (string, error) {
	return limitedText(field, text, maxTextLength)
}

func limitedText(field, text string, limit int) (string, error) {
	text = strings.TrimSpace(text)
	switch {
	case !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl):
		return "", core.Invalid(field, "bad_text", "the text holds characters that can't be shown")
	case utf8.RuneCountInString(text) > limit:
		return "", core.Invalid(field, "too_long", "the text is too long: at most %d characters", limit)
	}
	return text, nil
}

// checkNames reads the parts of a name.
func checkNames(e *Employee) error {
	for _, part := range []struct {
		field string
		text  *string
	}{{"lastName", &e.LastName}, {"firstName", &e.FirstName}, {"patronymic", &e.Patronymic}} {
		var err error
		if *part.text, err = limitedText(part.field, *part.text, maxNameLength); err != nil {
			return err
		}
	}
	if e.LastName == "" && e.FirstName == "" {
		return core.Invalid("lastName", "required", "give a last name or a first name")
	}
	return nil
}

// check brings a card to the form it is stored in.
func (s *Service) check(e *Employee) error {
	if err := checkNames(e); err != nil {
		return err
	}
	if raw := strings.TrimSpace(string(e.Email)); raw != "" {
		email, ok := s.ReadEmail(raw)
		if !ok {
			return core.Invalid("email", "bad_email", "%q is not an e-mail address", raw).WithValue(raw)
		}
		e.Email = core.Email(email)
	} else {
		e.Email = ""
	}
	e.Extension = strings.TrimSpace(e.Extension)
	if e.Extension != "" && !IsExtension(e.Extension) {
		return core.Invalid("extension", "bad_extension", "an extension is 2 to 8 digits").WithValue(e.Extension)
	}
	var err error
	e.Phones, err = s.checkPhones(e.Phones)
	return err
}

func (s *Service) checkPhones(phones []Phone) ([]Phone, error) {
	if len(phones) > MaxPhones {
		return nil, core.Invalid("phones", "too_many", "at most %d phones", MaxPhones)
	}
	phones = slices.Clone(phones)
	seen := map[string]bool{}
	for n := range phones {
		if err := s.checkPhone(fmt.Sprintf("phones.%d", n), &phones[n]); err != nil {
			return nil, err
		}
		if seen[phones[n].Number] {
			return nil, core.Invalid(fmt.Sprintf("phones.%d.number", n), "given_twice", "%s is given twice", phones[n].Number).WithValue(phones[n].Number)
		}
		seen[phones[n].Number] = true
	}
	return phones, nil
}

func (s *Service) checkPhone(field string, p *Phone) error {
	if p.Channels == 0 {
		p.Channels = DefaultChannels
	}
	if p.DialSeconds == 0 {
		p.DialSeconds = DefaultDialSeconds
	}
	switch {
	case p.DialSeconds < MinDialSeconds || p.DialSeconds > MaxDialSeconds:
		return core.Invalid(field+".dialSeconds", "bad_dial_seconds", "a phone is rung for %d to %d seconds", MinDialSeconds, MaxDialSeconds).WithValue(p.DialSeconds)
	case p.Channels < 1 || p.Channels > MaxChannels:
		return core.Invalid(field+".channels", "bad_channels", "a phone takes 1 to %d calls at once", MaxChannels).WithValue(p.Channels)
	}
	switch p.Kind {
	case PhoneLine:
		name, err := limitedText(field+".number", p.Number, maxLineLength)
		if err == nil && name == "" {
			err = core.Invalid(field+".number", "required", "give the line's name")
		}
		p.Number = name
		return err
	case PhoneNumber:
		digits, ok := s.ReadPhone(strings.TrimSpace(p.Number))
		if !ok {
			return core.Invalid(field+".number", "bad_phone", "%q is not a phone number", p.Number).WithValue(p.Number)
		}
		p.Number = digits
		return nil
	}
	return core.Invalid(field+".kind", "bad_kind", "a phone is a line or a number")
}

func checkColor(color string) (string, error) {
	color = strings.ToLower(strings.TrimSpace(color))
	if !colorForm.MatchString(color) {
		return "", core.Invalid("color", "bad_color", "a colour is written like #2f9e44").WithValue(color)
	}
	return color, nil
}

// taken gives a conflict without a reason that of a name that is in use.
func taken(err error, what string) error {
	var e *core.Error
	if errors.As(err, &e) && e.Kind == core.KindConflict && e.Reason == "" {
		return core.E(core.KindConflict, "there is "+what+" with this name already").WithReason("name_taken").WithField("name").WithCause(err)
	}
	return err
}
