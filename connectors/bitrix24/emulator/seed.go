package emulator

import "time"

// seed fills a new portal: three employees, two funnels, a few customers and deals with a past. The caller holds the lock.
func (s *Server) seed() {
	st, start := &s.state, s.now().Truncate(time.Second)
	for _, u := range []*user{
		{name: "Марина", lastName: "Ковалёва", email: "kovaleva@portal.example", mobile: "+7 916 000-11-01", inner: "101", position: "Руководитель", admin: true},
		{name: "Денис", lastName: "Орехов", email: "orehov@portal.example", mobile: "+7 916 000-11-02", inner: "102", position: "Менеджер"},
		{name: "Жанна", lastName: "Белых", email: "belyh@portal.example", mobile: "+7 916 000-11-03", inner: "103", position: "Менеджер"},
	} {
		u.id, u.active, u.since = st.id("user"), true, start.AddDate(-1, 0, 0)
		st.users = append(st.users, u)
	}
	st.categories = []*category{{id: 0, name: "Общая", sort: 300}}
	s.addStages("DEAL_STAGE", "", 0)
	s.addCategory("Повторные продажи")
	s.seedBooks()
	s.seedDeals(start)
}

func (s *Server) seedBooks() {
	for i, v := range []status{
		{code: "NEW", name: "Не обработан", color: "#39A8EF", system: true},
		{code: "IN_PROCESS", name: "В работе", color: "#2FC6F6"},
		{code: "PROCESSED", name: "Обработан", color: "#55D0E0"},
		{code: "CONVERTED", name: "Качественный лид", color: "#7BD500", semantics: "S", system: true},
		{code: "JUNK", name: "Некачественный лид", color: "#FF5752", semantics: "F", system: true},
	} {
		v.sort = 10 * (i + 1)
		s.addStatus("STATUS", v)
	}
	for i, v := range []status{
		{code: "CALL", name: "Звонок"},
		{code: "EMAIL", name: "Электронная почта"},
		{code: "WEB", name: "Веб-сайт"},
		{code: "ADVERTISING", name: "Реклама"},
		{code: "PARTNER", name: "Существующий клиент"},
		{code: "RECOMMENDATION", name: "По рекомендации"},
		{code: "TRADE_SHOW", name: "Выставка"},
		{code: "WEBFORM", name: "CRM-форма"},
		{code: "CALLBACK", name: "Обратный звонок"},
		{code: "RC_GENERATOR", name: "Генератор продаж"},
		{code: "STORE", name: "Интернет-магазин"},
		{code: "OTHER", name: "Другое"},
	} {
		v.sort, v.system = 10*(i+1), true
		s.addStatus("SOURCE", v)
	}
	for i, v := range []status{{code: "SALE", name: "Продажа"}, {code: "COMPLEX", name: "Комплексная продажа"}, {code: "SERVICES", name: "Сервисное обслуживание"}} {
		v.sort = 10 * (i + 1)
		s.addStatus("DEAL_TYPE", v)
	}
}

// seedStep is a stage a deal came to, so many days ago.
type seedStep struct {
	stage string
	days  int
}

func (s *Server) seedDeals(start time.Time) {
	who := actor{user: 2, base: s.base} // no context: there is no application yet that could be told
	for _, d := range []struct {
		title, name, phone, email string
		sum                       float64
		category                  int
		steps                     []seedStep
	}{
		{"Кухня «Верона»", "Ольга Ветрова", "+7 916 123-45-01", "vetrova@mail.example", 184000, 0, []seedStep{{"NEW", 12}, {"PREPARATION", 10}, {"EXECUTING", 6}, {"WON", 2}}},
		{"Шкаф-купе в прихожую", "Игорь Дроздов", "+7 925 123-45-02", "drozdov@mail.example", 67500, 0, []seedStep{{"NEW", 8}, {"PREPARATION", 5}}},
		{"Гардеробная", "Светлана Юдина", "8 (903) 123-45-03", "", 92000, 0, []seedStep{{"NEW", 3}}},
		{"Столешница, замена", "Ольга Ветрова", "+7 916 123-45-01", "", 21000, 1, []seedStep{{"C1:NEW", 4}, {"C1:LOSE", 1}}},
	} {
		contact, err := s.contactOf(s.state.tables[contactType], NewDeal{Name: d.name, Phone: d.phone, Email: d.email}, who, start.AddDate(0, 0, -d.steps[0].days))
		if err != nil {
			continue
		}
		deals := s.state.tables[dealType]
		in := input{"TITLE": d.title, "OPPORTUNITY": d.sum, "CATEGORY_ID": d.category, "CONTACT_ID": contact.id, "SOURCE_ID": "CALL"}
		r, _ := s.add(deals, in, who)
		s.backdate(deals, r, start.AddDate(0, 0, -d.steps[0].days))
		for _, step := range d.steps[1:] {
			_ = s.change(deals, r, input{"STAGE_ID": step.stage}, who)
		}
		lines := s.state.historyOf[[2]int{dealType, r.id}]
		for i, step := range d.steps {
			lines[i].at = start.AddDate(0, 0, -step.days)
		}
		last := lines[len(lines)-1].at
		for _, name := range []string{"DATE_MODIFY", "MOVED_TIME", "LAST_ACTIVITY_TIME"} {
			r.vals[name] = last
		}
	}
	leads := s.state.tables[leadType]
	in := input{"TITLE": "Вопрос о доставке", "NAME": "Пётр", "PHONE": list(obj("VALUE", "+7 985 123-45-04", "VALUE_TYPE", "WORK")), "SOURCE_ID": "WEB"}
	lead := leads.insert()
	s.write(leads, lead, in, who, true)
	for name, v := range map[string]any{"CREATED_BY_ID": 1, "ASSIGNED_BY_ID": 2, "OPENED": "Y", "OPPORTUNITY": 0.0, "CURRENCY_ID": "RUB", "DATE_MODIFY": start.AddDate(0, 0, -1)} {
		lead.vals[name] = v
	}
	s.backdate(leads, lead, start.AddDate(0, 0, -1))
}
