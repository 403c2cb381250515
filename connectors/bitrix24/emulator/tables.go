package emulator

import (
	"slices"
	"strings"

	"github.com/skvoz/skvoz/internal/emulation"
)

// shown is how many rows of a table the page shows.
const shown = 200

func trim(s string) string { return strings.TrimSpace(s) }

// Tables show the portal's state, newest rows first.
func (s *Server) Tables() []emulation.Table {
	s.mu.Lock()
	defer s.mu.Unlock()
	return []emulation.Table{
		s.recordTable("deals", "Сделки", dealType, "ID", "TITLE", "CATEGORY_ID", "STAGE_ID", "OPPORTUNITY", "CONTACT_ID", "ASSIGNED_BY_ID", "UTM_SOURCE", "UTM_CAMPAIGN", "ORIGIN_ID", "DATE_CREATE"),
		s.recordTable("leads", "Лиды", leadType, "ID", "TITLE", "STATUS_ID", "NAME", "PHONE", "EMAIL", "UTM_SOURCE", "UTM_CAMPAIGN", "ORIGIN_ID", "DATE_CREATE"),
		s.recordTable("contacts", "Контакты", contactType, "ID", "NAME", "LAST_NAME", "PHONE", "EMAIL", "DATE_CREATE"),
		newest("comments", "Комментарии", []string{"ID", "К чему", "Текст", "Когда"}, s.state.comments, func(c *Comment) []string {
			return []string{itoa(c.ID), c.EntityType + " " + itoa(c.EntityID), c.Text, stamp(c.At)}
		}),
		newest("users", "Сотрудники", []string{"ID", "Имя", "E-mail", "Внутренний номер", "Работает"}, s.state.users, func(u *user) []string {
			return []string{itoa(u.id), u.fullName(), u.email, u.inner, char(u.active)}
		}),
		newest("stages", "Стадии", []string{"Справочник", "Код", "Название", "Итог"}, s.stages(), func(st *status) []string {
			return []string{st.entity, st.code, st.name, st.semantics}
		}),
		newest("handlers", "Обработчики событий", []string{"ID", "Событие", "Адрес", "Офлайн"}, s.state.handlers, func(h *handler) []string {
			return []string{itoa(h.id), h.event, h.url, char(h.offline)}
		}),
		newest("events", "Отправленные события", []string{"Когда", "Событие", "Адрес", "Ответ"}, s.delivered, func(d Delivery) []string {
			return []string{stamp(d.At), d.Event, d.URL, d.Answer}
		}),
	}
}

func (s *Server) stages() []*status {
	var out []*status
	for _, st := range s.state.statuses {
		if st.entity == "STATUS" || strings.HasPrefix(st.entity, "DEAL_STAGE") {
			out = append(out, st)
		}
	}
	slices.Reverse(out)
	return out
}

func (s *Server) recordTable(name, title string, typeID int, columns ...string) emulation.Table {
	t := s.state.tables[typeID]
	return newest(name, title, columns, t.rows, func(r *record) []string {
		cells := make([]string, len(columns))
		for i, column := range columns {
			f := t.byName[column]
			if f.kind != kindMulti {
				cells[i] = text(r.classic(f))
				continue
			}
			for j, m := range r.multi[column] {
				if j > 0 {
					cells[i] += ", "
				}
				cells[i] += m.value
			}
		}
		return cells
	})
}

// newest shows the newest rows of a list that is kept oldest first.
func newest[T any](name, title string, columns []string, all []T, cells func(T) []string) emulation.Table {
	out := emulation.Table{Name: name, Title: title, Columns: columns, Rows: [][]string{}}
	for i := len(all) - 1; i >= 0 && len(out.Rows) < shown; i-- {
		out.Rows = append(out.Rows, cells(all[i]))
	}
	return out
}
