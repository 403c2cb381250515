package emulator

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/skvoz/skvoz/internal/emulation"
)

// Actions are what people at the portal do.
func (s *Server) Actions() []emulation.Action {
	done := func(err error) (any, error) { return "готово", err }
	do := func(name, title string, run func(ctx context.Context, v map[string]string) (any, error), params ...emulation.Param) emulation.Action {
		return emulation.Action{Name: name, Title: title, Params: params, Do: run}
	}
	number := func(v map[string]string, name string) int { return whole(v[name]) }
	id := emulation.Param{Name: "id", Title: "Номер"}
	count := emulation.Param{Name: "count", Title: "Сколько", Default: "1"}
	return []emulation.Action{
		do("install_app", "Установить локальное приложение", s.installAction,
			emulation.Param{Name: "handler", Title: "Путь для первоначальной установки"}, optional("redirect", "Адрес возврата после авторизации"),
			emulation.Param{Name: "finish", Title: "Установка завершена (Y/N)", Default: "Y"}),
		do("finish_install", "Завершить установку", func(context.Context, map[string]string) (any, error) { s.FinishInstall(); return done(nil) }),
		do("uninstall_app", "Удалить приложение", func(ctx context.Context, _ map[string]string) (any, error) { return done(s.UninstallApp(ctx)) }),
		do("move_deal", "Передвинуть сделку", func(ctx context.Context, v map[string]string) (any, error) {
			sum, err := amount(v["sum"])
			if err != nil {
				return nil, err
			}
			return done(s.MoveDeal(ctx, number(v, "id"), trim(v["stage"]), sum))
		}, id, emulation.Param{Name: "stage", Title: "Стадия", Default: "WON"}, optional("sum", "Сумма")),
		do("create_deal", "Создать сделку", s.createAction,
			emulation.Param{Name: "title", Title: "Название", Default: "Сделка от руки"}, emulation.Param{Name: "sum", Title: "Сумма", Default: "10000"},
			emulation.Param{Name: "category", Title: "Воронка", Default: "0"}, optional("stage", "Стадия"), optional("name", "Имя контакта"),
			optional("phone", "Телефон"), optional("email", "E-mail"), emulation.Param{Name: "minutes_ago", Title: "Создана минут назад", Default: "0"}),
		do("delete_deal", "Удалить сделку", func(ctx context.Context, v map[string]string) (any, error) {
			return done(s.DeleteDeal(ctx, number(v, "id")))
		}, id),
		do("convert_lead", "Превратить лид в сделку", func(ctx context.Context, v map[string]string) (any, error) {
			deal, err := s.ConvertLead(ctx, number(v, "id"))
			return map[string]int{"deal": deal}, err
		}, id),
		do("add_user", "Принять сотрудника", func(_ context.Context, v map[string]string) (any, error) {
			return map[string]int{"id": s.AddUser(trim(v["name"]), trim(v["last_name"]), trim(v["email"]), trim(v["extension"]))}, nil
		}, emulation.Param{Name: "name", Title: "Имя", Default: "Новый"}, emulation.Param{Name: "last_name", Title: "Фамилия", Default: "Сотрудник"},
			optional("email", "E-mail"), optional("extension", "Внутренний номер")),
		do("deactivate_user", "Уволить сотрудника", func(_ context.Context, v map[string]string) (any, error) {
			return done(s.DeactivateUser(number(v, "id")))
		}, id),
		do("add_category", "Добавить воронку", func(_ context.Context, v map[string]string) (any, error) {
			return map[string]int{"id": s.AddCategory(v["name"])}, nil
		}, emulation.Param{Name: "name", Title: "Название", Default: "Новая воронка"}),
		do("rename_stage", "Переименовать стадию", func(_ context.Context, v map[string]string) (any, error) {
			return done(s.RenameStage(trim(v["stage"]), trim(v["name"])))
		},
			emulation.Param{Name: "stage", Title: "Стадия"}, emulation.Param{Name: "name", Title: "Название"}),
		do("revoke_access", "Отозвать доступ", func(context.Context, map[string]string) (any, error) { s.RevokeAccess(); return done(nil) }),
		do("restore_webhook", "Создать вебхук заново", func(context.Context, map[string]string) (any, error) { s.RestoreWebhook(); return done(nil) }),
		do("expire_access_token", "Пусть ключи доступа истекут", func(context.Context, map[string]string) (any, error) { s.ExpireAccessTokens(); return done(nil) }),
		do("unpaid", "Тариф не оплачен", func(_ context.Context, v map[string]string) (any, error) {
			s.SetUnpaid(v["state"] == "on")
			return done(nil)
		},
			emulation.Param{Name: "state", Title: "on или off", Default: "on"}),
		do("lose_events", "Потерять следующие события", func(_ context.Context, v map[string]string) (any, error) {
			s.LoseEvents(number(v, "count"))
			return done(nil)
		}, count),
		do("duplicate_event", "Прислать следующие события дважды", func(_ context.Context, v map[string]string) (any, error) {
			s.DuplicateEvents(number(v, "count"))
			return done(nil)
		}, count),
		do("reorder_events", "Прислать следующие события в обратном порядке", func(_ context.Context, v map[string]string) (any, error) {
			s.ReorderEvents(number(v, "count"))
			return done(nil)
		}, emulation.Param{Name: "count", Title: "Сколько", Default: "2"}),
		do("set_mode", "Режим CRM", func(_ context.Context, v map[string]string) (any, error) {
			if mode := Mode(v["mode"]); mode != Classic && mode != Simple {
				return nil, errors.New("режим: classic или simple")
			}
			s.SetMode(Mode(v["mode"]))
			return done(nil)
		}, emulation.Param{Name: "mode", Title: "classic или simple", Default: "classic"}),
	}
}

func optional(name, title string) emulation.Param {
	return emulation.Param{Name: name, Title: title, Optional: true}
}

func (s *Server) installAction(ctx context.Context, v map[string]string) (any, error) {
	done, err := s.InstallApp(ctx, Install{Handler: trim(v["handler"]), Redirect: trim(v["redirect"]), Unfinished: v["finish"] == "N"})
	return map[string]string{"answer": done.Answer}, err
}

func (s *Server) createAction(ctx context.Context, v map[string]string) (any, error) {
	sum, err := amount(v["sum"])
	if err != nil {
		return nil, err
	}
	id, err := s.CreateDeal(ctx, NewDeal{
		Title: trim(v["title"]), Sum: sum, Category: whole(v["category"]), Stage: trim(v["stage"]), Name: trim(v["name"]), Phone: trim(v["phone"]),
		Email: trim(v["email"]), Ago: time.Duration(whole(v["minutes_ago"])) * time.Minute,
	})
	return map[string]int{"id": id}, err
}

func amount(s string) (float64, error) {
	if s = trim(s); s == "" {
		return 0, nil
	}
	sum, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0, errors.New("сумма — число, например 10000.50")
	}
	return sum, nil
}
