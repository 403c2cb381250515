package accounts

import (
	"context"
	"time"

	"github.com/skvoz/skvoz/core"
)

// AccountStore keeps accounts and the link of the first start.
type AccountStore interface {
	// HasAccounts reports whether there is any account at all.
	HasAccounts(ctx context.Context) (bool, error)
	// PutSetupHash keeps the hash of the only set-up token that works from now on, unless there is an account already.
	PutSetupHash(ctx context.Context, hash string) error
	// HasSetupHash reports whether this is the hash of the set-up token that works now.
	HasSetupHash(ctx context.Context, hash string) (bool, error)
	// CreateAccount keeps an account with its owner and ends the set-up link. With a setupHash that is not empty it succeeds only while this
	// hash is the kept one, else it is KindConflict with reason link_used. A taken e-mail is KindConflict with reason email_taken.
	CreateAccount(ctx context.Context, account Account, owner User, passwordHash, setupHash string) error
	// Account returns an account or KindNotFound.
	Account(ctx context.Context, id core.AccountID) (Account, error)
	// UpdateAccount changes an account in one transaction and returns it changed.
	UpdateAccount(ctx context.Context, id core.AccountID, change func(*Account) error) (Account, error)
}

// UserStore keeps users. Every method that takes an account sees only its users; others are KindNotFound.
type UserStore interface {
	// User returns a user.
	User(ctx context.Context, account core.AccountID, id core.UserID) (User, error)
	// Users returns the account's users by name, then e-mail.
	Users(ctx context.Context, account core.AccountID) ([]User, error)
	// ChangeUser changes a user in one transaction, in which otherOwners counts the active owners besides this user and no one else can
	// change the account's users. A user who is not active any more loses all sessions.
	ChangeUser(ctx context.Context, account core.AccountID, id core.UserID, change func(u *User, otherOwners int) error) (User, error)
	// DeleteUser deletes a user with sessions and tokens, if allowed returns nil; it is called as change in ChangeUser.
	DeleteUser(ctx context.Context, account core.AccountID, id core.UserID, allowed func(u User, otherOwners int) error) error
}

// CredentialStore keeps what users sign in with.
type CredentialStore interface {
	// CredentialsByEmail returns the user with this e-mail, of any account, or KindNotFound.
	CredentialsByEmail(ctx context.Context, email core.Email) (Credentials, error)
	// Credentials returns a user of the account with the password's hash.
	Credentials(ctx context.Context, account core.AccountID, id core.UserID) (Credentials, error)
	// SetPasswordHash changes the hash and ends the user's sessions except one; with endOthers false no session ends.
	SetPasswordHash(ctx context.Context, account core.AccountID, id core.UserID, hash string, endOthers bool, keep core.SignInSessionID) error
}

// InvitationStore keeps invitations; each belongs to a user of StatusInvited.
type InvitationStore interface {
	// CreateInvited keeps an invited user. A taken e-mail is KindConflict with reason email_taken.
	CreateInvited(ctx context.Context, u User, hash string, expiresAt time.Time) error
	// RenewInvitation gives an invited user a new link. Whoever is not invited (any more) is KindConflict with reason not_invited.
	RenewInvitation(ctx context.Context, account core.AccountID, id core.UserID, hash string, expiresAt time.Time) (User, error)
	// Invitation returns the open invitation with this hash, or KindNotFound when it is unknown, used or over.
	Invitation(ctx context.Context, hash string) (Invitation, error)
	// AcceptInvitation makes the invited user active, once: later calls are KindNotFound.
	AcceptInvitation(ctx context.Context, hash string, a Acceptance) (User, error)
}

// SessionStore keeps the devices users are signed in on.
type SessionStore interface {
	// CreateSession keeps a session and the time of the user's last sign-in, and forgets sessions that are over.
	CreateSession(ctx context.Context, s SignInSession, tokenHash string) error
	// SessionByHash returns a session that is not over with its user, or KindNotFound.
	SessionByHash(ctx context.Context, tokenHash string) (SignInSession, User, error)
	// TouchSession keeps LastSeenAt, ExpiresAt, IP and UserAgent of the session.
	TouchSession(ctx context.Context, s SignInSession) error
	// Sessions returns a user's sessions that are not over, last used first.
	Sessions(ctx context.Context, account core.AccountID, user core.UserID) ([]SignInSession, error)
	// DeleteSession ends a session of the user, or is KindNotFound.
	DeleteSession(ctx context.Context, account core.AccountID, user core.UserID, id core.SignInSessionID) error
}

// TokenStore keeps API tokens.
type TokenStore interface {
	// CreateToken keeps a token.
	CreateToken(ctx context.Context, t Token, hash string) error
	// TokenByHash returns a token that has not ended with its user, or KindNotFound.
	TokenByHash(ctx context.Context, hash string) (Token, error)
	// TouchToken keeps when a token was last used.
	TouchToken(ctx context.Context, account core.AccountID, id core.TokenID, at time.Time) error
	// Tokens returns the tokens of one user, or with user 0 of the whole account, newest first, ended ones too.
	Tokens(ctx context.Context, account core.AccountID, user core.UserID) ([]Token, error)
	// DeleteToken ends a token of one user, or with user 0 of anybody in the account; KindNotFound otherwise.
	DeleteToken(ctx context.Context, account core.AccountID, user core.UserID, id core.TokenID) error
}

// Store is all of the storage accounts need.
type Store interface {
	AccountStore
	UserStore
	CredentialStore
	InvitationStore
	SessionStore
	TokenStore
	DataAPIStore
}

// PasswordHasher turns passwords into hashes that are slow to try out. It is safe for concurrent use.
type PasswordHasher interface {
	// Hash returns a hash with its parameters and a fresh salt. It waits while too many are being made.
	Hash(ctx context.Context, password string) (string, error)
	// Verify reports whether the password belongs to the hash, in the same time whether or not, and whether the hash was made with
	// parameters other than today's.
	Verify(ctx context.Context, password, hash string) (ok, outdated bool, err error)
}

// Attempts limits how often something may be tried. It is safe for concurrent use and bounded in memory.
type Attempts interface {
	// Take counts one try under a key and returns 0, or how long to wait before the next when there were too many.
	Take(key string, limit Limit) (wait time.Duration)
	// Forgive forgets the tries under a key.
	Forgive(key string)
}

// Limit allows Burst tries at once and one more after each Every.
type Limit struct {
	Burst int
	Every time.Duration
}
