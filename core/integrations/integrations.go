// Package integrations attaches outside systems: what a system can do (Driver, Connector and its capabilities), what an account has set up
// (Integration), what goes out and comes in (jobs and their journal), and the rules that are the same for all systems: how a contact is matched,
// what happens when a goal is reached again, what is done with deals that were deleted. Connectors are in connectors/*; they know their vendor and no
// rule.
package integrations

import (
	"time"

	"github.com/skvoz/skvoz/core"
)

// Kind names an outside system: the folder of its connector; the words are stored.
type Kind string

// Text is a text of the cabinet in its two languages.
type Text struct{ RU, EN string }

// In returns the text in a language, "ru" or "en"; any other is English.
func (t Text) In(language string) string {
	if language == "ru" {
		return t.RU
	}
	return t.EN
}

// Category groups systems on the page of integrations.
type Category string

// The categories.
const (
	CategoryCRM       Category = "crm"
	CategoryTelephony Category = "telephony"
	CategoryAnalytics Category = "analytics"
)

// State says whether an integration works.
type State string

// The states.
const (
	// StateDraft: being set up in the wizard; nothing runs.
	StateDraft State = "draft"
	// StateActive: everything that is switched on runs.
	StateActive State = "active"
	// StatePaused: switched off by a person; its jobs wait.
	StatePaused State = "paused"
	// StateBroken: the vendor refuses our key; a person must connect it again, until then its jobs wait.
	StateBroken State = "broken"
)

// SyncState says how the last reading from a system went.
type SyncState string

// The states of reading.
const (
	SyncNever   SyncState = "never"
	SyncOK      SyncState = "ok"
	SyncRunning SyncState = "running"
	SyncFailed  SyncState = "error"
)

// Integration is an outside system an account has attached.
type Integration struct {
	ID        core.IntegrationID
	AccountID core.AccountID
	Kind      Kind
	// Name is what people call it; the driver's title unless changed.
	Name  string
	State State
	// Settings never hold secrets; those are in the vault. SecretKeys lists the keys of secrets that are set.
	Settings   Values
	SecretKeys []string
	// CRMID is where its deals go; zero when it brings none or is not connected yet.
	CRMID core.CRMID
	// RemoteID is the vendor's identifier of the connected account; the same one connected again finds its deals.
	RemoteID string
	// HookSecret is the last part of the address the vendor's webhooks come to: 32 characters nobody can guess.
	HookSecret string
	Sync       Sync
	CreatedAt  time.Time
	// ChangedAt changes with settings, secrets and state.
	ChangedAt time.Time
}

// Sync is how reading from a system stands.
type Sync struct {
	State SyncState
	// At is when the last reading ended; nil before the first.
	At *time.Time
	// Failure is why it failed; nil when it went well.
	Failure *Failure
	// Watermark is up to when changes have been read; zero before the first reading.
	Watermark time.Time
	// Import is the initial import; nil when none was asked for.
	Import *ImportProgress
	// Employees is how making employees of users stands; nil before the first reading.
	Employees *EmployeesSync
}

// ImportProgress is how far an initial import has come.
type ImportProgress struct {
	Months int       `json:"months"`
	Since  time.Time `json:"since"`
	// Done and Total are deals; Total is zero while unknown.
	Done  int `json:"done"`
	Total int `json:"total"`
	// Cursor is where to go on after a stop.
	Cursor   string     `json:"cursor,omitempty"`
	Started  time.Time  `json:"started"`
	Finished *time.Time `json:"finished,omitempty"`
}
