package calltracking

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/sites"
)

// Limits of what one may set up.
const (
	// MaxNumbers is how many virtual numbers an account may have.
	MaxNumbers = 20_000
	// MaxNewNumbers is how many are added at a time.
	MaxNewNumbers = 1000
	// MaxPools and MaxBlocks are how many a site may have.
	MaxPools  = 100
	MaxBlocks = 50
)

func isText(s string, limit int) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= limit && !strings.ContainsFunc(s, unicode.IsControl)
}

// parseText reads a text that may be empty.
func parseText(field, text string, limit int) (string, error) {
	text = strings.TrimSpace(text)
	if !isText(text, limit) {
		return "", core.Invalid(field, "bad_text", "the text is longer than %d characters, or holds characters that can't be shown", limit)
	}
	return text, nil
}

// ParseNumber checks that a number is digits with country code, as internal/phonenum makes them. KindInvalid otherwise.
func ParseNumber(field string, p core.Phone) (core.Phone, error) {
	if n := len(p); n < 7 || n > 15 || strings.Trim(string(p), "0123456789") != "" || p[0] == '0' {
		return "", core.Invalid(field, "bad_number", "%q is not a telephone number with country code", shorten(string(p)))
	}
	return p, nil
}

func shorten(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// settle puts a number's fields in accord with its usage. KindInvalid names the field that contradicts.
func (n *VirtualNumber) settle() error {
	switch n.Usage {
	case UsageStatic:
		if n.CampaignID != 0 && n.SiteID == 0 {
			return core.Invalid("siteId", "required", "say which site's campaign the number belongs to")
		}
		if n.BlockID != 0 && n.SiteID == 0 {
			return core.Invalid("siteId", "required", "say which site's block the number is shown in")
		}
		n.PoolID, n.IsOverflow = 0, false
	case UsagePool:
		if n.PoolID == 0 {
			return core.Invalid("poolId", "required", "say which pool the number belongs to")
		}
		n.CampaignID, n.BlockID = 0, 0
	case UsageReserve:
		n.CampaignID, n.BlockID, n.PoolID, n.IsOverflow = 0, 0, 0, false
	default:
		return core.Invalid("usage", "bad_usage", "there is no usage %q", shorten(string(n.Usage)))
	}
	if n.IsDefault && n.IsTollFree() {
		return core.Invalid("isDefault", "toll_free", "an 8 800 number can't be shown as caller id")
	}
	return nil
}

// parse checks a pool and puts it into its stored form. KindInvalid names the field.
func (p *Pool) parse() (err error) {
	if p.Name, err = sites.ParseName("name", p.Name); err != nil {
		return err
	}
	if n := int(p.Hold.Seconds()); n < MinHoldSeconds || n > MaxHoldSeconds {
		return core.Invalid("holdSeconds", "out_of_range", "must be from %d to %d", MinHoldSeconds, MaxHoldSeconds)
	}
	if p.StickyDays < 0 || p.StickyDays > maxStickyDays {
		return core.Invalid("stickyDays", "out_of_range", "must be from 0 to %d", maxStickyDays)
	}
	if n := int(p.Late.Hours()); n < 0 || n > maxLateHours {
		return core.Invalid("lateHours", "out_of_range", "must be from 0 to %d", maxLateHours)
	}
	switch p.Overflow {
	case OverflowDedicated, OverflowShare, OverflowOriginal:
	default:
		return core.Invalid("overflow", "bad_overflow", "there is no way %q to go on when no number is free", shorten(string(p.Overflow)))
	}
	p.Segment, err = p.Segment.parse()
	return err
}

var (
	elementName = regexp.MustCompile(`^[^\s"'<>]{1,200}$`)
	wordingTags = strings.NewReplacer("{phone}", "", "{country}", "", "{city}", "")
)

// parse checks a block and puts it into its stored form. KindInvalid names the field.
func (b *Block) parse() (err error) {
	if b.Name, err = sites.ParseName("name", b.Name); err != nil {
		return err
	}
	b.Value = strings.TrimSpace(b.Value)
	switch b.By {
	case PlaceByNumber:
		number, err := ParseNumber("value", core.Phone(b.Value))
		if err != nil {
			return err
		}
		b.Value = string(number)
	case PlaceByID, PlaceByClass, PlaceByName:
		if !elementName.MatchString(b.Value) {
			return core.Invalid("value", "bad_value", "this can't be the %s of an element", b.By)
		}
	case PlaceBySelector:
		if b.Value == "" || !isText(b.Value, 500) {
			return core.Invalid("value", "bad_value", "write a CSS selector of at most 500 characters")
		}
	default:
		return core.Invalid("by", "bad_place", "there is no way %q to find elements", shorten(string(b.By)))
	}
	switch b.Template {
	case "":
		b.Template = TemplateText
	case TemplateText, TemplateImage:
	default:
		return core.Invalid("template", "bad_template", "there is no kind of place %q", shorten(string(b.Template)))
	}
	return b.parseWriting()
}

func (b *Block) parseWriting() (err error) {
	if b.Mask, err = parseText("mask", b.Mask, 60); err != nil {
		return err
	}
	if n := strings.Count(b.Mask, "#"); b.Mask != "" && (n < 4 || n > 15) {
		return core.Invalid("mask", "bad_mask", "write # for each digit, 4 to 15 of them: +7 (###) ###-##-##")
	}
	if b.Wording, err = parseText("wording", b.Wording, 200); err != nil {
		return err
	}
	if b.Wording != "" && !strings.Contains(b.Wording, "{phone}") {
		return core.Invalid("wording", "no_phone", "the wording must contain {phone}")
	}
	if strings.ContainsAny(wordingTags.Replace(b.Wording), "{}") {
		return core.Invalid("wording", "bad_tag", "only {phone}, {country} and {city} are filled in")
	}
	return nil
}

func notANumber(field string, n int, text string) error {
	return core.Invalid(field, "bad_number", "%s", fmt.Sprintf("line %d: %q is not a telephone number", n, shorten(text)))
}
