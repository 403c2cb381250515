package accounts

import (
	"net/netip"
	"time"

	"github.com/skvoz/skvoz/core"
)

// Client is the device a request came from.
type Client struct {
	// IP is the client's address behind trusted proxies; it may be the zero Addr.
	IP netip.Addr
	// UserAgent is cut to 300 bytes when kept.
	UserAgent string
}

// SignInSession is a device on which a user is signed in.
type SignInSession struct {
	ID        core.SignInSessionID
	AccountID core.AccountID
	UserID    core.UserID
	// IP is the address it was last used from, in words; it may be empty.
	IP string
	// UserAgent is the browser's own description; it may be empty.
	UserAgent  string
	CreatedAt  time.Time
	LastSeenAt time.Time
	// ExpiresAt moves with every use, up to 90 days after CreatedAt.
	ExpiresAt time.Time
}

// Token is an API token, without its secret.
type Token struct {
	ID        core.TokenID
	AccountID core.AccountID
	Name      string
	// Prefix is the beginning of the secret.
	Prefix string
	Scopes []Scope
	// User is for whom it acts.
	User      User
	CreatedAt time.Time
	// ExpiresAt is nil when permanent.
	ExpiresAt *time.Time
	// LastUsedAt is nil before the first use.
	LastUsedAt *time.Time
}

// Credentials are a user with the password's hash, empty while invited.
type Credentials struct {
	User         User
	PasswordHash string
}

// Invitation is an open invitation.
type Invitation struct {
	User        User
	AccountName string
	ExpiresAt   time.Time
}

// Acceptance is what an invited person adds.
type Acceptance struct {
	Name         string
	PasswordHash string
	// Language is empty to keep the one of the invitation.
	Language Language
}
