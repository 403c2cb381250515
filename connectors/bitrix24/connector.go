package bitrix24

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/skvoz/skvoz/connectors/wire"
	"github.com/skvoz/skvoz/core/integrations"
)

// connector is an open connection to a portal.
type connector struct {
	deps    Deps
	session integrations.Session
	isApp   bool
	// site is known from the start for an application; for a web hook it is when the vault has been read.
	site portal
	// secrets are nil until they have been read.
	secrets map[string]string
	// mode is the portal's, sources are the names of its SOURCE_ID; both are asked for once.
	mode    crmMode
	sources map[string]string
}

var (
	_ integrations.Connector    = (*connector)(nil)
	_ integrations.Options      = (*connector)(nil)
	_ integrations.Employees    = (*connector)(nil)
	_ integrations.DealDesk     = (*connector)(nil)
	_ integrations.Preparer     = (*connector)(nil)
	_ integrations.DealSource   = (*connector)(nil)
	_ integrations.HookReceiver = (*connector)(nil)
)

func (d Deps) open(s integrations.Session) (integrations.Connector, error) {
	s.Settings = s.Settings.WithDefaults(spec())
	c := &connector{deps: d, session: s, isApp: s.Settings.Text(keyAuth) == authApp}
	if !c.isApp {
		return c, nil
	}
	site, err := appSite(s)
	c.site = site
	return c, err
}

// appSite returns the portal of a local application.
func appSite(s integrations.Session) (portal, error) {
	if s.Settings.Text(keyClientID) == "" {
		return portal{}, &integrations.Failure{Kind: integrations.FailSettings, Field: keyClientID, Detail: "client_id"}
	}
	site, ok := appPortal(s.Settings.Text(keyAddress))
	if !ok {
		return portal{}, badAddress(s.Settings.Text(keyAddress))
	}
	return site, nil
}

// load reads the secrets, and what a web hook's address says, once.
func (c *connector) load(ctx context.Context) error {
	if c.secrets != nil {
		return nil
	}
	secrets, err := c.session.Vault.Get(ctx)
	if err != nil {
		return ours(ctx, err)
	}
	if !c.isApp {
		site, ok := webhookPortal(secrets[keyWebhook])
		if !ok {
			return badWebhook(secrets[keyWebhook])
		}
		c.site = site
	}
	c.secrets = secrets
	return nil
}

// ours passes failures and the context's end through and makes failures of other errors.
func ours(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	var f *integrations.Failure
	if errors.As(err, &f) || ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return err
	}
	return integrations.AsFailure(err)
}

// Test implements integrations.Connector.
func (c *connector) Test(ctx context.Context) (integrations.Account, error) {
	got, err := c.batch(ctx, map[string]command{
		"profile": {method: "profile"}, "scope": {method: "scope"}, "mode": {method: "crm.settings.mode.get"},
		"funnels": {method: "crm.category.list", params: params{"entityTypeId": dealType}},
	})
	if err != nil {
		return integrations.Account{}, c.notThere(err)
	}
	if err := missingScope(got); err != nil {
		return integrations.Account{}, err
	}
	for _, name := range []string{"profile", "mode", "funnels"} {
		if err := got.failure(name); err != nil {
			return integrations.Account{}, err
		}
	}
	var who userRow
	if err := got.decode("profile", &who); err != nil {
		return integrations.Account{}, err
	}
	return integrations.Account{
		ID: c.site.host, Name: c.site.host, URL: c.site.origin + "/", User: who.name(), Missing: c.missing(),
	}, nil
}

// notThere says that the address is wrong when nothing answers there, or what answers is no portal at all.
func (c *connector) notThere(err error) error {
	var f *integrations.Failure
	if errors.As(err, &f) && (errors.Is(err, errNotBitrix) || wire.IsRefused(err)) {
		f = &integrations.Failure{Kind: integrations.FailAddress, Field: keyAddress, Detail: f.Detail, Err: f.Err}
		if !c.isApp {
			f.Field = keyWebhook
		}
		return f
	}
	return err
}

// missingScope tells of rights that were not ticked. A portal that does not list them is believed to have given all.
func missingScope(got *results) error {
	var scopes []loose
	if _ = got.decode("scope", &scopes); len(scopes) == 0 {
		return nil
	}
	has := func(names ...string) bool {
		return slices.ContainsFunc(scopes, func(s loose) bool { return slices.Contains(names, strings.ToLower(string(s))) })
	}
	var lacking []string
	if !has("crm") {
		lacking = append(lacking, "crm")
	}
	if !has("user", "user_basic", "user_brief") {
		lacking = append(lacking, "user")
	}
	if lacking == nil {
		return nil
	}
	return &integrations.Failure{Kind: integrations.FailRight, Detail: strings.Join(lacking, ", ")}
}

// missing tells what is off, and why.
func (c *connector) missing() []integrations.Missing {
	switch {
	case !c.isApp && c.secrets[keyOutgoingToken] == "":
		return []integrations.Missing{{Capability: integrations.CanReceiveHooks, Reason: text(
			"Входящий вебхук не может подписаться на события: изменения сделок читаются раз в 5 минут.",
			"An incoming web hook can't subscribe to events: changes of deals are read every 5 minutes.",
		)}}
	case c.isApp && c.secrets[secretAppToken] == "":
		return []integrations.Missing{{Capability: integrations.CanReceiveHooks, Reason: text(
			"Приложение не сообщило токен для событий: укажите путь для первоначальной установки и установите приложение заново. Пока изменения сделок читаются раз в 5 минут.",
			"The application has not told its token of events: set the initial installation path and install it again. Until then changes of deals are read every 5 minutes.",
		)}}
	}
	return nil
}
