package amocrm

import (
	"context"
	"errors"
	"net/url"
	"time"

	"github.com/skvoz/skvoz/connectors/wire"
	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/integrations"
	"github.com/skvoz/skvoz/internal/phonenum"
)

// warnBefore is how long before its end a long-lived token is warned of.
const warnBefore = 30 * 24 * time.Hour

// account returns the account; it is remembered for some minutes.
func (c *connector) account(ctx context.Context) (*account, error) {
	if who, ok := c.memory.accounts.get(c.owner(), c.session.Clock.Now()); ok {
		return who, nil
	}
	return c.askAccount(ctx)
}

func (c *connector) askAccount(ctx context.Context) (*account, error) {
	var got account
	if err := c.do(ctx, get("/api/v4/account", url.Values{"with": {"is_api_filter_enabled"}}), &got); err != nil {
		return nil, err
	}
	if got.ID == 0 {
		return nil, &integrations.Failure{Kind: integrations.FailAnswer, Detail: "the account has no id"}
	}
	c.memory.accounts.set(c.owner(), &got, c.session.Clock.Now())
	return &got, nil
}

// Test implements integrations.Connector. What is at the address must be an account of amoCRM: a page or an unknown path there is another system.
func (c *connector) Test(ctx context.Context) (integrations.Account, error) {
	who, err := c.askAccount(ctx)
	if err != nil {
		return integrations.Account{}, c.explained(ctx, err)
	}
	out := integrations.Account{ID: id(who.ID), Name: who.Name, URL: string(c.address)}
	out.Missing = c.tokenWarnings()
	var me user
	err = c.do(ctx, get("/api/v4/users/"+id(who.CurrentUserID), nil), &me)
	switch f := integrations.AsFailure(err); {
	case f == nil:
		out.User = me.Name
	case ctx.Err() != nil:
		return integrations.Account{}, ctx.Err()
	case f.Kind != integrations.FailRight && f.Kind != integrations.FailGone:
		return integrations.Account{}, err
	}
	if !me.Rights.IsAdmin {
		out.Missing = append(out.Missing, notAdmin(integrations.CanReceiveHooks), notAdmin(integrations.CanListEmployees))
	}
	return out, nil
}

func notAdmin(what integrations.Capability) integrations.Missing {
	return integrations.Missing{Capability: what, Reason: integrations.Text{
		RU: "Подключение сделано не администратором amoCRM: пользователи и вебхуки недоступны. Изменения загружаются по расписанию.",
		EN: "Who connected it is not an administrator of amoCRM: users and webhooks are out of reach. Changes are read on schedule.",
	}}
}

// explained turns failures that mean something else at the door.
func (c *connector) explained(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	f := integrations.AsFailure(err)
	switch {
	case f.Kind == integrations.FailGone:
		f.Kind, f.Field, f.Detail = integrations.FailAddress, keyAddress, "there is no account of amoCRM at this address"
	case f.Kind == integrations.FailAnswer, errors.Is(f, errPage):
		f.Kind, f.Field, f.Detail = integrations.FailAddress, keyAddress, "what answers at this address is not amoCRM"
	case wire.IsRefused(f):
		f.Kind, f.Field, f.Detail = integrations.FailAddress, keyAddress, "nothing answers at this address"
	case f.Kind == integrations.FailKey:
		if ends, ok := c.tokenEnd(); ok && !c.session.Clock.Now().Before(ends) {
			f.Field, f.Detail = keyToken, "the token ended on "+ends.Format(time.DateOnly)
		}
	}
	return f
}

func (c *connector) tokenEnd() (time.Time, bool) {
	if c.isOAuth() {
		return time.Time{}, false
	}
	return tokenEnds(c.secrets[keyToken])
}

// tokenWarnings says when a long-lived token ends soon: nobody can renew it but a person.
func (c *connector) tokenWarnings() []integrations.Missing {
	ends, ok := c.tokenEnd()
	if !ok || ends.Sub(c.session.Clock.Now()) > warnBefore {
		return nil
	}
	day := ends.Format(time.DateOnly)
	return []integrations.Missing{{Capability: integrations.CanCreateDeals, Reason: integrations.Text{
		RU: "Долгосрочный токен действует до " + day + ". Создайте новый и замените его здесь, иначе подключение остановится.",
		EN: "The long-lived token is good until " + day + ". Make a new one and put it here, or the connection will stop.",
	}}}
}

// Employees implements integrations.Employees.
func (c *connector) Employees(ctx context.Context) ([]integrations.RemoteEmployee, error) {
	users, err := every[user](ctx, c, get("/api/v4/users", url.Values{"with": {"phone_number"}}), "users", pageSize)
	if err != nil {
		return nil, err
	}
	out := make([]integrations.RemoteEmployee, len(users))
	for i, u := range users {
		email, _ := phonenum.NormalizeEmail(u.Email)
		out[i] = integrations.RemoteEmployee{ID: id(u.ID), Name: u.Name, Email: core.Email(email), Phone: plain(u.Phone), IsActive: u.Rights.IsActive}
	}
	return out, nil
}
