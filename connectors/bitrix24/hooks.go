package bitrix24

import (
	"context"
	"crypto/subtle"
	"net/url"
	"slices"
	"strings"

	"github.com/skvoz/skvoz/core/integrations"
)

// events are those an application subscribes to.
var events = []string{
	"ONAPPUNINSTALL", "ONCRMDEALADD", "ONCRMDEALUPDATE", "ONCRMDEALDELETE", "ONCRMDEALMOVETOCATEGORY", "ONCRMCONTACTUPDATE", "ONCRMLEADADD", "ONCRMLEADUPDATE",
}

// handler is a row of event.get.
type handler struct {
	Event   loose `json:"event"`
	Handler loose `json:"handler"`
}

// Subscribe implements integrations.HookReceiver.
func (c *connector) Subscribe(ctx context.Context) error {
	if err := c.load(ctx); err != nil {
		return err
	}
	if off := c.missing(); off != nil {
		return &integrations.Failure{Kind: integrations.FailRight, Detail: off[0].Reason.EN}
	}
	if !c.isApp {
		return nil // the outgoing web hook was made by hand
	}
	bound, err := c.bound(ctx)
	if err != nil {
		return err
	}
	for _, event := range events {
		if slices.Contains(bound, event) {
			continue
		}
		_, err := c.call(ctx, "event.bind", params{"event": event, "handler": c.session.HookURL}, true)
		if err != nil && !isBound(err) {
			return err
		}
	}
	return nil
}

// isBound reports whether a handler was refused because it is there already.
func isBound(err error) bool {
	f := integrations.AsFailure(err)
	return f.Kind == integrations.FailRejected && strings.Contains(strings.ToLower(f.Detail), "already")
}

// bound returns the events that come to us already.
func (c *connector) bound(ctx context.Context) ([]string, error) {
	var list []handler
	if _, err := c.one(ctx, "event.get", nil, &list); err != nil {
		return nil, err
	}
	var out []string
	for _, h := range list {
		if string(h.Handler) == c.session.HookURL {
			out = append(out, strings.ToUpper(string(h.Event)))
		}
	}
	return out, nil
}

// Unsubscribe implements integrations.HookReceiver.
func (c *connector) Unsubscribe(ctx context.Context) error {
	if !c.isApp {
		return nil
	}
	bound, err := c.bound(ctx)
	if err != nil {
		return err
	}
	for _, event := range bound {
		if _, err := c.call(ctx, "event.unbind", params{"event": event, "handler": c.session.HookURL}, true); err != nil {
			return err
		}
	}
	return nil
}

// ParseHook implements integrations.HookReceiver.
func (c *connector) ParseHook(ctx context.Context, h integrations.Hook) (integrations.HookNews, error) {
	form, err := url.ParseQuery(string(h.Body))
	if err != nil {
		return integrations.HookNews{}, unreadableHook()
	}
	secrets, err := c.session.Vault.Get(ctx)
	if err != nil {
		return integrations.HookNews{}, ours(ctx, err)
	}
	switch event := strings.ToUpper(form.Get("event")); {
	case event == "ONAPPINSTALL":
		return c.installed(form, secrets)
	case event == "" && form.Get("AUTH_ID") != "":
		return c.framed(h.Query, form, secrets)
	case event == "":
		return integrations.HookNews{}, unreadableHook()
	case !c.isGenuine(form.Get("auth[application_token]"), secrets):
		return integrations.HookNews{}, foreign("the application's token is another one")
	case event == "ONAPPUNINSTALL":
		return integrations.HookNews{Revoked: true, Secrets: map[string]string{secretAccess: "", secretRefresh: ""}}, nil
	default:
		return news(event, form.Get("data[FIELDS][ID]"))
	}
}

func unreadableHook() error {
	return &integrations.Failure{Kind: integrations.FailRejected, Detail: "this is no event of Bitrix24"}
}

func foreign(detail string) error {
	return &integrations.Failure{Kind: integrations.FailKey, Detail: detail}
}

// isGenuine compares the token of an event with ours, in a time that tells nothing.
func (c *connector) isGenuine(token string, secrets map[string]string) bool {
	own := secrets[secretAppToken]
	if !c.isApp {
		own = secrets[keyOutgoingToken]
	}
	return same(token, own)
}

func same(token, own string) bool {
	return own != "" && subtle.ConstantTimeCompare([]byte(token), []byte(own)) == 1
}

// news says what an event is about: it names an object and nothing more.
func news(event, id string) (integrations.HookNews, error) {
	isDeal, isContact := strings.HasPrefix(event, "ONCRMDEAL"), strings.HasPrefix(event, "ONCRMCONTACT")
	if !isDeal && !isContact {
		return integrations.HookNews{}, nil
	}
	if !isNumber(id) {
		return integrations.HookNews{}, unreadableHook()
	}
	if isContact { // phones may have changed: the contact's deals are read again
		return integrations.HookNews{Deals: []integrations.HookDeal{{ID: contactPrefix + id}}}, nil
	}
	return integrations.HookNews{Deals: []integrations.HookDeal{{ID: id, IsDeleted: event == "ONCRMDEALDELETE"}}}, nil
}

// installed takes the tokens of an installation. It is the portal whose address is set, and the one that was installed before, or nobody.
func (c *connector) installed(form url.Values, secrets map[string]string) (integrations.HookNews, error) {
	auth := func(name string) string { return form.Get("auth[" + name + "]") }
	named := auth("client_endpoint")
	if named == "" {
		named = auth("domain")
	}
	if err := c.accepts(named, auth("member_id"), secrets); err != nil {
		return integrations.HookNews{}, err
	}
	if auth("access_token") == "" || auth("refresh_token") == "" || auth("application_token") == "" {
		return integrations.HookNews{}, unreadableHook()
	}
	kept := c.kept(tokens{
		Access: auth("access_token"), Refresh: auth("refresh_token"), Expires: loose(auth("expires")), ExpiresIn: loose(auth("expires_in")), MemberID: auth("member_id"),
	})
	kept[secretAppToken] = auth("application_token")
	return integrations.HookNews{Secrets: kept, Installed: true}, nil
}

// accepts checks that an installation is of our portal.
func (c *connector) accepts(named, member string, secrets map[string]string) error {
	switch {
	case !c.isApp:
		return foreign("a web hook is set up here, not an application")
	case !c.site.is(named):
		return foreign("this is another portal than the one whose address is set")
	case secrets[secretMember] != "" && secrets[secretPortal] == c.site.host && member != "" && member != secrets[secretMember]:
		return foreign("this is another portal than the one that was installed")
	}
	return nil
}

// framed takes what an application with pages of its own is opened with: the first opening installs it. Later ones are by whatever user opens it, so they
// do not replace the tokens there are.
func (c *connector) framed(query string, form url.Values, secrets map[string]string) (integrations.HookNews, error) {
	opened, err := url.ParseQuery(query)
	if err != nil {
		return integrations.HookNews{}, unreadableHook()
	}
	if err := c.accepts(opened.Get("DOMAIN"), form.Get("member_id"), secrets); err != nil {
		return integrations.HookNews{}, err
	}
	appToken := form.Get("APPLICATION_TOKEN")
	if own := secrets[secretAppToken]; own != "" && appToken != "" && !same(appToken, own) {
		return integrations.HookNews{}, foreign("the application's token is another one")
	}
	kept := map[string]string{}
	if secrets[secretAccess] == "" && form.Get("REFRESH_ID") != "" {
		kept = c.kept(tokens{Access: form.Get("AUTH_ID"), Refresh: form.Get("REFRESH_ID"), ExpiresIn: loose(form.Get("AUTH_EXPIRES")), MemberID: form.Get("member_id")})
	}
	if secrets[secretAppToken] == "" && appToken != "" {
		kept[secretAppToken] = appToken
	}
	if len(kept) == 0 {
		return integrations.HookNews{}, nil
	}
	return integrations.HookNews{Secrets: kept, Installed: true}, nil
}
