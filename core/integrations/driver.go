package integrations

import (
	"context"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/deals"
)

// Driver describes an outside system: all the rest of the product knows of it. It is a value without state.
type Driver struct {
	Kind     Kind
	Title    Text
	Summary  Text
	Category Category
	// DealsKind is the kind of CRM its deals come from; empty when it brings none.
	DealsKind deals.Kind
	// Settings describe wizard, tabs and validation.
	Settings Spec
	// Capabilities are those its connectors can have. Which of them an open connector has may depend on settings; connectortest holds them to it.
	Capabilities []Capability
	Policies     Policies
	// Import is how its users become employees; nil = they don't.
	Import *EmployeeImport
	// Open makes a connector; it makes no request. A *Failure of kind FailSettings when settings it needs are missing.
	Open func(Session) (Connector, error)
	// Authorize is nil when people type keys instead of pressing a button.
	Authorize *Authorize
}

// Authorize is how a person lets us into their account at the vendor: a page of the vendor's, and the way back.
type Authorize struct {
	// URL is the vendor's page; state comes back from it, redirect is our page.
	URL func(s Session, state, redirect string) (string, error)
	// Finish takes what came back in the query of our page and keeps the tokens in the vault. A person's refusal is a *Failure of kind FailKey.
	Finish func(ctx context.Context, s Session, query map[string]string, redirect string) error
}

// Session is what a connector works with: one integration of one account.
type Session struct {
	AccountID     core.AccountID
	IntegrationID core.IntegrationID
	Settings      Values
	Vault         Vault
	Turns         Turns
	// Journal may be nil.
	Journal Recorder
	Clock   core.Clock
	// HookURL is where the vendor's webhooks are to go.
	HookURL string
	// InBackground: nobody waits for what is done; requests leave a part of the vendor's limit to those somebody waits for.
	InBackground bool
}

// Vault keeps the secrets of one integration, encrypted. It is safe for concurrent use, by several replicas too.
type Vault interface {
	// Get returns the secrets as they are now; the map is the caller's own.
	Get(ctx context.Context) (map[string]string, error)
	// Renew changes secrets while nobody else does: seen are the secrets the caller found wanting. If they have been changed since, fn is not called and
	// the new ones are returned; else fn gets them and what it returns is on disk before Renew returns. What single-use refresh tokens ask for.
	Renew(ctx context.Context, seen map[string]string, fn func(ctx context.Context, now map[string]string) (map[string]string, error)) (map[string]string, error)
	// Put sets some secrets; an empty value removes one.
	Put(ctx context.Context, some map[string]string) error
}

// Limit is how often a vendor may be asked: Burst requests at once, and then one each Every.
type Limit struct {
	// Key names what the limit is for, e.g. the vendor's account: all replicas share it.
	Key   string
	Every time.Duration
	Burst int
	// Reserve is how many of Burst the caller leaves to those who can't wait: a request goes when so many more could.
	Reserve int
}

// Turns lets requests through as the vendor's limits allow.
type Turns interface {
	// Wait returns when it is the caller's turn, or a *Failure of kind FailBusy with RetryAfter when that is too far away.
	Wait(ctx context.Context, l Limit) error
	// Block closes a limit for everybody until a moment: the vendor said so.
	Block(ctx context.Context, key string, until time.Time) error
}

// Exchange is a request to a vendor and its answer, as the journal shows it: without secrets, texts shortened.
type Exchange struct {
	At       time.Time     `json:"at"`
	Method   string        `json:"method"`
	Address  string        `json:"address"`
	Request  string        `json:"request"`
	Status   int           `json:"status"`
	Response string        `json:"response"`
	Took     time.Duration `json:"took"`
	// Error is why there is no answer; empty when there is one.
	Error string `json:"error,omitempty"`
}

// Recorder keeps exchanges; it is safe for concurrent use.
type Recorder interface {
	Record(e Exchange)
}

// Connector is an open connection to a system. What it can do beyond Test are the capabilities it implements, found by type assertion. It is used by one
// goroutine at a time, starts none that outlive a call, and has nothing to close. Every error of a call is a *Failure or the context's.
type Connector interface {
	// Test asks the system whether address and key are good and returns who we are there. It changes nothing.
	Test(ctx context.Context) (Account, error)
}

// Account is whose account at the vendor a connection reaches.
type Account struct {
	// ID is the vendor's identifier, Name what people know it by, URL where they open it.
	ID, Name, URL string
	// User is as whom we act; it may be empty.
	User string
	// Missing are capabilities that are off, and why: a right the key lacks, a kind of key that can't do it.
	Missing []Missing
}

// Missing is a capability that is off.
type Missing struct {
	Capability Capability
	Reason     Text
}

// Policies are the rules of a system that the core carries out.
type Policies struct {
	// Phones says when two phones are the same.
	Phones PhoneMatch
	// Deleted says what becomes of a deal that was deleted at the vendor.
	Deleted Deleted
	// CatchUpEvery is how often changes are read that no webhook told of, Overlap how far each reading goes back behind the last one, CatalogueEvery how
	// often funnels and users are read.
	CatchUpEvery, Overlap, CatalogueEvery time.Duration
	// Attempts is how often a delivery is tried before it is parked; zero = DefaultAttempts.
	Attempts int
}

// PhoneMatch says when two phones are the same.
type PhoneMatch string

// The ways to compare phones.
const (
	PhoneLast10 PhoneMatch = "last_10_digits"
	PhoneExact  PhoneMatch = "exact"
)

// Deleted says what becomes of deals that were deleted at the vendor.
type Deleted string

// The ways to deal with deleted deals.
const (
	DeletedRemoved Deleted = "removed"
	DeletedKept    Deleted = "kept"
)

// DefaultAttempts is how often a delivery is tried: with the pauses of jobs about two days.
const DefaultAttempts = 20
