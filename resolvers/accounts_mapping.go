package resolvers

import (
	"context"
	"strings"
	"sync"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/graph/model"
	"github.com/skvoz/skvoz/internal/useragent"
)

// SignIns starts and ends the session of the browser that makes a request.
type SignIns interface {
	// Client returns the device of the request.
	Client(ctx context.Context) accounts.Client
	// Start signs the user in on it. Where no cookie can be set (WebSocket, event stream) it is KindInvalid with reason no_cookies.
	Start(ctx context.Context, u accounts.User) error
	// End signs it out; a browser that is not signed in is no error.
	End(ctx context.Context) error
}

// Devices tells browsers and systems by their User-Agent. *useragent.Parser implements it.
type Devices interface {
	// Parse reads a User-Agent.
	Parse(ua string) useragent.Info
}

// signedIn starts a session for a user who has just proved who they are.
func (r *Resolver) signedIn(ctx context.Context, u accounts.User) (*model.SignInPayload, error) {
	if err := r.SignIns.Start(ctx, u); err != nil {
		return nil, err
	}
	return &model.SignInPayload{User: &u}, nil
}

func (r *Resolver) signInSessions(current accounts.Identity, list []accounts.SignInSession) []model.SignInSession {
	out := make([]model.SignInSession, len(list))
	for i, s := range list {
		out[i] = model.SignInSession{
			ID: s.ID.String(), CreatedAt: s.CreatedAt, LastSeenAt: s.LastSeenAt, ExpiresAt: s.ExpiresAt, IP: s.IP,
			Device: r.deviceWords(s.UserAgent), IsCurrent: s.ID == current.SessionID,
		}
	}
	return out
}

// deviceWords says "Chrome 143, Windows 10", or the beginning of what the browser calls itself when that tells nothing.
func (r *Resolver) deviceWords(ua string) string {
	info := r.Devices.Parse(ua)
	words := strings.TrimSuffix(strings.TrimPrefix(info.Browser+", "+info.OS, ", "), ", ")
	if words == "" {
		words = ua[:min(len(ua), 60)]
	}
	return strings.ToValidUTF8(words, "")
}

func apiToken(t accounts.Token) model.APIToken {
	return model.APIToken{
		ID: t.ID.String(), Name: t.Name, Prefix: t.Prefix, Scopes: t.Scopes, User: &t.User,
		CreatedAt: t.CreatedAt, ExpiresAt: t.ExpiresAt, LastUsedAt: t.LastUsedAt,
	}
}

func inviteUserPayload(link accounts.InvitationLink) *model.InviteUserPayload {
	return &model.InviteUserPayload{User: &link.User, InviteURL: link.URL, ExpiresAt: link.ExpiresAt}
}

// accountMemo reads each account once per operation: every user of a list asks for the same one.
type accountMemo struct {
	mu   sync.Mutex
	read map[core.AccountID]func() (accounts.Account, error)
}

type accountMemoKey struct{}

// Prepare returns the context for one operation, in which what many fields ask for is read once.
func (r *Resolver) Prepare(ctx context.Context) context.Context {
	ctx = context.WithValue(ctx, nestedMemoKey{}, &nestedMemo{})
	ctx = withMemo(ctx)
	return context.WithValue(ctx, accountMemoKey{}, &accountMemo{read: map[core.AccountID]func() (accounts.Account, error){}})
}

func (r *Resolver) accountOf(ctx context.Context, id core.AccountID) (*accounts.Account, error) {
	read := func() (accounts.Account, error) { return r.Accounts.Account(ctx, id) }
	if memo, ok := ctx.Value(accountMemoKey{}).(*accountMemo); ok {
		read = memo.once(id, read)
	}
	a, err := read()
	if err != nil {
		return nil, err
	}
	return &a, nil
}

func (m *accountMemo) once(id core.AccountID, read func() (accounts.Account, error)) func() (accounts.Account, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.read[id] == nil {
		m.read[id] = sync.OnceValues(read)
	}
	return m.read[id]
}
