package auth

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/internal/httpserver"
)

type clientKey struct{}

// Guard finds out who makes each request.
type Guard struct {
	service Service
	store   *Store
	peers   Peers
	refuse  func(w http.ResponseWriter, r *http.Request, err error)
	origins map[string]bool
}

// NewGuard returns a guard. Pages of publicURL, and of the host a request is sent to, may act in a browser's name; others may not. Refuse
// answers requests that get no further, in the form of the API behind the guard.
func NewGuard(service Service, store *Store, peers Peers, publicURL string, refuse func(w http.ResponseWriter, r *http.Request, err error)) *Guard {
	g := &Guard{service: service, store: store, peers: peers, refuse: refuse, origins: map[string]bool{}}
	if u, err := url.Parse(publicURL); err == nil && u.Host != "" {
		g.origins[strings.ToLower(u.Scheme+"://"+u.Host)] = true
	}
	return g
}

// Middleware puts the identity of the request into its context (accounts.IdentityFrom), from `Authorization: Bearer` or from the session's
// cookie. A wrong token is refused (KindUnauthenticated); an ended session is just nobody. Requests with a session's cookie that another site
// could have sent are refused (KindForbidden).
func (g *Guard) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := context.WithValue(r.Context(), clientKey{}, client(r, g.peers))
		r = r.WithContext(ctx)
		id, err := g.identify(r)
		if err != nil {
			g.refuse(w, r, err)
			return
		}
		if id != nil {
			ctx = id(ctx)
		}
		if canSetCookie(r) {
			ctx = context.WithValue(ctx, exchangeKey{}, exchange{w, r})
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// identified puts an identity into a context, with the way to check it again.
type identified func(ctx context.Context) context.Context

type recheckKey struct{}

func (g *Guard) identify(r *http.Request) (identified, error) {
	if authorization := r.Header.Get("Authorization"); authorization != "" {
		if secret, ok := bearer(authorization); ok {
			return g.byToken(r.Context(), secret)
		}
	}
	cookie, err := r.Cookie(CookieName)
	if err != nil {
		return nil, nil //nolint:nilnil,nilerr // nobody: there is no cookie
	}
	if !g.FromHere(r) {
		return nil, core.E(core.KindForbidden, "this request came from another site").WithReason("foreign_origin")
	}
	session, err := g.store.Get(r, CookieName)
	if err != nil {
		return nil, err
	}
	id, ok := session.Values[identityValue].(accounts.Identity)
	if !ok {
		return nil, nil //nolint:nilnil // nobody: the session has ended
	}
	device := client(r, g.peers)
	return with(id, func(ctx context.Context) error {
		_, err := g.service.SessionIdentity(ctx, cookie.Value, device)
		return err
	}), nil
}

func (g *Guard) byToken(ctx context.Context, secret string) (identified, error) {
	id, err := g.service.TokenIdentity(ctx, secret)
	if err != nil {
		return nil, err
	}
	return with(id, func(ctx context.Context) error {
		_, err := g.service.TokenIdentity(ctx, secret)
		return err
	}), nil
}

func with(id accounts.Identity, recheck func(ctx context.Context) error) identified {
	return func(ctx context.Context) context.Context {
		return context.WithValue(accounts.WithIdentity(ctx, id), recheckKey{}, recheck)
	}
}

// Recheck asks again whether the identity of a context may still act: KindUnauthenticated when its session or token has ended. Connections that
// stay open ask it from time to time.
func Recheck(ctx context.Context) error {
	if check, ok := ctx.Value(recheckKey{}).(func(context.Context) error); ok {
		return check(ctx)
	}
	return nil
}

// bearer reads the secret of an Authorization header. Other schemes are not ours and read as none.
func bearer(header string) (secret string, ok bool) {
	scheme, secret, _ := strings.Cut(strings.TrimSpace(header), " ")
	if !strings.EqualFold(scheme, "bearer") {
		return "", false
	}
	return strings.TrimSpace(secret), true
}

// FromHere reports whether another site can not have made a browser send this request with its cookies. Reading by GET and HEAD needs no
// proof: another site does not see the answer. Everything else, and a WebSocket, must say where it comes from, or carry a header no other site
// can set.
func (g *Guard) FromHere(r *http.Request) bool {
	upgrade := r.Header.Get("Upgrade") != ""
	if (r.Method == http.MethodGet || r.Method == http.MethodHead) && !upgrade {
		return true
	}
	if origin := r.Header.Get("Origin"); origin != "" {
		return g.isOwn(origin, r)
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "same-origin", "none":
		return true
	case "":
		return !upgrade && r.Header.Get("X-Requested-With") != ""
	default:
		return false
	}
}

func (g *Guard) isOwn(origin string, r *http.Request) bool {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" {
		return false // also "null", which sandboxed pages send
	}
	return g.origins[strings.ToLower(u.Scheme+"://"+u.Host)] || strings.EqualFold(u.Host, g.peers.Host(r))
}

// AllowsWebSocket reports whether a WebSocket may be opened: from pages of ours, and by programs, which send no Origin.
func (g *Guard) AllowsWebSocket(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	return origin == "" || g.isOwn(origin, r)
}

// Identify returns a context with the identity of an Authorization value, as programs send it when a WebSocket begins. It is
// KindUnauthenticated when the token is wrong.
func (g *Guard) Identify(ctx context.Context, authorization string) (context.Context, error) {
	secret, ok := bearer(authorization)
	if !ok {
		return ctx, core.E(core.KindUnauthenticated, "write it like Bearer SECRET").WithReason("bad_token")
	}
	id, err := g.byToken(ctx, secret)
	if err != nil {
		return ctx, err
	}
	return id(ctx), nil
}

// canSetCookie reports whether the answer's headers go out only after the request was worked on.
func canSetCookie(r *http.Request) bool {
	return !httpserver.IsLongLived(r)
}
