package emulator

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

const (
	accessLife  = time.Hour
	refreshLife = 180 * 24 * time.Hour
	codeLife    = 30 * time.Second
)

// app is the local application and its installation.
type app struct {
	installed bool
	// finished: events are sent only from then on.
	finished bool
	// token is the application_token events carry.
	token string
	// handler is where ONAPPINSTALL goes, redirect where people come back to after they allowed access.
	handler, redirect string
}

// grant is what a token or a web hook may do.
type grant struct {
	user    int
	scopes  []string
	hook    bool
	expires time.Time // of the token the grant is kept under
	// pair are the tokens that end together; event tokens have no refresh token.
	access, refresh string
}

type authCode struct {
	user    int
	expires time.Time
}

// may reports whether a right is granted; the narrow scopes of user open the same methods with fewer fields.
func (g *grant) may(scope string) bool {
	switch scope {
	case "":
		return true
	case "user":
		return slices.ContainsFunc(g.scopes, func(s string) bool { return s == "user" || s == "user_basic" || s == "user_brief" })
	}
	return slices.Contains(g.scopes, scope)
}

// client tells applications and web hooks apart: each has its own limits.
func (g *grant) client() string {
	if g.hook {
		return "hook"
	}
	return "app"
}

// authorize finds out who calls.
func (s *Server) authorize(hook string, params *arr, now time.Time) (*grant, *refusal) {
	noAuth := &refusal{http.StatusUnauthorized, "NO_AUTH_FOUND", "Wrong authorization data"}
	if s.state.unpaid {
		return nil, &refusal{http.StatusForbidden, "ACCESS_DENIED", "REST API is available only on commercial plans"}
	}
	g := s.state.hooks[hook]
	if hook == "" {
		g = s.state.access[text(params.get("auth"))]
	}
	switch {
	case g == nil:
		return nil, noAuth
	case !g.hook && !now.Before(g.expires):
		return nil, &refusal{http.StatusUnauthorized, "expired_token", "The access token provided has expired"}
	case !s.active(g.user) && g.hook:
		return nil, noAuth
	case !s.active(g.user):
		return nil, &refusal{http.StatusForbidden, "user_access_error", "The user does not have access to the application."}
	}
	return g, nil
}

// issue makes a pair of tokens for a person.
func (s *Server) issue(user int, now time.Time) *grant {
	s.forgetExpired(now)
	g := &grant{user: user, scopes: s.options.Scopes, expires: now.Add(accessLife), access: random(), refresh: random()}
	s.state.access[g.access] = g
	s.state.refresh[g.refresh] = &grant{user: user, scopes: g.scopes, expires: now.Add(refreshLife), access: g.access, refresh: g.refresh}
	return g
}

// forgetExpired keeps what expired for a day, to tell expired tokens from wrong ones.
func (s *Server) forgetExpired(now time.Time) {
	for token, g := range s.state.access {
		if now.Sub(g.expires) > 24*time.Hour {
			delete(s.state.access, token)
		}
	}
}

// serveToken is the authorization server.
func (s *Server) serveToken(w http.ResponseWriter, r *http.Request) {
	params, err := readParams(r)
	if err != nil {
		s.refuse(w, oauthError("invalid_request", "The request is malformed"))
		return
	}
	s.mu.Lock()
	body, refused := s.token(params, s.addressLocked(r))
	s.mu.Unlock()
	if refused != nil {
		s.refuse(w, refused)
		return
	}
	writeJSON(w, http.StatusOK, body)
}

func oauthError(code, text string) *refusal { return &refusal{http.StatusBadRequest, code, text} }

func (s *Server) token(params *arr, base string) (*arr, *refusal) {
	now := s.now()
	grantType := text(params.get("grant_type"))
	switch {
	case grantType != "authorization_code" && grantType != "refresh_token":
		return nil, oauthError("invalid_request", "Unsupported grant type")
	case text(params.get("client_id")) != s.options.ClientID, text(params.get("client_secret")) != s.options.ClientSecret, !s.state.app.installed:
		return nil, oauthError("invalid_client", "Client not found or wrong client secret")
	case s.state.unpaid:
		return nil, oauthError("PAYMENT_REQUIRED", "Payment required")
	case grantType == "refresh_token":
		return s.renew(text(params.get("refresh_token")), base, now)
	}
	return s.exchange(text(params.get("code")), base, now)
}

// exchange takes a code, which is good once.
func (s *Server) exchange(code, base string, now time.Time) (*arr, *refusal) {
	found := s.state.codes[code]
	delete(s.state.codes, code)
	if found == nil || !now.Before(found.expires) {
		return nil, oauthError("invalid_grant", "The code is invalid or has expired")
	}
	return s.tokens(s.issue(found.user, now), base, now), nil
}

// renew replaces both tokens: the old refresh token is used up, the old access token expires.
func (s *Server) renew(token, base string, now time.Time) (*arr, *refusal) {
	old := s.state.refresh[token]
	delete(s.state.refresh, token)
	if old == nil || !now.Before(old.expires) || !s.active(old.user) {
		return nil, oauthError("invalid_grant", "The refresh token is invalid or has expired")
	}
	if access := s.state.access[old.access]; access != nil && now.Before(access.expires) {
		access.expires = now
	}
	return s.tokens(s.issue(old.user, now), base, now), nil
}

func (s *Server) tokens(g *grant, base string, now time.Time) *arr {
	return obj("access_token", g.access, "refresh_token", g.refresh, "expires_in", int(accessLife.Seconds()), "expires", now.Add(accessLife).Unix(),
		"client_endpoint", base+"/rest/", "server_endpoint", base+"/rest/", "domain", host(base), "member_id", memberID(),
		"scope", strings.Join(g.scopes, ","), "status", "L", "user_id", g.user)
}
