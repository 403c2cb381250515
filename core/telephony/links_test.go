package telephony_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/telephony"
)

var linkTime = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func testLinks() *telephony.Links {
	return telephony.NewLinks("https://stat.example/", []byte(strings.Repeat("k", 32)))
}

func signedPart(link string) string { return link[strings.LastIndexByte(link, '/')+1:] }

func TestMP2_linksLeadWhereTheyWereMadeFor(t *testing.T) {
	t.Parallel()
	l := testLinks()
	require.True(t, strings.HasPrefix(l.SignedRecordingURL(1, 2), "https://stat.example/r/"))
	require.Equal(t, testLinks().SignedRecordingURL(1, 2), l.SignedRecordingURL(1, 2), "always the same")
	require.Equal(t, l.SignedRecordingURL(1, 2)+"/page", l.SignedRecordingPage(1, 2))
	got, err := l.ReadRecording(signedPart(l.SignedRecordingURL(1, core.MaxID)), linkTime)
	require.NoError(t, err)
	require.Equal(t, telephony.Link{AccountID: 1, RecordingID: core.MaxID}, got)
	got, err = l.ReadSound(signedPart(l.SignedSoundURL(3, 4)), linkTime)
	require.NoError(t, err)
	require.Equal(t, telephony.Link{AccountID: 3, SoundID: 4}, got)
}

func TestMP2_linksExpireWhenTheyAreToldTo(t *testing.T) {
	t.Parallel()
	l := testLinks()
	signed := signedPart(l.SignedRecordingURLUntil(1, 2, linkTime))
	got, err := l.ReadRecording(signed, linkTime.Add(-time.Second))
	require.NoError(t, err)
	require.True(t, got.ExpiresAt.Equal(linkTime))
	_, err = l.ReadRecording(signed, linkTime)
	require.Equal(t, core.KindNotFound, core.KindOf(err))
	require.Equal(t, "expired", core.AsError(err).Reason)
}

func TestMP2_everyBitOfALinkIsSigned(t *testing.T) {
	t.Parallel()
	l := testLinks()
	signed := signedPart(l.SignedRecordingURLUntil(123456, 987654321, linkTime.Add(time.Hour)))
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	for i := range signed {
		for _, other := range letters {
			changed := signed[:i] + string(other) + signed[i+1:]
			if changed == signed {
				continue
			}
			_, err := l.ReadRecording(changed, linkTime)
			require.Equal(t, core.KindNotFound, core.KindOf(err))
		}
	}
}

func FuzzReadRecording(f *testing.F) {
	l := testLinks()
	good := signedPart(l.SignedRecordingURL(1, 2))
	f.Add(good)
	f.Add("")
	f.Add("AAAA")
	f.Fuzz(func(t *testing.T, signed string) {
		_, err := l.ReadRecording(signed, linkTime)
		if err == nil {
			require.Equal(t, good, signed)
		}
	})
}
