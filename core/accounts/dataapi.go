package accounts

import (
	"context"
	"time"

	"github.com/skvoz/skvoz/core"
)

// DataAPISession is a session that login.user of the Data API began; it lasts an hour and is not prolonged.
type DataAPISession struct {
	AccountID core.AccountID
	UserID    core.UserID
	ExpiresAt time.Time
}

// DataAPICaller is who calls the Data API.
type DataAPICaller struct {
	Identity
	// Account is the one that is spoken about.
	Account Account
	// TokenName is the name of the API token; empty within a session of login.user.
	TokenName string
	// secretHash names the session to end.
	secretHash string
}

// DataAPILimits is how many points an account may spend on the Data API; 0 = as many as it likes.
type DataAPILimits struct {
	Minute, Day int
}

// DataAPIPoints says how the points of an account stand.
type DataAPIPoints struct {
	// MinuteSpent and DaySpent are the points of the running minute and day, the call in progress among them.
	MinuteSpent, DaySpent int
	// MinuteStarted and DayStarted are when the running minute and the running day of the account's time zone began.
	MinuteStarted, DayStarted time.Time
	// MinuteEnds and DayEnds are when counting begins anew.
	MinuteEnds, DayEnds time.Time
}

// DataAPICall is a line of the journal of the Data API. It holds neither secrets nor what was sent.
type DataAPICall struct {
	ID        int64
	AccountID core.AccountID
	At        time.Time
	UserID    core.UserID
	// TokenName is empty when the call was made within a session of login.user.
	TokenName string
	// IP is the caller's address in words.
	IP     string
	Method string
	// Points is what the call cost; failed calls cost nothing.
	Points int
	// ErrorCode, Mnemonic and ErrorText are zero when the call succeeded.
	ErrorCode int
	Mnemonic  string
	ErrorText string
	Duration  time.Duration
}

// AllowedNetwork is a network the Data API may be called from.
type AllowedNetwork struct {
	AccountID core.AccountID
	// Network is in CIDR notation, without host bits: 203.0.113.0/24. 0.0.0.0/0 lets everybody in, IPv6 included.
	Network   string
	Comment   string
	CreatedAt time.Time
}

// DataAPIStore keeps what the Data API needs of its own.
type DataAPIStore interface {
	// AnyTokenByHash returns a token with its user, even one that has ended, or KindNotFound.
	AnyTokenByHash(ctx context.Context, hash string) (Token, error)
	// CreateDataAPISession keeps a session, and forgets those that ended before forgetBefore.
	CreateDataAPISession(ctx context.Context, s DataAPISession, hash string, forgetBefore time.Time) error
	// DataAPISessionByHash returns a session with its user, even one that has ended, or KindNotFound.
	DataAPISessionByHash(ctx context.Context, hash string) (DataAPISession, User, error)
	// DeleteDataAPISession ends a session; one that is not there is no error.
	DeleteDataAPISession(ctx context.Context, hash string) error
	// TakeDataAPIPoint counts one point in p's minute and day, for all replicas alike, unless a limit is used up: then taken is false and
	// nothing is counted. It returns p with what is spent.
	TakeDataAPIPoint(ctx context.Context, account core.AccountID, limits DataAPILimits, p DataAPIPoints) (spent DataAPIPoints, taken bool, err error)
	// ReturnDataAPIPoint takes a counted point back.
	ReturnDataAPIPoint(ctx context.Context, account core.AccountID, p DataAPIPoints) error
	// AddDataAPICall adds a line to the journal.
	AddDataAPICall(ctx context.Context, c DataAPICall) error
	// ForgetDataAPICalls removes lines of all journals, and counted points, from before a moment.
	ForgetDataAPICalls(ctx context.Context, before time.Time) error
	// DataAPICalls returns the account's journal since a moment, newest first.
	DataAPICalls(ctx context.Context, account core.AccountID, since time.Time, page core.PageRequest) (core.Page[DataAPICall], error)
	// AllowedNetworks returns the account's networks in the order they were added.
	AllowedNetworks(ctx context.Context, account core.AccountID) ([]AllowedNetwork, error)
	// AllowNetwork adds a network, or changes the comment of one that is there. KindInvalid with reason too_many when there are limit others.
	AllowNetwork(ctx context.Context, n AllowedNetwork, limit int) error
	// RemoveNetwork removes a network, or is KindNotFound.
	RemoveNetwork(ctx context.Context, account core.AccountID, network string) error
}
