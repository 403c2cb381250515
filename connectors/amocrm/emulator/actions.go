package emulator

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/skvoz/skvoz/internal/emulation"
)

// values are what a person typed into the form of an action.
type values map[string]string

// number reads a whole number; an empty one is 0.
func (v values) number(name string) (int64, error) {
	text := strings.TrimSpace(v[name])
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%s must be a whole number", name)
	}
	return n, nil
}

// numbers reads several whole numbers.
func (v values) numbers(names ...string) ([]int64, error) {
	out := make([]int64, len(names))
	for i, name := range names {
		n, err := v.number(name)
		if err != nil {
			return nil, err
		}
		out[i] = n
	}
	return out, nil
}

func action(name, title string, do func(values) (any, error), params ...emulation.Param) emulation.Action {
	return emulation.Action{Name: name, Title: title, Params: params, Do: func(_ context.Context, v map[string]string) (any, error) { return do(v) }}
}

func param(name, title, otherwise string) emulation.Param {
	return emulation.Param{Name: name, Title: title, Default: otherwise}
}

// simply makes an action of what takes nothing and can't fail.
func simply(do func()) func(values) (any, error) {
	return func(values) (any, error) {
		do()
		return object{"ok": true}, nil
	}
}

func done(err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return object{"ok": true}, nil
}

// Actions are what managers, administrators and the vendor do.
func (s *Server) Actions() []emulation.Action {
	st := s.Pipelines()[0]
	won := itoa(StatusWon)
	return append([]emulation.Action{
		action("move_lead", "Перевести сделку", s.doMoveLead,
			param("lead", "ID сделки", ""), param("pipeline", "ID воронки (0 — та же)", "0"), param("status", "ID статуса (142 — успех, 143 — отказ)", won),
			param("price", "Бюджет (-1 — не менять)", "-1")),
		action("create_lead", "Создать сделку", s.doCreateLead,
			param("name", "Название", "Новая сделка"), param("price", "Бюджет", "0"), param("pipeline", "ID воронки", itoa(st.ID)), param("status", "ID статуса (0 — первый)", "0"),
			param("contact", "Имя контакта", "Ирина Клиентова"), param("phone", "Телефон", "+79215550199"), param("email", "E-mail", "klientova@example.ru"),
			param("minutes_ago", "Создана минут назад", "0")),
		action("delete_lead", "Удалить сделку", func(v values) (any, error) {
			id, err := v.number("lead")
			if err != nil {
				return nil, err
			}
			return done(s.DeleteLead(id))
		}, param("lead", "ID сделки", "")),
		action("accept_unsorted", "Принять неразобранное", func(v values) (any, error) {
			return done(s.AcceptUnsorted(strings.TrimPrefix(v["uid"], "-")))
		},
			param("uid", "UID заявки (- — самая старая)", "-")),
		action("add_user", "Добавить сотрудника", func(v values) (any, error) {
			return object{"id": s.AddUser(v["name"], v["email"], v["admin"] == "yes")}, nil
		}, param("name", "Имя", "Олег Новиков"), param("email", "E-mail", "novikov@example.ru"), param("admin", "Администратор (yes/no)", "no")),
		action("deactivate_user", "Отключить сотрудника", func(v values) (any, error) {
			id, err := v.number("user")
			if err != nil {
				return nil, err
			}
			return done(s.DeactivateUser(id))
		}, param("user", "ID сотрудника", "")),
		action("add_pipeline", "Добавить воронку", s.doAddPipeline, param("name", "Название", "Опт"), param("stages", "Этапы через запятую", "Заявка, Расчёт, Отгрузка")),
		action("delete_pipeline", "Удалить воронку без сделок", func(v values) (any, error) {
			id, err := v.number("pipeline")
			if err != nil {
				return nil, err
			}
			return done(s.DeletePipeline(id))
		}, param("pipeline", "ID воронки", "")),
		action("rename_status", "Переименовать этап", s.doRenameStatus,
			param("pipeline", "ID воронки", itoa(st.ID)), param("status", "ID статуса", ""), param("name", "Новое название", "")),
	}, s.vendorActions()...)
}

// vendorActions are those that concern the connection.
func (s *Server) vendorActions() []emulation.Action {
	return []emulation.Action{
		action("revoke_access", "Отозвать доступ интеграции", simply(s.RevokeAccess)),
		action("restore_access", "Вернуть долгосрочный токен", simply(s.RestoreAccess)),
		action("expire_access_token", "Истечь токенам доступа", simply(s.ExpireAccessTokens)),
		action("register_redirect", "Зарегистрировать Redirect URI", func(v values) (any, error) {
			s.RegisterRedirect(v["uri"])
			return object{"ok": true}, nil
		}, param("uri", "Redirect URI", "")),
		action("ban", "Заблокировать (403 на всё)", simply(func() { s.Ban(true) })),
		action("unban", "Снять блокировку", simply(func() { s.Ban(false) })),
		action("unpaid_on", "Аккаунт не оплачен (402)", simply(func() { s.Unpaid(true) })),
		action("unpaid_off", "Аккаунт оплачен", simply(func() { s.Unpaid(false) })),
		action("lose_webhooks", "Потерять следующие вебхуки", s.counted(s.LoseWebhooks), param("count", "Сколько", "1")),
		action("duplicate_webhook", "Отправить следующие вебхуки дважды", s.counted(s.DuplicateWebhooks), param("count", "Сколько", "1")),
		action("swap_webhooks", "Два следующих вебхука в обратном порядке", simply(s.SwapWebhooks)),
	}
}

func (s *Server) counted(do func(int)) func(values) (any, error) {
	return func(v values) (any, error) {
		n, err := v.number("count")
		if err != nil {
			return nil, err
		}
		do(int(n))
		return object{"ok": true}, nil
	}
}

func (s *Server) doMoveLead(v values) (any, error) {
	n, err := v.numbers("lead", "pipeline", "status", "price")
	if err != nil {
		return nil, err
	}
	return done(s.MoveLead(n[0], n[1], n[2], n[3]))
}

func (s *Server) doCreateLead(v values) (any, error) {
	n, err := v.numbers("price", "pipeline", "status", "minutes_ago")
	if err != nil {
		return nil, err
	}
	id, err := s.CreateLead(NewLead{
		Name: v["name"], Price: n[0], PipelineID: n[1], StatusID: n[2], ContactName: v["contact"], Phone: v["phone"], Email: v["email"],
		CreatedAt: s.kit.Clock.Now().Add(-time.Duration(n[3]) * time.Minute),
	})
	if err != nil {
		return nil, err
	}
	return object{"id": id}, nil
}

func (s *Server) doAddPipeline(v values) (any, error) {
	var stages []string
	for stage := range strings.SplitSeq(v["stages"], ",") {
		if stage = strings.TrimSpace(stage); stage != "" {
			stages = append(stages, stage)
		}
	}
	id, err := s.AddPipeline(v["name"], stages...)
	if err != nil {
		return nil, err
	}
	return object{"id": id}, nil
}

func (s *Server) doRenameStatus(v values) (any, error) {
	n, err := v.numbers("pipeline", "status")
	if err != nil {
		return nil, err
	}
	return done(s.RenameStatus(n[0], n[1], v["name"]))
}
