package amocrm

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/skvoz/skvoz/connectors/wire"
	"github.com/skvoz/skvoz/core/integrations"
)

// renewTakes bounds a renewal, renewGrace one whose caller has gone.
const (
	renewTakes = 15 * time.Second
	renewGrace = 2 * time.Second
)

// renewBefore is how long before its end a token is renewed: a request must not meet its end under way.
const renewBefore = 5 * time.Minute

// tokens are an answer of the token endpoint.
type tokens struct {
	Access    string `json:"access_token"`
	Refresh   string `json:"refresh_token"`
	ExpiresIn int64  `json:"expires_in"`
}

func (c *connector) isOAuth() bool { return c.settings.Text(keyAuth) == authOAuth }

func (c *connector) accessToken(secrets map[string]string) string {
	if c.isOAuth() {
		return secrets[secretAccess]
	}
	return secrets[keyToken]
}

// keys returns the secrets, read once, with a token that will not end under way.
func (c *connector) keys(ctx context.Context) (map[string]string, error) {
	if c.secrets == nil {
		secrets, err := c.session.Vault.Get(ctx)
		if err != nil {
			return nil, told(ctx, err)
		}
		c.secrets = secrets
	}
	if c.accessToken(c.secrets) == "" {
		f := &integrations.Failure{Kind: integrations.FailKey, Field: keyToken, Detail: "the token is missing"}
		if c.isOAuth() {
			f.Field, f.Detail = "authorize", "access has not been allowed yet"
		}
		return nil, f
	}
	if !c.isOAuth() || c.session.Clock.Now().Add(renewBefore).Before(expiry(c.secrets)) {
		return c.secrets, nil
	}
	renewed, err := c.renewed(ctx, c.secrets, nil)
	if f := integrations.AsFailure(err); f != nil && !f.NeedsPerson() && ctx.Err() == nil && c.session.Clock.Now().Before(expiry(c.secrets)) {
		return c.secrets, nil // still good; another try comes with the next request
	}
	return renewed, err
}

// expiry is when the access token ends; the far future when nobody said.
func expiry(secrets map[string]string) time.Time {
	unix, err := strconv.ParseInt(secrets[secretExpires], 10, 64)
	if err != nil {
		return time.Unix(1<<40, 0).UTC()
	}
	return time.Unix(unix, 0).UTC()
}

// renewed returns secrets with another token than seen: one that another replica or a person has put there meanwhile, else a fresh one. refused is what
// a token that can't be renewed fails with. A refresh token is good for one use, so it is used while nobody else can, and the caller's going away does not
// stop a renewal halfway: the new token would be lost and with it the access.
func (c *connector) renewed(ctx context.Context, seen map[string]string, refused error) (map[string]string, error) {
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	whole, cancel := context.WithTimeout(context.WithoutCancel(ctx), renewTakes)
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(renewGrace, cancel) })()
	for {
		got, err := c.session.Vault.Renew(whole, seen, func(ctx context.Context, now map[string]string) (map[string]string, error) {
			if !c.isOAuth() {
				return nil, refused
			}
			return c.refresh(ctx, now)
		})
		if err != nil {
			return nil, told(ctx, err)
		}
		c.secrets = got
		if c.accessToken(got) != c.accessToken(seen) || maps.Equal(got, seen) {
			return got, nil
		}
		seen = got // something else had changed
	}
}

func (c *connector) refresh(ctx context.Context, now map[string]string) (map[string]string, error) {
	if now[secretRefresh] == "" {
		return nil, &integrations.Failure{Kind: integrations.FailKey, Field: "authorize", Detail: "access must be allowed again"}
	}
	got, err := c.exchange(ctx, now, map[string]string{
		"grant_type": "refresh_token", "refresh_token": now[secretRefresh], "redirect_uri": now[secretRedirect],
	})
	if err != nil {
		return nil, err
	}
	c.keep(now, got)
	return now, nil
}

func (c *connector) keep(secrets map[string]string, t tokens) {
	secrets[secretAccess], secrets[secretRefresh] = t.Access, t.Refresh
	secrets[secretExpires] = strconv.FormatInt(c.session.Clock.Now().Unix()+t.ExpiresIn, 10)
}

// exchange asks the token endpoint. A refusal is of kind FailKey, in whatever status it comes.
func (c *connector) exchange(ctx context.Context, secrets, fields map[string]string) (tokens, error) {
	fields["client_id"], fields["client_secret"] = c.settings.Text(keyClientID), secrets[keyClientSecret]
	body, err := encode(fields)
	if err != nil {
		return tokens{}, err
	}
	r := request{method: http.MethodPost, path: "/oauth2/access_token", hide: append(secretTexts(secrets), fields["code"])}
	res, err := c.caller.Do(ctx, wire.Request{
		Method: r.method, URL: c.url(&r), Header: http.Header{"Content-Type": {"application/json"}}, Body: body, Hidden: true,
		Secrets: r.hide,
	})
	if err != nil {
		return tokens{}, err
	}
	if failed := c.failure(ctx, &r, res); failed != nil {
		f := integrations.AsFailure(failed)
		if f.Kind == integrations.FailRejected {
			f.Kind = integrations.FailKey
		}
		if f.Kind == integrations.FailGone {
			f.Kind, f.Field = integrations.FailAddress, keyAddress
		}
		return tokens{}, f
	}
	var out tokens
	if err := c.read(&r, res, &out); err != nil {
		return tokens{}, err
	}
	if out.Access == "" || out.Refresh == "" || out.ExpiresIn <= 0 {
		return tokens{}, &integrations.Failure{Kind: integrations.FailAnswer, Detail: "no tokens came"}
	}
	return out, nil
}

// authorizeURL is the page where a person lets us in. With the mode "popup" amoCRM comes back in the same window.
func authorizeURL(s integrations.Session, state, _ string) (string, error) {
	at, err := parseAddress(s.Settings.Text(keyAddress))
	if err != nil {
		return "", err
	}
	id := s.Settings.Text(keyClientID)
	if id == "" {
		return "", &integrations.Failure{Kind: integrations.FailSettings, Field: keyClientID, Detail: "the integration's ID is missing"}
	}
	return at.authorizePage() + "?" + url.Values{"client_id": {id}, "state": {state}, "mode": {"popup"}}.Encode(), nil
}

// finish takes the way back from that page. The tokens are asked for at the address of the settings and nowhere else: the host in the query is
// anybody's to write, and the secret goes along.
func (c *connector) finish(ctx context.Context, query map[string]string, redirect string) error {
	if query["error"] != "" || query["code"] == "" {
		return &integrations.Failure{Kind: integrations.FailKey, Field: "authorize", Detail: "access was not allowed in amoCRM " + wire.Detail(query["error"])}
	}
	if from := query["referer"]; from != "" && !strings.EqualFold(bareHost(from), c.address.host()) {
		return &integrations.Failure{
			Kind: integrations.FailAddress, Field: keyAddress,
			Detail: wire.Detail("access was allowed in " + bareHost(from) + ", the address of the settings is " + c.address.host()),
		}
	}
	secrets, err := c.session.Vault.Get(ctx)
	if err != nil {
		return told(ctx, err)
	}
	got, err := c.exchange(ctx, secrets, map[string]string{"grant_type": "authorization_code", "code": query["code"], "redirect_uri": redirect})
	if err != nil {
		return err
	}
	fresh := map[string]string{secretRedirect: redirect}
	c.keep(fresh, got)
	c.secrets = nil
	return told(ctx, c.session.Vault.Put(ctx, fresh))
}

func bareHost(raw string) string {
	if u, err := url.Parse(raw); err == nil && u.Host != "" {
		return u.Host
	}
	return strings.TrimRight(raw, "/")
}

// tokenEnds reads when a long-lived token ends from the token itself, a JWT; false when it does not say.
func tokenEnds(token string) (time.Time, bool) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return time.Time{}, false
	}
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return time.Time{}, false
	}
	var claims struct {
		Exp json.Number `json:"exp"`
	}
	if json.Unmarshal(raw, &claims) != nil {
		return time.Time{}, false
	}
	seconds, err := claims.Exp.Float64()
	if err != nil || seconds <= 0 || seconds > 1<<40 {
		return time.Time{}, false
	}
	return time.Unix(int64(seconds), 0).UTC(), true
}
