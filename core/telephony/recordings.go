package telephony

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"time"

	"github.com/skvoz/skvoz/core"
)

// RecordingState is where a recording stands; the words are stored.
type RecordingState string

// The states of recordings.
const (
	RecordingWaits    RecordingState = "waiting" // to be fetched
	RecordingStored   RecordingState = "stored"
	RecordingMissed   RecordingState = "failed" // it could not be fetched, or the PBX could not make it
	RecordingIsErased RecordingState = "deleted"
)

// The formats of recordings.
const (
	FormatWAV = "wav"
	FormatMP3 = "mp3"
)

// Recording is what was recorded of one talk.
type Recording struct {
	ID           core.RecordingID
	AccountID    core.AccountID
	CallID       core.CallID
	ConnectionID core.ConnectionID
	// TalkID is the talk's; empty when the PBX didn't tell.
	TalkID   string
	RemoteID string
	State    RecordingState
	// Failure is why it was not fetched last: a word of Failure…, empty when nothing failed.
	Failure string
	// Tries is how often it was not fetched; NextTryAt is when it is tried again, while it waits.
	Tries     int
	NextTryAt time.Time
	// Format is wav or mp3, Channels is zero when unknown. Until it is stored they, Duration, Bytes and SHA256 (hexadecimal) are what the PBX told.
	Format   string
	Channels int
	Duration time.Duration
	Bytes    int64
	SHA256   string
	// Path is the file's, in the file store.
	Path string
	// Peaks is how loud it is, in about 200 equal stretches, 0 to 100; empty when that is not known.
	Peaks     []int
	StartedAt time.Time
	// StoredAt and DeletedAt are nil before.
	StoredAt, DeletedAt *time.Time
}

// ContentType is the media type of a recording's file.
func (r *Recording) ContentType() string {
	if r.Format == FormatMP3 {
		return "audio/mpeg"
	}
	return "audio/wav"
}

// Why recordings are not fetched.
const (
	FailurePBX         = "pbx"          // the PBX could not record
	FailureNotFound    = "not_found"    // not there, or not yet
	FailureRefused     = "refused"      // the server wants another authorization
	FailureUnreachable = "unreachable"  // no answer, or one of a server in trouble
	FailurePrivate     = "private"      // the address is in a private network that is not allowed
	FailureSlow        = "slow"         // nothing came for too long
	FailureCut         = "cut"          // it ended before its end
	FailureTooLarge    = "too_large"    // over MaxRecordingBytes
	FailureWrongType   = "wrong_type"   // neither WAV nor MP3
	FailureDiffers     = "differs"      // not the file the PBX told of
	FailureConnection  = "connection"   // the connection was removed
	FailureFileStore   = "file_storage" // ours can't keep it
	FailureOther       = "other"
)

// MaxRecordingBytes is the largest recording that is fetched.
const MaxRecordingBytes = 500 << 20

// RecordingSettings are an account's; JSON, stored.
type RecordingSettings struct {
	// KeepDays is after how many days recordings are removed; 0 = never.
	KeepDays int `json:"keep_days"`
}

// MaxKeepDays is the longest retention that can be chosen.
const MaxKeepDays = 3660

// RecordingStore keeps what is known of recordings. Safe for concurrent use.
type RecordingStore interface {
	// RecordingsOfCalls returns the recordings of calls, in the order they began.
	RecordingsOfCalls(ctx context.Context, account core.AccountID, calls []core.CallID) ([]Recording, error)
	// Recording is KindNotFound when the account has none of that id.
	Recording(ctx context.Context, account core.AccountID, id core.RecordingID) (Recording, error)
	// EraseRecording notes that a recording is not to be had any more, so that its file can be removed; KindNotFound when there is none.
	EraseRecording(ctx context.Context, account core.AccountID, id core.RecordingID) (Recording, error)
	// EraseRecordingsOf does so with the recordings of all calls of visitors, and with phones, and returns how many.
	EraseRecordingsOf(ctx context.Context, account core.AccountID, visitors []core.VisitorID, phones []core.Phone) (int, error)
	// EraseOldRecordings does so with at most limit recordings that are older than their accounts keep them, and returns how many.
	EraseOldRecordings(ctx context.Context, now time.Time, limit int) (int, error)
	// ErasedFiles returns erased recordings whose files are still to be removed, FileRemoved notes that one is.
	ErasedFiles(ctx context.Context, limit int) ([]Recording, error)
	FileRemoved(ctx context.Context, account core.AccountID, id core.RecordingID) error
	RecordingSettings(ctx context.Context, account core.AccountID) (RecordingSettings, error)
	UpdateRecordingSettings(ctx context.Context, account core.AccountID, s RecordingSettings) error
}

// Files keeps recordings. Open's errors are fs.ErrNotExist when there is no such file.
type Files interface {
	Put(ctx context.Context, path string, r io.Reader) (bytes int64, sha256 string, err error)
	Open(ctx context.Context, path string) (io.ReadSeekCloser, error)
	Delete(ctx context.Context, path string) error
}

// RecordingsConfig is what Recordings work with.
type RecordingsConfig struct {
	Store RecordingStore
	Files Files
	Links *Links
	Clock core.Clock
	// Log nil = slog.Default().
	Log *slog.Logger
}

// Recordings are the recordings of calls, with links to them. Safe for concurrent use.
type Recordings struct {
	*Links
	cfg RecordingsConfig
}

// NewRecordings returns the recordings.
func NewRecordings(cfg RecordingsConfig) *Recordings {
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if cfg.Clock == nil {
		cfg.Clock = core.SystemClock{}
	}
	return &Recordings{cfg.Links, cfg}
}

// OfCalls returns the recordings of calls that can be played or are being fetched, and those that failed; in the order they began. Erased ones are not among
// them.
func (s *Recordings) OfCalls(ctx context.Context, account core.AccountID, calls []core.CallID) (map[core.CallID][]Recording, error) {
	out := map[core.CallID][]Recording{}
	if len(calls) == 0 {
		return out, nil
	}
	list, err := s.cfg.Store.RecordingsOfCalls(ctx, account, calls)
	for _, r := range list {
		if r.State != RecordingIsErased {
			out[r.CallID] = append(out[r.CallID], r)
		}
	}
	return out, err
}

// ByID returns a recording, whatever its state is; KindNotFound when the account has none of that id.
func (s *Recordings) ByID(ctx context.Context, account core.AccountID, id core.RecordingID) (Recording, error) {
	return s.cfg.Store.Recording(ctx, account, id)
}

// Open returns a recording's file. Errors are of kind KindNotFound, with reason deleted when it was removed, not_ready while it is still being fetched, and
// not_found for anything else that keeps it from being played.
func (s *Recordings) Open(ctx context.Context, account core.AccountID, id core.RecordingID) (Recording, io.ReadSeekCloser, error) {
	r, err := s.cfg.Store.Recording(ctx, account, id)
	if err != nil {
		return r, nil, err
	}
	switch r.State {
	case RecordingStored:
	case RecordingIsErased:
		return r, nil, core.E(core.KindNotFound, "the recording was deleted").WithReason("deleted")
	case RecordingWaits:
		return r, nil, core.E(core.KindNotFound, "the recording is still being fetched from the PBX").WithReason("not_ready").WithRetryAfter(time.Minute)
	default:
		return r, nil, core.NotFound("recording")
	}
	file, err := s.cfg.Files.Open(ctx, r.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		s.cfg.Log.ErrorContext(ctx, "the file of a recording is missing", "account", account, "recording", id, "path", r.Path)
		return r, nil, core.NotFound("recording")
	case err != nil:
		return r, nil, core.Unavailable("the recording can't be read now", 10*time.Second, err)
	}
	return r, file, nil
}

// Delete removes a recording: from now on no link leads to it. Its file is removed at once if that is possible, else later. KindNotFound when the account has
// none of that id; deleting twice is no error.
func (s *Recordings) Delete(ctx context.Context, account core.AccountID, id core.RecordingID) error {
	r, err := s.cfg.Store.EraseRecording(ctx, account, id)
	if err != nil || r.Path == "" {
		return err
	}
	s.removeFile(ctx, &r)
	return nil
}

// ErasePerson removes the recordings of all calls of visitors, and with phones, and returns how many.
func (s *Recordings) ErasePerson(ctx context.Context, account core.AccountID, visitors []core.VisitorID, phones []core.Phone) (int, error) {
	n, err := s.cfg.Store.EraseRecordingsOf(ctx, account, visitors, phones)
	if err == nil && n > 0 {
		s.removeFiles(ctx)
	}
	return n, err
}

// Settings returns how long an account keeps recordings.
func (s *Recordings) Settings(ctx context.Context, account core.AccountID) (RecordingSettings, error) {
	return s.cfg.Store.RecordingSettings(ctx, account)
}

// UpdateSettings changes how long an account keeps recordings; KindInvalid out_of_range. Those that are older go within an hour.
func (s *Recordings) UpdateSettings(ctx context.Context, account core.AccountID, to RecordingSettings) (RecordingSettings, error) {
	if to.KeepDays < 0 || to.KeepDays > MaxKeepDays {
		return to, core.Invalid("keepDays", "out_of_range", "must be from 0 (keep all) to %d days", MaxKeepDays)
	}
	return to, s.cfg.Store.UpdateRecordingSettings(ctx, account, to)
}

// eraseBatch is how many recordings are erased in one transaction.
const eraseBatch = 200

// EraseOld erases the recordings that are older than their accounts keep them, and removes the files of all that were erased. It returns how many were erased.
// A Fetcher calls it every hour.
func (s *Recordings) EraseOld(ctx context.Context) (int, error) {
	total := 0
	for {
		n, err := s.cfg.Store.EraseOldRecordings(ctx, s.cfg.Clock.Now(), eraseBatch)
		total += n
		if err != nil {
			return total, err
		}
		s.removeFiles(ctx)
		if n < eraseBatch || ctx.Err() != nil {
			return total, ctx.Err()
		}
	}
}

// removeFiles removes files of erased recordings. What can't be removed is tried again next time.
func (s *Recordings) removeFiles(ctx context.Context) {
	for {
		list, err := s.cfg.Store.ErasedFiles(ctx, eraseBatch)
		if err != nil {
			s.cfg.Log.ErrorContext(ctx, "looking for files of erased recordings", slog.Any("error", err))
			return
		}
		removed := 0
		for i := range list {
			if s.removeFile(ctx, &list[i]) {
				removed++
			}
		}
		if len(list) < eraseBatch || removed == 0 {
			return
		}
	}
}

func (s *Recordings) removeFile(ctx context.Context, r *Recording) bool {
	err := s.cfg.Files.Delete(ctx, r.Path)
	if err == nil {
		err = s.cfg.Store.FileRemoved(ctx, r.AccountID, r.ID)
	}
	if err != nil && ctx.Err() == nil {
		s.cfg.Log.ErrorContext(ctx, "the file of an erased recording could not be removed; it is tried again", "account", r.AccountID, "recording", r.ID, "error", err)
	}
	return err == nil
}
