package dataapi

import (
	"context"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
)

// session is what login.user began.
type session struct {
	secret    string
	expiresAt time.Time
}

// login finds the caller by login and password. Where the password is right and the call is refused nevertheless, the caller is known all the same.
func (h *handler) login(ctx context.Context, c *call) error {
	args, err := reader{time.UTC}.object(c.method.params, c.raw, "")
	if err != nil {
		return err
	}
	client := accounts.Client{IP: c.ip, UserAgent: c.userAgent}
	c.session.secret, c.caller, c.session.expiresAt, err = h.Accounts.DataAPILogin(ctx, args.text("login"), args.text("password"), client)
	if err != nil && c.caller.AccountID != 0 && core.KindOf(err) == core.KindForbidden {
		c.loginRefused = err
		return nil
	}
	return err
}

func loginUser(_ context.Context, c *call) (any, error) {
	at := c.session.expiresAt.Unix()
	return map[string]any{"access_token": c.session.secret, "expire_at": at, "expire": at, "app_id": c.account()}, nil
}

func logoutUser(ctx context.Context, c *call) (any, error) {
	return done(c.h.Accounts.DataAPILogout(ctx, c.caller))
}

func getAccount(_ context.Context, c *call) (any, error) {
	a, one := c.caller.Account, 1
	c.total = &one
	return []map[string]any{{"app_id": a.ID, "name": a.Name, "timezone": a.Timezone}}, nil
}

// done answers a change that has nothing to tell.
func done(err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return struct{}{}, nil
}

// created answers with the external identifier that was sent, as the original does.
func (c *call) created(err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return map[string]any{"ext_id": c.args.text("ext_id")}, nil
}
