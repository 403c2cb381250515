package integrations

import (
	"context"
	"encoding/json"
	"time"

	"github.com/skvoz/skvoz/core"
)

// JobKind is a kind of work; the words are stored.
type JobKind string

// The kinds of work.
const (
	// JobDeliver sends a reached goal to a system (DeliverPayload).
	JobDeliver JobKind = "deliver"
	// JobHook reads a webhook that came in (payload: sealed Hook).
	JobHook JobKind = "hook"
	// JobPull reads some deals (PullPayload).
	JobPull JobKind = "pull"
	// JobCatchUp reads all changes since the last reading, again and again.
	JobCatchUp JobKind = "catch_up"
	// JobCatalogue reads funnels and users, again and again.
	JobCatalogue JobKind = "catalogue"
	// JobImport reads the deals of the past months.
	JobImport JobKind = "import"
	// JobSubscribe asks for webhooks, JobUnsubscribe ends them.
	JobSubscribe   JobKind = "subscribe"
	JobUnsubscribe JobKind = "unsubscribe"
	// JobCallPopUp shows a card of a call while it rings, or of a lost one; JobCallHide takes it away (CallPayload).
	JobCallPopUp JobKind = "call_popup"
	JobCallHide  JobKind = "call_popup_hide"
	// JobCallLog keeps a finished call in a system, JobCallTask makes the task to call a lost caller back (CallPayload).
	JobCallLog  JobKind = "call_log"
	JobCallTask JobKind = "call_task"
	// JobEmployees makes employees of a system's users, again and again.
	JobEmployees JobKind = "employees"
)

// JobState is where a job stands.
type JobState string

// The states of jobs.
const (
	// JobWaiting: to be done at RunAt.
	JobWaiting JobState = "waiting"
	// JobRunning: a worker has claimed it until LockedUntil; after that another may.
	JobRunning JobState = "running"
	// JobDone: done.
	JobDone JobState = "done"
	// JobParked: tried in vain, or refused for good; a person sees it and may send it again.
	JobParked JobState = "parked"
	// JobCancelled: a person took it back, or its integration was disconnected.
	JobCancelled JobState = "cancelled"
)

// NewJob is a job to enqueue.
type NewJob struct {
	AccountID     core.AccountID
	IntegrationID core.IntegrationID
	Kind          JobKind
	// Key makes it happen once: a job with the key of one that is there, in whatever state, is not enqueued. Again lets a finished one (done, parked,
	// cancelled) run again instead.
	Key   string
	Again bool
	// Lane keeps jobs in order: of one lane of an integration only the oldest unfinished one runs. Empty = none.
	Lane string
	// Payload is JSON.
	Payload json.RawMessage
	// RunAt zero = at once.
	RunAt time.Time
	// CommunicationID is what a delivery is about; zero for other kinds.
	CommunicationID core.CommunicationID
}

// Job is a piece of work.
type Job struct {
	NewJob
	ID    core.JobID
	State JobState
	// Attempt is the number of the present or last attempt, from 1.
	Attempt     int
	LockedUntil time.Time
	// Progress is JSON the handler keeps between its steps and attempts; nil before the first.
	Progress json.RawMessage
	// Failure is that of the last attempt; nil when there was none.
	Failure   *Failure
	CreatedAt time.Time
	// StartedAt is when the first attempt began, FinishedAt when it came to an end.
	StartedAt, FinishedAt *time.Time
	// Remote is what a delivery made at the vendor.
	Remote RemoteRef
}

// Attempt is one try of a job, as the journal shows it.
type Attempt struct {
	Number    int
	StartedAt time.Time
	Took      time.Duration
	// Failure is nil when it went well.
	Failure   *Failure
	Exchanges []Exchange
}

// Outcome is what becomes of a job after an attempt.
type Outcome struct {
	// State is JobDone, JobParked, JobCancelled, or JobWaiting with RunAt.
	State JobState
	RunAt time.Time
	// Failure is why it did not go well; nil when it did.
	Failure *Failure
	// NoAttempt: the attempt does not count (a snooze: the vendor asked to come later, the integration is paused).
	NoAttempt bool
	Remote    RemoteRef
	// Then are jobs to enqueue together with the outcome.
	Then []NewJob
}

// Queue is the durable queue. All of its methods are safe for use by several replicas.
type Queue interface {
	// Enqueue puts jobs into the queue in one transaction and returns how many are new (or run again).
	Enqueue(ctx context.Context, jobs ...NewJob) (int, error)
	// Claim takes up to limit waiting jobs whose time has come, oldest first, and running ones whose claim ran out; jobs of paused and broken
	// integrations and of occupied lanes are left. Each is then the worker's until the lease ends.
	Claim(ctx context.Context, worker string, limit int, lease time.Duration) ([]Job, error)
	// Extend prolongs claims; those that were lost are left out of what it returns.
	Extend(ctx context.Context, worker string, jobs []core.JobID, lease time.Duration) ([]core.JobID, error)
	// SaveProgress keeps a handler's progress on disk. KindConflict when the claim was lost: the handler must stop without doing anything more.
	SaveProgress(ctx context.Context, worker string, job Job, progress json.RawMessage) error
	// Finish ends an attempt and keeps it in the journal. KindConflict when the claim was lost; nothing is then changed.
	Finish(ctx context.Context, worker string, job Job, a Attempt, o Outcome) error
	// Release gives back the claims of a worker that ends.
	Release(ctx context.Context, worker string) error
	// Prune deletes finished jobs and attempts older than a moment, hooks older than hooksBefore.
	Prune(ctx context.Context, before, hooksBefore time.Time) (int, error)
}

// DeliverPayload is the payload of JobDeliver.
type DeliverPayload struct {
	CommunicationID core.CommunicationID `json:"communication_id"`
	GoalID          core.GoalID          `json:"goal_id"`
}

// PullPayload is the payload of JobPull.
type PullPayload struct {
	Deals []string `json:"deals"`
}
