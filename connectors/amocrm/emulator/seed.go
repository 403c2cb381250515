package emulator

import (
	"fmt"
	"time"
)

const day = int64(24 * 60 * 60)

// seed is the account at the beginning: three people, two pipelines, fields for sources, and a few leads with a past.
func seed(now time.Time) *state {
	st := newState()
	st.users = []*User{
		{ID: st.id(), Name: "Марина Ковалёва", Email: "kovaleva@example.ru", Admin: true, Active: true},
		{ID: st.id(), Name: "Денис Орехов", Email: "orehov@example.ru", Active: true},
		{ID: st.id(), Name: "Жанна Белых", Email: "belyh@example.ru", Active: true},
	}
	st.addPipeline("Продажи", "Новое обращение", "Переговоры", "Договор подписан", "Ждём оплату")
	st.addPipeline("Повторные продажи", "Напоминание отправлено", "Клиент думает", "Готовим заказ")
	st.seedFields()
	st.seedCards(now.Unix())
	return st
}

var stageColors = []string{"#99ccff", "#ffff99", "#ffcc66", "#ccff66", "#f2f3f4"}

// addPipeline makes a pipeline with the system's statuses around the named ones.
func (st *state) addPipeline(name string, stages ...string) *Pipeline {
	p := &Pipeline{ID: st.id(), Name: name, Sort: int64(len(st.pipelines) + 1), Main: len(st.pipelines) == 0}
	p.Statuses = append(p.Statuses, Status{ID: st.id(), Name: "Неразобранное", Color: "#c1c1c1", Sort: 10, Type: 1})
	for i, stage := range stages {
		p.Statuses = append(p.Statuses, Status{ID: st.id(), Name: stage, Color: stageColors[i%len(stageColors)], Sort: int64(20 + 10*i)})
	}
	p.Statuses = append(p.Statuses,
		Status{ID: StatusWon, Name: "Успешно реализовано", Color: "#ccff66", Sort: 10000},
		Status{ID: StatusLost, Name: "Закрыто и не реализовано", Color: "#d5d8db", Sort: 11000})
	st.pipelines = append(st.pipelines, p)
	return p
}

func (st *state) seedFields() {
	for _, code := range []string{
		"UTM_CONTENT", "UTM_MEDIUM", "UTM_CAMPAIGN", "UTM_SOURCE", "UTM_TERM", "UTM_REFERRER", "REFERRER", "_YM_UID", "_YM_COUNTER", "GCLID", "YCLID", "FBCLID", "ROISTAT",
	} {
		st.addField(&Field{Entity: Leads, Name: lower(code), Code: code, Type: "tracking_data", Predefined: true})
	}
	for _, name := range []string{"Канал", "ID посетителя", "ID обращения"} {
		st.addField(&Field{Entity: Leads, Name: name, Type: "text"})
	}
	st.addField(&Field{Entity: Leads, Name: "Площадь, м²", Type: "numeric"})
	st.addField(&Field{Entity: Leads, Name: "Нужна доставка", Type: "checkbox"})
	st.addField(&Field{Entity: Leads, Name: "Тип клиента", Type: "select", Enums: []Enum{{Value: "Частный"}, {Value: "Компания"}}})
	for _, e := range []Entity{Contacts, Companies} {
		st.addField(&Field{Entity: e, Name: "Телефон", Code: "PHONE", Type: "multitext", Predefined: true, Enums: enums("WORK", "WORKDD", "MOB", "FAX", "HOME", "OTHER")})
		st.addField(&Field{Entity: e, Name: "Email", Code: "EMAIL", Type: "multitext", Predefined: true, Enums: enums("WORK", "PRIV", "OTHER")})
	}
	st.addField(&Field{Entity: Contacts, Name: "Должность", Code: "POSITION", Type: "text", Predefined: true})
	st.addField(&Field{Entity: Contacts, Name: "ID посетителя", Type: "text"})
	st.addField(&Field{Entity: Companies, Name: "Web", Code: "WEB", Type: "url", Predefined: true})
	st.addField(&Field{Entity: Companies, Name: "Адрес", Code: "ADDRESS", Type: "textarea", Predefined: true})
}

func enums(codes ...string) []Enum {
	out := make([]Enum, len(codes))
	for i, code := range codes {
		out[i] = Enum{Value: code, Code: code}
	}
	return out
}

func (st *state) seedCards(now int64) {
	marina, denis, zhanna := st.users[0].ID, st.users[1].ID, st.users[2].ID
	company := st.newPerson(Companies, Card{Name: "ООО «Северный берег»", ResponsibleUserID: denis, CreatedBy: marina, CreatedAt: now - 40*day})
	company.Fields = []FieldValue{st.text(Companies, "PHONE", "+7 812 555-01-40")}
	st.index(&company.Card, company)
	people := make([]*Contact, 4)
	for i, p := range []struct{ name, phone, email string }{
		{"Антон Громов", "+7 (921) 555-01-11", "gromov@example.ru"},
		{"Вера Лужина", "+79215550122", "luzhina@example.ru"},
		{"Пётр Саблин", "8 921 555 01 33", ""},
		{"Инна Рябова", "+79215550144", "ryabova@example.ru"},
	} {
		people[i] = st.newPerson(Contacts, Card{Name: p.name, ResponsibleUserID: denis, CreatedBy: denis, CreatedAt: now - int64(21-5*i)*day})
		people[i].Fields = []FieldValue{st.text(Contacts, "PHONE", p.phone)}
		if p.email != "" {
			people[i].Fields = append(people[i].Fields, st.text(Contacts, "EMAIL", p.email))
		}
		st.index(&people[i].Card, people[i])
	}
	st.link(people[0], company)
	main, again := st.pipelines[0], st.pipelines[1]
	st.seedLead(main, "Кухня по проекту", 184000, people[0], denis, now-20*day, main.Statuses[2].ID, main.Statuses[3].ID, StatusWon)
	st.seedLead(main, "Шкаф-купе", 67500, people[1], zhanna, now-15*day, main.Statuses[2].ID)
	st.seedLead(main, "Стеллаж в офис", 39000, people[2], denis, now-9*day, main.Statuses[2].ID, StatusLost)
	st.seedLead(again, "Фасады к кухне", 25000, people[0], zhanna, now-3*day, again.Statuses[2].ID)
	st.seedLead(main, "Прихожая", 0, people[3], denis, now-2*day)
}

// seedLead makes a lead that went through stages, one each two days.
func (st *state) seedLead(p *Pipeline, name string, price int64, person *Contact, by, at int64, stages ...int64) {
	l := st.newLead(Card{Name: name, ResponsibleUserID: by, CreatedBy: by, CreatedAt: at}, price, p.ID, p.first())
	st.linkLead(l, person, true)
	st.index(&l.Card, nil)
	st.record("lead_added", Leads, l.ID, by, at, nil, nil)
	for i, stage := range stages {
		st.moved(l, p.ID, stage, by, at+int64(i+1)*2*day)
	}
}

// moved puts a lead to a stage and keeps that in the log.
func (st *state) moved(l *Lead, pipeline, status, by, at int64) {
	before, after := stageOf(l.PipelineID, l.StatusID), stageOf(pipeline, status)
	l.PipelineID, l.StatusID, l.UpdatedAt, l.UpdatedBy = pipeline, status, at, by
	l.ClosedAt = 0
	if closed(status) {
		l.ClosedAt = at
	}
	st.record("lead_status_changed", Leads, l.ID, by, at, []any{before}, []any{after})
}

func stageOf(pipeline, status int64) object {
	return object{"lead_status": object{"id": status, "pipeline_id": pipeline}}
}

func (st *state) record(kind string, e Entity, id, by, at int64, before, after []any) {
	st.events = append(st.events, &Event{
		ID: fmt.Sprintf("01em%022d", len(st.events)+1), Type: kind, Entity: e, EntityID: id, CreatedBy: by, CreatedAt: at, Before: before, After: after,
	})
}
