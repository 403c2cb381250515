package telephony

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"strings"

	"github.com/skvoz/skvoz/core"
)

// intake reads a download and looks at it meanwhile: at its end it is whole and what was told of it, or reading fails, so that no other file is ever kept.
type intake struct {
	from io.Reader
	// head was looked at and is still to be read.
	head []byte
	n    int64
	// err is why reading failed.
	err error

	told *DueRecording
	// length is what the server promised; -1 = nothing.
	length int64
	sound  Sound
	sum    hash.Hash
}

// peek returns the first bytes, fewer if there are fewer.
func (i *intake) peek(n int) ([]byte, error) {
	head := make([]byte, n)
	k, err := io.ReadFull(i.from, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF { // a download that was cut is another error, with one of these as its cause
		return nil, err
	}
	i.head = head[:k]
	return i.head, nil
}

// expect says what the rest will be compared with.
func (i *intake) expect(told *DueRecording, length int64, sound Sound) {
	i.told, i.length, i.sound = told, length, sound
	if told.SHA256 != "" {
		i.sum = sha256.New()
	}
}

// Read implements io.Reader.
func (i *intake) Read(p []byte) (n int, err error) {
	if len(i.head) > 0 {
		n = copy(p, i.head)
		i.head = i.head[n:]
	} else {
		n, err = i.from.Read(p)
	}
	i.n += int64(n)
	_, _ = i.sound.Write(p[:n])
	if i.sum != nil {
		i.sum.Write(p[:n])
	}
	switch {
	case i.n > MaxRecordingBytes:
		err = tooLarge()
	case err == io.EOF: //nolint:errorlint // see peek
		if wrong := i.check(); wrong != nil {
			err = wrong
		}
	}
	if err != nil && err != io.EOF { //nolint:errorlint // see peek
		i.err = err
	}
	return n, err
}

// check compares what came with what was promised.
func (i *intake) check() error {
	switch {
	case i.length >= 0 && i.n != i.length, i.length < 0 && i.sound.Missing() > 0:
		return core.E(core.KindUnavailable, "the recording ended before its end").WithReason(FailureCut)
	case !i.sound.IsSound():
		return wrongType()
	case i.told.Bytes > 0 && i.told.Bytes != i.n, i.sum != nil && !strings.EqualFold(i.told.SHA256, hex.EncodeToString(i.sum.Sum(nil))):
		return core.E(core.KindUnavailable, "the recording is not the one the PBX told of").WithReason(FailureDiffers)
	}
	return nil
}
