package auth

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/gorilla/sessions"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
)

// CookieName is the cookie of a signed-in browser. It holds the session's secret and nothing else.
const CookieName = "skvoz_session"

// cookieLasts is the longest life of a session; the server ends it earlier when it is not used.
const cookieLasts = 90 * 24 * time.Hour

// What a session's Values hold.
const (
	userValue     = "user"     // accounts.User, put there to sign in
	identityValue = "identity" // accounts.Identity, once signed in
)

// Service is what this package needs of accounts.Service.
type Service interface {
	// StartSession signs a user in and returns the session's secret.
	StartSession(ctx context.Context, u accounts.User, client accounts.Client) (secret string, session accounts.SignInSession, err error)
	// SessionIdentity returns who uses a session, or KindUnauthenticated.
	SessionIdentity(ctx context.Context, secret string, client accounts.Client) (accounts.Identity, error)
	// EndSession signs the identity's session out.
	EndSession(ctx context.Context, id accounts.Identity) error
	// TokenIdentity returns for whom an API token acts, or KindUnauthenticated.
	TokenIdentity(ctx context.Context, secret string) (accounts.Identity, error)
}

// Peers tells about the other end of a request, trusted proxies considered. *httpserver.Proxies implements it.
type Peers interface {
	// ClientIP returns the client's address; it may be the zero Addr.
	ClientIP(r *http.Request) netip.Addr
	// IsTLS reports whether the client's own connection is encrypted.
	IsTLS(r *http.Request) bool
	// Host returns the host the client asked for.
	Host(r *http.Request) string
}

// Store keeps gorilla sessions in the database under the hash of the cookie's secret. Nobody but a signed-in browser has a session, so a visit
// to the sign-in page leaves no trace.
type Store struct {
	service Service
	peers   Peers
}

var _ sessions.Store = (*Store)(nil)

// NewStore returns a session store.
func NewStore(service Service, peers Peers) *Store { return &Store{service: service, peers: peers} }

// Get returns the request's session, read once per request.
func (s *Store) Get(r *http.Request, name string) (*sessions.Session, error) {
	return sessions.GetRegistry(r).Get(s, name)
}

// New reads the session of the request's cookie. A session that is missing or has ended is a new, empty one; any other trouble is an error
// together with an empty session.
func (s *Store) New(r *http.Request, name string) (*sessions.Session, error) {
	session := sessions.NewSession(s, name)
	session.Options = s.options(r)
	session.IsNew = true
	cookie, err := r.Cookie(name)
	if err != nil || cookie.Value == "" {
		return session, nil //nolint:nilerr // no cookie is no error: a stranger
	}
	id, err := s.service.SessionIdentity(r.Context(), cookie.Value, client(r, s.peers))
	switch core.KindOf(err) {
	case "":
		session.ID, session.IsNew = cookie.Value, false
		session.Values[identityValue] = id
		return session, nil
	case core.KindUnauthenticated:
		return session, nil
	default:
		return session, err
	}
}

// Save signs in the user among the session's values, or with a negative MaxAge signs out, and sets the cookie to match.
func (s *Store) Save(r *http.Request, w http.ResponseWriter, session *sessions.Session) error {
	if session.Options.MaxAge < 0 {
		if id, ok := session.Values[identityValue].(accounts.Identity); ok {
			if err := s.service.EndSession(r.Context(), id); err != nil {
				return err
			}
		}
		session.ID = ""
	} else if u, ok := session.Values[userValue].(accounts.User); ok {
		secret, started, err := s.service.StartSession(r.Context(), u, client(r, s.peers))
		if err != nil {
			return err
		}
		delete(session.Values, userValue)
		session.ID, session.IsNew = secret, false
		session.Values[identityValue] = accounts.Identity{AccountID: u.AccountID, UserID: u.ID, Role: u.Role, SessionID: started.ID}
	}
	setCookie(w, sessions.NewCookie(session.Name(), session.ID, session.Options))
	return nil
}

// setCookie replaces a cookie of the same name set earlier in this answer.
func setCookie(w http.ResponseWriter, cookie *http.Cookie) {
	h := w.Header()
	kept := h.Values("Set-Cookie")
	h.Del("Set-Cookie")
	for _, line := range kept {
		if !strings.HasPrefix(line, cookie.Name+"=") {
			h.Add("Set-Cookie", line)
		}
	}
	http.SetCookie(w, cookie)
}

func (s *Store) options(r *http.Request) *sessions.Options {
	return &sessions.Options{
		Path: "/", MaxAge: int(cookieLasts.Seconds()), HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: s.peers.IsTLS(r),
	}
}

func client(r *http.Request, peers Peers) accounts.Client {
	return accounts.Client{IP: peers.ClientIP(r), UserAgent: r.UserAgent()}
}

// exchange is a request with the answer to it, for as long as the answer's headers can still be set.
type exchange struct {
	w http.ResponseWriter
	r *http.Request
}

type exchangeKey struct{}

// SignIns starts and ends the session of the browser that makes the request of a context.
type SignIns struct{ store *Store }

// NewSignIns returns it for a session store.
func NewSignIns(store *Store) *SignIns { return &SignIns{store} }

var errNoCookies = errors.New("no answer to set a cookie on")

// Client returns the device of the request.
func (s *SignIns) Client(ctx context.Context) accounts.Client {
	if c, ok := ctx.Value(clientKey{}).(accounts.Client); ok {
		return c
	}
	return accounts.Client{}
}

// Start signs a user in; a session the browser had before ends. Where no cookie can be set (WebSocket, event stream) it is KindInvalid with
// reason no_cookies.
func (s *SignIns) Start(ctx context.Context, u accounts.User) error {
	x, session, err := s.session(ctx)
	if err != nil {
		return err
	}
	if id, ok := session.Values[identityValue].(accounts.Identity); ok {
		if err := s.store.service.EndSession(ctx, id); err != nil {
			return err
		}
	}
	session.Values[userValue] = u
	return session.Save(x.r, x.w)
}

// End signs the browser out; one that is not signed in just loses its cookie.
func (s *SignIns) End(ctx context.Context) error {
	x, session, err := s.session(ctx)
	if err != nil {
		return err
	}
	session.Options.MaxAge = -1
	return session.Save(x.r, x.w)
}

func (s *SignIns) session(ctx context.Context) (exchange, *sessions.Session, error) {
	x, ok := ctx.Value(exchangeKey{}).(exchange)
	if !ok {
		return x, nil, core.E(core.KindInvalid, "sign in and out by an ordinary request").WithReason("no_cookies").WithCause(errNoCookies)
	}
	session, err := s.store.Get(x.r, CookieName)
	return x, session, err
}
