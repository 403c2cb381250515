package integrations

import (
	"context"
	"time"

	"github.com/skvoz/skvoz/core"
)

// Store keeps integrations and shows their journal. Nothing of another account is ever read or changed.
type Store interface {
	// Integrations reads those of an account, oldest first.
	Integrations(ctx context.Context, account core.AccountID) ([]Integration, error)
	// Integration is of KindNotFound when the account has none with this id.
	Integration(ctx context.Context, account core.AccountID, id core.IntegrationID) (Integration, error)
	// IntegrationByHook finds the integration whose webhooks carry a secret; KindNotFound. It compares hashes, so its time tells nothing.
	IntegrationByHook(ctx context.Context, secret string) (Integration, error)
	// CreateIntegration keeps a new one and gives it an identifier, the secret of its webhooks' address, and its times.
	CreateIntegration(ctx context.Context, i Integration) (Integration, error)
	// ChangeIntegration runs change on the integration as it is now in a transaction in which nobody else changes it, keeps the result, keeps the goals
	// for which deliveries are made (Settings' KeyGoals while it is active or broken and KeyDealsOut is on, else none), and enqueues jobs. change may run more than once.
	ChangeIntegration(ctx context.Context, account core.AccountID, id core.IntegrationID, change func(*Integration) ([]NewJob, error)) (Integration, error)
	// DeleteIntegration deletes it with secrets, jobs and journal; the deals of its CRM stay.
	DeleteIntegration(ctx context.Context, account core.AccountID, id core.IntegrationID) error

	// Secrets reads the sealed secrets of an integration; empty when it has none.
	Secrets(ctx context.Context, account core.AccountID, id core.IntegrationID) (sealed string, err error)
	// ChangeSecrets changes them while nobody else does, across replicas: it takes the integration's lease for at most hold, calls change without a
	// transaction open, and stores what it returns together with the names of the keys. KindUnavailable when the lease is not free within hold.
	ChangeSecrets(ctx context.Context, account core.AccountID, id core.IntegrationID, hold time.Duration, change func(ctx context.Context, sealed string) (newSealed string, keys []string, err error)) error
	// EverySecret hands over the sealed secrets of all integrations of all accounts and stores what rewrite returns: the rotation of keys.
	EverySecret(ctx context.Context, rewrite func(account core.AccountID, id core.IntegrationID, sealed string) (string, error)) (int, error)

	Journal
}

// Journal reads jobs for people.
type Journal interface {
	// Jobs reads a page of an integration's jobs, newest first.
	Jobs(ctx context.Context, account core.AccountID, f JobFilter, page core.PageRequest) (core.Page[Job], error)
	// Job is of KindNotFound when the account has none with this id.
	Job(ctx context.Context, account core.AccountID, id core.JobID) (Job, error)
	// Attempts reads the attempts of jobs, oldest first.
	Attempts(ctx context.Context, account core.AccountID, ids []core.JobID) (map[core.JobID][]Attempt, error)
	// Retry lets parked, cancelled and waiting jobs run at once, with their attempts counted anew; it returns how many.
	Retry(ctx context.Context, account core.AccountID, f JobFilter) (int, error)
	// Cancel takes back jobs that wait or are parked.
	Cancel(ctx context.Context, account core.AccountID, f JobFilter) (int, error)
	// JobCounts counts the jobs of each integration of an account by state. Readings that wait for their next time are not counted: nothing is late.
	JobCounts(ctx context.Context, account core.AccountID) (map[core.IntegrationID]map[JobState]int, error)
	// SentDeals finds which communications deals were made for, by the vendor's ids of the deals.
	SentDeals(ctx context.Context, account core.AccountID, id core.IntegrationID, deals []string) (map[string]core.CommunicationID, error)
}

// JobFilter chooses jobs; zero values choose all.
type JobFilter struct {
	IntegrationID   core.IntegrationID
	IDs             []core.JobID
	Kinds           []JobKind
	States          []JobState
	CommunicationID core.CommunicationID
}

// Sealer encrypts. Context is what the text belongs to: it can't be opened for another.
type Sealer interface {
	Seal(plain []byte, context string) (string, error)
	// Open is of KindInternal when the text was changed, belongs to another context, or its key is unknown.
	Open(sealed, context string) ([]byte, error)
}

// The settings the core itself reads, beside a driver's own.
const (
	// KeyDealsOut switches deals from goals on, KeyGoals has the ids of the goals (GD-1).
	KeyDealsOut = "deals_out"
	KeyGoals    = "goals"
	// KeyFunnel, KeyStage and KeyResponsible are ids of the vendor's.
	KeyFunnel      = "funnel"
	KeyStage       = "stage"
	KeyResponsible = "responsible"
	// KeyDealName, KeyContactName and KeyNote are templates; KeyTags a template with commas between tags.
	KeyDealName    = "deal_name"
	KeyContactName = "contact_name"
	KeyNote        = "note"
	KeyTags        = "tags"
	// KeyMapping maps the vendor's fields to templates.
	KeyMapping = "mapping"
	// KeyOnRepeat says what is done when the person of a goal has an open deal: RepeatNote or RepeatDeal.
	KeyOnRepeat = "on_repeat"
	// KeyDealsIn switches reading deals on, KeyImportMonths is how far back the first reading goes.
	KeyDealsIn      = "deals_in"
	KeyImportMonths = "import_months"
	// KeyReportFunnels has the vendor's ids of the funnels in reports; not set = all.
	KeyReportFunnels = "report_funnels"
)

// What is done when the person of a goal has an open deal.
const (
	RepeatNote = "note"
	RepeatDeal = "deal"
)
