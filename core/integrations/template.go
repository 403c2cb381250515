package integrations

import (
	"fmt"
	"strings"

	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/visits"
)

// Variable stands between double braces in a template.
type Variable struct {
	Name    string
	Title   Text
	Example string

	value func(Subject) string
}

// Variables returns what templates may contain, in the order people are shown it.
func Variables() []Variable {
	return []Variable{
		{"contact", Text{"Имя, телефон или e-mail", "Name, phone or e-mail"}, "Анна", contactOf},
		{"name", Text{"Имя", "Name"}, "Анна", func(s Subject) string { return s.Communication.Name }},
		{"phone", Text{"Телефон", "Phone"}, "79262444393", func(s Subject) string { return string(s.Communication.Phone) }},
		{"email", Text{"E-mail", "E-mail"}, "anna@example.ru", func(s Subject) string { return string(s.Communication.Email) }},
		{"goal", Text{"Цель", "Goal"}, "Заказ обратного звонка", func(s Subject) string { return s.Goal.Name }},
		{"site", Text{"Сайт", "Site"}, "shop.example.ru", func(s Subject) string { return s.Site }},
		{"page", Text{"Адрес страницы", "Address of the page"}, "https://shop.example.ru/order", func(s Subject) string { return s.Communication.PageURL }},
		{"message", Text{"Текст заявки", "Text of the request"}, "Перезвоните после шести", func(s Subject) string { return s.Communication.Message }},
		{"channel", Text{"Канал", "Channel"}, "Платные клики", func(s Subject) string { return labels(s).Channel }},
		{"source", Text{"Источник", "Source"}, "yandex", func(s Subject) string { return labels(s).Source }},
		{"campaign", Text{"Рекламная кампания", "Advertising campaign"}, "Кухни, Москва", func(s Subject) string { return labels(s).Campaign }},
		{"referrer", Text{"Откуда перешёл", "Referrer"}, "https://yandex.ru/", func(s Subject) string { return labels(s).Referrer }},
		{"utm_source", Text{"utm_source", "utm_source"}, "yandex", func(s Subject) string { return labels(s).UTM.Source }},
		{"utm_medium", Text{"utm_medium", "utm_medium"}, "cpc", func(s Subject) string { return labels(s).UTM.Medium }},
		{"utm_campaign", Text{"utm_campaign", "utm_campaign"}, "kitchens", func(s Subject) string { return labels(s).UTM.Campaign }},
		{"utm_term", Text{"utm_term", "utm_term"}, "кухни на заказ", func(s Subject) string { return labels(s).UTM.Term }},
		{"utm_content", Text{"utm_content", "utm_content"}, "banner-2", func(s Subject) string { return labels(s).UTM.Content }},
		{"visitor_id", Text{"ID посетителя", "Visitor's id"}, "4912873645102938", func(s Subject) string { return number(int64(s.Communication.VisitorID)) }},
		{"session_id", Text{"ID визита", "Session's id"}, "2918273645102931", func(s Subject) string { return number(int64(s.Communication.SessionID)) }},
		{"communication_id", Text{"ID обращения", "Communication's id"}, "771829364510", func(s Subject) string { return number(int64(s.Communication.ID)) }},
		{"card_url", Text{"Ссылка на карточку посетителя", "Link to the visitor's card"}, "https://stat.example.ru/visitors/4912873645102938", func(s Subject) string { return s.CardURL }},
	}
}

func contactOf(s Subject) string {
	for _, text := range []string{s.Communication.Name, string(s.Communication.Phone), string(s.Communication.Email)} {
		if text != "" {
			return text
		}
	}
	return ""
}

func number(id int64) string {
	if id == 0 {
		return ""
	}
	return fmt.Sprint(id)
}

// channelNames are the channels as the cabinet names them in Russian, the language of the CRMs.
var channelNames = map[visits.Channel]string{
	visits.ChannelDisplay: "Медийная реклама", visits.ChannelPaid: "Платные клики", visits.ChannelAffiliate: "Партнёры", visits.ChannelMessenger: "Мессенджеры",
	visits.ChannelSocial: "Соцсети", visits.ChannelEmail: "Рассылки", visits.ChannelOrganic: "Поиск", visits.ChannelInternal: "Внутренние переходы",
	visits.ChannelRecommendation: "Рекомендации", visits.ChannelCashed: "Сохранённые копии", visits.ChannelReferral: "Ссылки на сайтах", visits.ChannelDirect: "Прямые заходы",
}

// labels are those of the visit the communication belongs to.
func labels(s Subject) SourceLabels { return labelsOf(&s.Communication) }

func labelsOf(c *comms.Communication) SourceLabels {
	out := SourceLabels{Page: c.PageURL}
	if c.Campaign != nil {
		out.Campaign = c.Campaign.Name
	}
	if t := c.Source; t != nil {
		out.Channel, out.Source, out.Referrer = channelNames[t.Channel], t.Source, t.Referrer
		if t.Medium != "" || t.Campaign != "" { // else the source was recognised, not labelled
			out.UTM.Source, out.UTM.Medium, out.UTM.Campaign, out.UTM.Term, out.UTM.Content = t.Source, t.Medium, t.Campaign, t.Term, t.Content
		}
	}
	return out
}

// templateProblem says what is wrong with a template.
func templateProblem(template string) (Text, bool) {
	for rest := template; ; {
		_, after, found := strings.Cut(rest, "{{")
		if !found {
			return Text{}, false
		}
		name, tail, closed := strings.Cut(after, "}}")
		if !closed {
			return Text{"Не закрыты скобки {{", "The braces {{ are not closed"}, true
		}
		if _, ok := variable(name); !ok {
			return Text{fmt.Sprintf("Нет такой подстановки: {{%s}}", name), fmt.Sprintf("There is no such variable: {{%s}}", name)}, true
		}
		rest = tail
	}
}

func variable(name string) (Variable, bool) {
	name = strings.TrimSpace(name)
	for _, v := range Variables() {
		if v.Name == name {
			return v, true
		}
	}
	return Variable{}, false
}

// Fill replaces the variables of a template. Lines that have variables, all of them empty, are left out, and so are spaces that variables leave behind.
func Fill(template string, s Subject) string {
	var out []string
	for line := range strings.SplitSeq(template, "\n") {
		text, hadVariables, hadValue := fillLine(line, s)
		if hadVariables && !hadValue {
			continue
		}
		out = append(out, strings.Join(strings.Fields(text), " "))
	}
	return strings.Trim(strings.Join(out, "\n"), "\n ")
}

func fillLine(line string, s Subject) (text string, hadVariables, hadValue bool) {
	var b strings.Builder
	for rest := line; ; {
		before, after, found := strings.Cut(rest, "{{")
		b.WriteString(before)
		name, tail, closed := strings.Cut(after, "}}")
		if !found || !closed {
			if found {
				b.WriteString("{{" + after)
			}
			return b.String(), hadVariables, hadValue
		}
		hadVariables = true
		if v, ok := variable(name); ok {
			value := v.value(s)
			hadValue = hadValue || value != ""
			b.WriteString(value)
		}
		rest = tail
	}
}
