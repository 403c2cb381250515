package telephony

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
)

// Links makes addresses that open a recording or a sound without signing in, for CRMs and PBXs. They can't be guessed, and are signed with a secret of the
// installation; what they lead to they tell only to it. Safe for concurrent use.
type Links struct {
	publicURL string
	secret    []byte
}

// NewLinks returns what makes links below the server's public address with a secret of at least 32 bytes.
func NewLinks(publicURL string, secret []byte) *Links {
	return &Links{strings.TrimSuffix(publicURL, "/"), secret}
}

// Kinds of things links lead to.
const (
	linkRecording byte = 1
	linkSound     byte = 2
)

// Link is what a signed link leads to.
type Link struct {
	AccountID core.AccountID
	// RecordingID or SoundID is set.
	RecordingID core.RecordingID
	SoundID     core.MediaID
	// ExpiresAt is zero for links that hold as long as the file.
	ExpiresAt time.Time
}

// URL is where a signed-in user of the account hears a recording.
func (l *Links) URL(id core.RecordingID) string { return l.publicURL + "/recordings/" + id.String() }

// SignedRecordingURL is a link to a recording's file that holds until the recording is deleted.
func (l *Links) SignedRecordingURL(account core.AccountID, id core.RecordingID) string {
	return l.SignedRecordingURLUntil(account, id, time.Time{})
}

// SignedRecordingURLUntil is a link to a recording's file that holds until a moment (in whole seconds; zero = for ever) or until the recording is deleted.
func (l *Links) SignedRecordingURLUntil(account core.AccountID, id core.RecordingID, until time.Time) string {
	return l.publicURL + "/r/" + l.sign(linkRecording, int64(account), int64(id), until)
}

// SignedRecordingPage is a link to a page on which a recording can be listened to, for CRMs that want a page.
func (l *Links) SignedRecordingPage(account core.AccountID, id core.RecordingID) string {
	return l.SignedRecordingURL(account, id) + "/page"
}

// SignedSoundURL is a link to a sound of scenarios, for PBXs.
func (l *Links) SignedSoundURL(account core.AccountID, id core.MediaID) string {
	return l.publicURL + "/media/" + l.sign(linkSound, int64(account), int64(id), time.Time{})
}

// soundWord stands before the id of a sound in instructions of scenarios.
const soundWord = "media:"

// Media turns a sound as scenarios name it, media:ID, into a link to its file; everything else is returned as it is.
func (l *Links) Media(account core.AccountID, media string) string {
	rest, ok := strings.CutPrefix(media, soundWord)
	if !ok {
		return media
	}
	id, err := core.ParseID[core.MediaID](rest)
	if err != nil {
		return media
	}
	return l.SignedSoundURL(account, id)
}

// macSize is how much of a signature stands in a link, in bytes.
const macSize = 16

// sign writes what a link leads to and the signature of it.
func (l *Links) sign(kind byte, account, id int64, until time.Time) string {
	b := append(make([]byte, 0, 48), kind)
	b = binary.AppendUvarint(b, uint64(account))
	b = binary.AppendUvarint(b, uint64(id))
	expiry := uint64(0)
	if !until.IsZero() {
		expiry = uint64(max(until.Unix(), 1))
	}
	b = binary.AppendUvarint(b, expiry)
	return base64.RawURLEncoding.EncodeToString(append(b, l.mac(b)...))
}

func (l *Links) mac(b []byte) []byte {
	h := hmac.New(sha256.New, l.secret)
	h.Write([]byte("skvoz link "))
	h.Write(b)
	return h.Sum(nil)[:macSize]
}

// ReadRecording reads the signed part of a recording's link. KindNotFound when it is not one of ours, with reason expired when it was.
func (l *Links) ReadRecording(signed string, now time.Time) (Link, error) {
	link, err := l.read(linkRecording, signed, now)
	link.SoundID = 0
	return link, err
}

// ReadSound reads the signed part of a sound's link. Errors are those of ReadRecording.
func (l *Links) ReadSound(signed string, now time.Time) (Link, error) {
	link, err := l.read(linkSound, signed, now)
	link.RecordingID = 0
	return link, err
}

// maxSigned bounds what is looked at.
const maxSigned = 128

func (l *Links) read(kind byte, signed string, now time.Time) (Link, error) {
	unknown := core.NotFound("link")
	if len(signed) > maxSigned {
		return Link{}, unknown
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(signed)
	if err != nil || len(raw) <= macSize {
		return Link{}, unknown
	}
	body, signature := raw[:len(raw)-macSize], raw[len(raw)-macSize:]
	if !hmac.Equal(signature, l.mac(body)) || body[0] != kind {
		return Link{}, unknown
	}
	var numbers [3]uint64
	body = body[1:]
	for i := range numbers {
		n, size := binary.Uvarint(body)
		if size <= 0 || n > core.MaxID {
			return Link{}, unknown
		}
		numbers[i], body = n, body[size:]
	}
	link := Link{AccountID: core.AccountID(numbers[0]), RecordingID: core.RecordingID(numbers[1]), SoundID: core.MediaID(numbers[1])}
	if numbers[2] != 0 {
		link.ExpiresAt = time.Unix(int64(numbers[2]), 0).UTC()
		if !now.Before(link.ExpiresAt) {
			return link, core.E(core.KindNotFound, "the link has expired").WithReason("expired")
		}
	}
	return link, nil
}
