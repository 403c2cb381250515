package integrations

import (
	"context"
	"encoding/json"
)

// Work is a job a worker has claimed and is doing.
type Work struct {
	Job
	// Journal keeps the exchanges of this attempt.
	Journal Recorder
	// Save keeps progress on disk before it returns, so that a step is known to have been begun even after a crash. An error of kind KindConflict means
	// that another worker has the job now: stop without doing anything more.
	Save func(ctx context.Context, progress json.RawMessage) error
}

// Handler does jobs. Handle may be called from many goroutines; its context ends when the claim is lost or the server stops.
type Handler interface {
	Handle(ctx context.Context, w Work) Outcome
}
