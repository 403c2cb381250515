package emulator

import (
	"slices"
	"strconv"
	"strings"

	"github.com/skvoz/skvoz/internal/emulation"
)

// shown is how many rows of a table people see.
const shown = 200

// tableOf shows the newest rows first.
func tableOf[T any](name, title string, columns []string, rows []T, cells func(T) []string) emulation.Table {
	out := emulation.Table{Name: name, Title: title, Columns: columns, Rows: [][]string{}}
	for _, row := range slices.Backward(rows) {
		if len(out.Rows) == shown {
			break
		}
		out.Rows = append(out.Rows, cells(row))
	}
	return out
}

// Tables show leads, contacts and all else that can be looked at, newest first.
func (s *Server) Tables() []emulation.Table {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.state
	return []emulation.Table{
		tableOf("leads", "Сделки", []string{"ID", "Название", "Воронка", "Этап", "Бюджет", "Контакты", "Теги", "Источник", "Ответственный", "Создана", "Изменена"}, st.leads.rows, s.leadRow),
		tableOf("contacts", "Контакты", []string{"ID", "Имя", "Телефоны", "E-mail", "Сделки"}, st.contacts.rows, s.contactRow),
		tableOf("notes", "Примечания", []string{"ID", "Карточка", "Тип", "Текст", "Создано"}, st.notes.rows, func(n *Note) []string {
			text, _ := n.Params["text"].(string)
			return []string{itoa(n.ID), n.Entity.one() + " " + itoa(n.EntityID), n.Type, text, when(n.CreatedAt)}
		}),
		tableOf("unsorted", "Неразобранное", []string{"UID", "Вид", "Источник", "Сделка", "Состояние", "Создано"}, st.unsorted, func(u *Unsorted) []string {
			return []string{u.UID, u.Category, u.SourceName, itoa(u.LeadID), u.State, when(u.CreatedAt)}
		}),
		s.stagesTable(),
		tableOf("users", "Сотрудники", []string{"ID", "Имя", "E-mail", "Администратор", "Активен"}, st.users, func(u *User) []string {
			return []string{itoa(u.ID), u.Name, u.Email, yes(u.Admin), yes(u.Active)}
		}),
		tableOf("webhooks", "Вебхуки", []string{"ID", "Адрес", "События", "Отключён"}, s.hooks.hooks, func(h *Webhook) []string {
			return []string{itoa(h.ID), h.Destination, strings.Join(h.Settings, ", "), yes(h.Disabled)}
		}),
		tableOf("deliveries", "Отправки вебхуков", []string{"№", "Адрес", "Ответы", "Состояние", "Следующая попытка", "Тело"}, s.hooks.deliveries, deliveryRow),
		tableOf("popups", "Карточки звонков", []string{"Телефон", "Сотрудники", "Когда"}, st.popups, func(p Popup) []string {
			return []string{p.Phone, ids(p.Users), when(p.At)}
		}),
	}
}

func (s *Server) leadRow(l *Lead) []string {
	p := s.state.pipeline(l.PipelineID)
	stage := p.status(l.StatusID).Name
	if l.Deleted {
		stage = "удалена"
	}
	var contacts []string
	for _, c := range l.Contacts {
		contacts = append(contacts, s.state.contacts.byID[c.ID].Name)
	}
	return []string{
		itoa(l.ID), l.Name, p.Name, stage, itoa(l.Price), strings.Join(contacts, ", "), strings.Join(l.TagNames(), ", "), l.Field("UTM_SOURCE"),
		s.userName(l.ResponsibleUserID), when(l.CreatedAt), when(l.UpdatedAt),
	}
}

func (s *Server) contactRow(p *Contact) []string {
	return []string{itoa(p.ID), p.Name, strings.Join(p.Phones(), ", "), strings.Join(p.Emails(), ", "), ids(p.Leads)}
}

func (s *Server) stagesTable() emulation.Table {
	out := emulation.Table{Name: "stages", Title: "Воронки", Columns: []string{"ID воронки", "Воронка", "ID этапа", "Этап"}, Rows: [][]string{}}
	for _, p := range s.state.pipelines {
		for _, stage := range p.Statuses {
			out.Rows = append(out.Rows, []string{itoa(p.ID), p.Name, itoa(stage.ID), stage.Name})
		}
	}
	return out
}

func deliveryRow(d *Delivery) []string {
	statuses := make([]string, len(d.Statuses))
	for i, status := range d.Statuses {
		statuses[i] = strconv.Itoa(status)
	}
	next := ""
	if d.State == DeliveryWaiting {
		next = when(d.NextAt.Unix())
	}
	return []string{strconv.Itoa(d.Number), d.Destination, strings.Join(statuses, ", "), string(d.State), next, d.Body}
}

func (s *Server) userName(id int64) string {
	if u := s.state.user(id); u != nil {
		return u.Name
	}
	return itoa(id)
}

func ids(list []int64) string {
	out := make([]string, len(list))
	for i, id := range list {
		out[i] = itoa(id)
	}
	return strings.Join(out, ", ")
}

func yes(b bool) string {
	if b {
		return "да"
	}
	return "нет"
}
