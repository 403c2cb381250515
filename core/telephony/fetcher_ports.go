package telephony

import (
	"context"
	"io"
	"time"

	"github.com/skvoz/skvoz/core"
)

// DueRecording is a recording somebody fetches. The lease ends at Until, unless it is renewed.
type DueRecording struct {
	Recording
	// Sealed is the address as it is stored; URL the same, readable. Both are empty when the PBX told none.
	Sealed, URL string
	Kind        ConnectionKind
	Until       time.Time
}

// FetchedRecording is what is known of a recording once its file is stored.
type FetchedRecording struct {
	Path, Format, SHA256 string
	Channels             int
	Duration             time.Duration
	Bytes                int64
	Peaks                []int
}

// FetchStore hands recordings to fetch to whoever asks, each to one at a time, also among several processes.
type FetchStore interface {
	// TakeRecordings leases at most limit recordings that are due until a moment.
	TakeRecordings(ctx context.Context, now, until time.Time, limit int) ([]DueRecording, error)
	// RenewLease makes a lease longer; ok is false when it was lost: the recording was erased, or is somebody else's by now.
	RenewLease(ctx context.Context, r *DueRecording, until time.Time) (ok bool, err error)
	// KeepRecording notes that a recording's file is stored and tells those who watch; ok is false when the lease was lost.
	KeepRecording(ctx context.Context, r *DueRecording, f FetchedRecording) (ok bool, err error)
	// PutOffRecording notes why a recording was not fetched, counts the try and gives the lease back. A zero moment gives the recording up. When the PBX sent
	// another address meanwhile, that is tried at once.
	PutOffRecording(ctx context.Context, r *DueRecording, failure string, again time.Time) error
	// ReleaseRecording gives a lease back without counting a try.
	ReleaseRecording(ctx context.Context, r *DueRecording) error
	// Recording is KindNotFound when the account has none of that id.
	Recording(ctx context.Context, account core.AccountID, id core.RecordingID) (Recording, error)
	// Endpoint reads a connection with its secrets. KindNotFound.
	Endpoint(ctx context.Context, account core.AccountID, id core.ConnectionID) (Endpoint, error)
}

// Download is a file on its way.
type Download struct {
	Body io.ReadCloser
	// Length is how many bytes the server promised; -1 when it didn't.
	Length int64
}

// Downloader fetches files. Its errors, and those of the body, have one of the words Failure… as their reason.
type Downloader interface {
	Download(ctx context.Context, address string, header map[string]string) (Download, error)
}
