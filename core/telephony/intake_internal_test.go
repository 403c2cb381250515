package telephony

import (
	"bytes"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
)

// endless gives zeros for ever.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestRC8_aDownloadThatNeverEndsIsCutAtTheLimit(t *testing.T) {
	t.Parallel()
	head := []byte("RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x31\x00\x01\x00\x40\x1F\x00\x00\x40\x1F\x00\x00\x01\x00\x08\x00data\xFF\xFF\xFF\xFF")
	in := &intake{from: io.MultiReader(bytes.NewReader(head), endless{})}
	got, err := in.peek(soundMagic)
	require.NoError(t, err)
	require.Equal(t, FormatWAV, SoundFormat(got))
	in.expect(&DueRecording{}, -1, NewSound(FormatWAV))
	_, err = io.Copy(io.Discard, in)
	require.Equal(t, FailureTooLarge, core.AsError(err).Reason)
	require.Equal(t, err, in.err)
	require.LessOrEqual(t, in.n, int64(MaxRecordingBytes+1<<20))
}

func TestRC8_aDownloadsOwnErrorIsKept(t *testing.T) {
	t.Parallel()
	cut := core.E(core.KindUnavailable, "cut").WithReason(FailureCut).WithCause(io.ErrUnexpectedEOF)
	in := &intake{from: io.MultiReader(bytes.NewReader([]byte("RIFF")), failing{cut})}
	_, err := in.peek(soundMagic)
	require.ErrorIs(t, err, cut)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
