package bitrix24

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strconv"

	"github.com/skvoz/skvoz/connectors/wire"
	"github.com/skvoz/skvoz/core/integrations"
)

// The secrets of an installed application in the vault.
const (
	secretAccess   = "access_token"
	secretRefresh  = "refresh_token"
	secretExpires  = "expires" // unix seconds; for people, renewal waits for the portal's word
	secretAppToken = "application_token"
	secretMember   = "member_id"
	secretPortal   = "portal" // the host the tokens are for
)

// tokens is the authorization server's answer.
type tokens struct {
	Access         string `json:"access_token"`
	Refresh        string `json:"refresh_token"`
	Expires        loose  `json:"expires"`
	ExpiresIn      loose  `json:"expires_in"`
	ClientEndpoint string `json:"client_endpoint"`
	MemberID       string `json:"member_id"`
	Error          *loose `json:"error"`
	Description    loose  `json:"error_description"`
}

// authorizeURL is the portal's page that asks a person for access; where it leads back to stands on the application's card.
func (d Deps) authorizeURL(s integrations.Session, state, _ string) (string, error) {
	s.Settings = s.Settings.WithDefaults(spec())
	if s.Settings.Text(keyAuth) != authApp {
		return "", &integrations.Failure{Kind: integrations.FailSettings, Field: keyAuth, Detail: "a web hook needs no authorization"}
	}
	site, err := appSite(s)
	if err != nil {
		return "", err
	}
	return site.origin + "/oauth/authorize/?" + url.Values{"client_id": {s.Settings.Text(keyClientID)}, "state": {state}}.Encode(), nil
}

// finish exchanges the code, which lives for 30 seconds, for tokens.
func (d Deps) finish(ctx context.Context, s integrations.Session, query map[string]string, _ string) error {
	opened, err := d.open(s)
	if err != nil {
		return err
	}
	c := opened.(*connector)
	if err := c.load(ctx); err != nil {
		return err
	}
	if query["code"] == "" {
		detail := joined(": ", query["error"], query["error_description"])
		return &integrations.Failure{Kind: integrations.FailKey, Detail: wire.Detail(c.clean(detail))}
	}
	got, err := c.exchange(ctx, url.Values{"grant_type": {"authorization_code"}, "code": {query["code"]}}, c.secrets)
	if err != nil {
		return err
	}
	if got.ClientEndpoint != "" && !c.site.is(got.ClientEndpoint) {
		return &integrations.Failure{Kind: integrations.FailAddress, Field: keyAddress, Detail: "access was allowed at another portal"}
	}
	return ours(ctx, c.session.Vault.Put(ctx, c.kept(got)))
}

// kept are the secrets to keep of tokens.
func (c *connector) kept(t tokens) map[string]string {
	expires := string(t.Expires)
	if seconds := t.ExpiresIn.number(); expires == "" && seconds > 0 {
		expires = strconv.FormatInt(c.session.Clock.Now().Unix()+int64(seconds), 10)
	}
	out := map[string]string{secretAccess: t.Access, secretRefresh: t.Refresh, secretPortal: c.site.host}
	if expires != "" {
		out[secretExpires] = expires
	}
	if t.MemberID != "" {
		out[secretMember] = t.MemberID
	}
	return out
}

// renew gets new tokens unless somebody else has done so meanwhile. Another secret may have changed since ours were read; then it takes a second look.
func (c *connector) renew(ctx context.Context) error {
	old := c.secrets[secretAccess]
	for range 3 {
		fresh, err := c.session.Vault.Renew(ctx, c.secrets, c.refreshed)
		if err != nil {
			return ours(ctx, err)
		}
		if c.secrets = fresh; fresh[secretAccess] != old {
			return nil
		}
	}
	return &integrations.Failure{Kind: integrations.FailDown, Detail: "the keys change too quickly"}
}

func (c *connector) refreshed(ctx context.Context, now map[string]string) (map[string]string, error) {
	got, err := c.exchange(ctx, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {now[secretRefresh]}}, now)
	if err != nil {
		return nil, err
	}
	maps.Copy(now, c.kept(got))
	return now, nil
}

// exchange asks the authorization server for tokens: it alone is told the application's key. Whatever becomes of the answer, the request that needed the
// token was not carried out, so nothing is uncertain.
func (c *connector) exchange(ctx context.Context, grant url.Values, secrets map[string]string) (tokens, error) {
	grant.Set("client_id", c.session.Settings.Text(keyClientID))
	grant.Set("client_secret", secrets[keyClientSecret])
	caller := wire.Caller{HTTP: c.deps.HTTP, Session: c.session}
	res, err := caller.Do(ctx, wire.Request{
		Method: http.MethodGet, URL: c.site.authServer(c.session.Settings.Text(keyAuthServer)) + "/oauth/token/?" + grant.Encode(), Hidden: true,
		Header:  http.Header{"Accept": {"application/json"}},
		Secrets: append(c.hidden(), secrets[keyClientSecret], grant.Get("code"), grant.Get("refresh_token")),
	})
	if err != nil {
		return tokens{}, elsewhere(ours(ctx, err))
	}
	var got tokens
	if err := json.Unmarshal(res.Body, &got); err != nil {
		return tokens{}, elsewhere(c.unreadable(res, false))
	}
	switch {
	case got.Error != nil:
		return tokens{}, c.authRefusal(got, res.Status)
	case res.Status != http.StatusOK:
		return tokens{}, elsewhere(c.bare(ctx, res, false))
	case got.Access == "" || got.Refresh == "":
		return tokens{}, &integrations.Failure{Kind: integrations.FailAnswer, Detail: "the authorization server gave no tokens"}
	}
	return got, nil
}

// authRefusal says what an error of the authorization server means: what it calls an invalid request is not about the portal's address.
func (c *connector) authRefusal(t tokens, status int) error {
	f := c.refusal(string(*t.Error), string(t.Description), status)
	if f.Kind == integrations.FailAddress || f.Kind == integrations.FailRejected {
		f.Kind, f.Field = integrations.FailKey, ""
	}
	f.Err = nil
	return f
}

// elsewhere says that it is the authorization server that can't be reached, not the portal.
func elsewhere(err error) error {
	f := integrations.AsFailure(err)
	if f.Kind == integrations.FailAddress {
		f.Field = keyAuthServer
	}
	return err
}
