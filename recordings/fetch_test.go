package recordings_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/recordings"
	"github.com/skvoz/skvoz/store/storetest"
)

func TestMP2_eachTalkHasItsRecording(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		first, second := wav(3000), wav(1500)
		sum := sha256.Sum256(second)
		w.provider.set("/1.wav", gives(first))
		w.provider.set("/2.wav", gives(second))
		call := w.call("c1",
			telephony.Data{RecordingID: "r1", TalkID: "t1", URL: w.provider.URL + "/1.wav"},
			telephony.Data{RecordingID: "r2", TalkID: "t2", URL: w.provider.URL + "/2.wav", Bytes: int64(len(second)), SHA256: hex.EncodeToString(sum[:])})
		for _, r := range w.of(call) {
			require.Equal(t, telephony.RecordingWaits, r.State)
			_, _, err := w.recordings.Open(t.Context(), w.account, r.ID)
			require.Equal(t, core.KindNotFound, core.KindOf(err))
			require.Equal(t, "not_ready", core.AsError(err).Reason)
		}
		w.fetch()
		got := w.of(call)
		require.Len(t, got, 2)
		for i, want := range [][]byte{first, second} {
			r := got[i]
			sum := sha256.Sum256(want)
			require.Equal(t, telephony.RecordingStored, r.State)
			require.Equal(t, "t"+strconv.Itoa(i+1), r.TalkID)
			require.Equal(t, telephony.FormatWAV, r.Format)
			require.EqualValues(t, len(want), r.Bytes)
			require.Equal(t, hex.EncodeToString(sum[:]), r.SHA256)
			require.Equal(t, 2, r.Channels)
			require.Equal(t, want, w.content(&r))
			require.True(t, r.StoredAt.Equal(testStart))
			require.InDelta(t, 200, len(r.Peaks), 100)
			require.Greater(t, r.Peaks[len(r.Peaks)-1], 90)
			require.Less(t, r.Peaks[0], 10)
		}
		require.Equal(t, 3*time.Second, got[0].Duration)
		require.Equal(t, 1, w.provider.timesAsked("/1.wav"))
	})
}

// await waits for something that must come.
func await[T any](t *testing.T, from <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-from:
	case <-time.After(10 * time.Second):
		t.Fatal("nothing came")
	}
	return v
}

func TestMP2_whoWatchesIsTold(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		changes := w.DB.LiveChanges()
		go changes.Run(t.Context())
		<-changes.Ready()
		told := make(chan telephony.Change, 10)
		w.provider.set("/1.wav", gives(wav(100)))
		r := w.recorded("/1.wav")
		t.Cleanup(changes.Listen(func(c telephony.Change) { told <- c }))
		w.fetch()
		awaitChange := func() {
			for {
				c := await(t, told)
				if c.What == telephony.WhatRecording {
					require.Equal(t, telephony.Change{AccountID: w.account, Topic: telephony.TopicCall, CallID: r.CallID, ConnectionID: w.connection.ID, What: c.What}, c)
					return
				}
			}
		}
		awaitChange()
		require.NoError(t, w.recordings.Delete(t.Context(), w.account, r.ID))
		awaitChange()
	})
}

func TestRC8_whatIsNotARecordingIsNotKept(t *testing.T) {
	t.Parallel()
	whole := wav(500)
	tests := map[string]struct {
		answer http.HandlerFunc
		told   telephony.Data
		want   string
	}{
		"not there":                     {status(404), telephony.Data{}, telephony.FailureNotFound},
		"gone":                          {status(410), telephony.Data{}, telephony.FailureNotFound},
		"not ready":                     {status(204), telephony.Data{}, telephony.FailureNotFound},
		"for others":                    {status(403), telephony.Data{}, telephony.FailureRefused},
		"a server in trouble":           {status(500), telephony.Data{}, telephony.FailureUnreachable},
		"an answer nobody expects":      {status(418), telephony.Data{}, telephony.FailureOther},
		"a page":                        {gives([]byte("<!doctype html><title>Sign in</title>")), telephony.Data{}, telephony.FailureWrongType},
		"nothing":                       {gives(nil), telephony.Data{}, telephony.FailureWrongType},
		"a picture with the first word": {gives([]byte("RIFF\x10\x00\x00\x00WEBPVP8 ")), telephony.Data{}, telephony.FailureWrongType},
		"a header without sound":        {gives(whole[:20]), telephony.Data{}, telephony.FailureWrongType},
		"too large by its own word": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", strconv.Itoa(telephony.MaxRecordingBytes+1))
			_, _ = w.Write(whole)
		}, telephony.Data{}, telephony.FailureTooLarge},
		"cut": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", strconv.Itoa(len(whole)))
			_, _ = w.Write(whole[:len(whole)/2])
		}, telephony.Data{}, telephony.FailureCut},
		"cut in its first bytes": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", strconv.Itoa(len(whole)))
			_, _ = w.Write(whole[:5])
		}, telephony.Data{}, telephony.FailureCut},
		"cut without a promised length": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write(whole[:len(whole)/2])
			_ = http.NewResponseController(w).Flush()
		}, telephony.Data{}, telephony.FailureCut},
		"slow to answer": {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, telephony.Data{}, telephony.FailureSlow},
		"slow in the middle": {func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write(whole[:len(whole)/2])
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}, telephony.Data{}, telephony.FailureSlow},
		"another length than told": {gives(whole), telephony.Data{Bytes: 7}, telephony.FailureDiffers},
		"another file than told":   {gives(whole), telephony.Data{SHA256: hex.EncodeToString(make([]byte, 32))}, telephony.FailureDiffers},
		"a ring of redirects": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.Path, http.StatusFound)
		}, telephony.Data{}, telephony.FailureOther},
	}
	each(t, func(t *testing.T, w *world) {
		for name, tt := range tests {
			w.provider.set("/x.wav", tt.answer)
			d := tt.told
			d.RecordingID, d.URL = name, w.provider.URL+"/x.wav"
			call := w.call(name, d)
			w.fetch()
			r := w.of(call)[0]
			require.Equal(t, tt.want, r.Failure, name)
			require.Equal(t, telephony.RecordingWaits, r.State, name)
			require.Equal(t, 1, r.Tries, name)
			require.True(t, r.NextTryAt.Equal(testStart.Add(time.Minute)), name)
			require.False(t, w.exists(pathOf(&r)), name)
		}
		n, err := w.files.Sweep(t.Context(), 0)
		require.NoError(t, err)
		require.Zero(t, n, "no unfinished file is left")
	})
}

// pathOf is where a recording's file would be.
func pathOf(r *telephony.Recording) string {
	return "recordings/" + r.AccountID.String() + "/" + r.StartedAt.Format("2006/01/02") + "/" + r.ID.String() + ".wav"
}

func TestMP2_aRecordingThatIsNotThereYetIsTriedAgain(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		r := w.recorded("/late.wav")
		w.fetch()
		for tries, minutes := range []int{1, 1, 2, 5, 10, 30, 60, 60} {
			r = w.byID(r.ID)
			require.Equal(t, tries+1, r.Tries)
			require.Equal(t, time.Duration(minutes)*time.Minute, r.NextTryAt.Sub(w.clock.Now()))
			w.clock.Advance(time.Duration(minutes)*time.Minute - time.Millisecond)
			w.fetch()
			require.Equal(t, tries+1, w.provider.timesAsked("/late.wav"), "not before its time")
			w.clock.Advance(time.Millisecond)
			w.fetch()
		}
		w.provider.set("/late.wav", gives(wav(100)))
		w.clock.Advance(time.Hour)
		w.fetch()
		r = w.byID(r.ID)
		require.Equal(t, telephony.RecordingStored, r.State)
		require.Empty(t, r.Failure)
	})
}

func TestMP2_aRecordingIsGivenUpAfterADay(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		r := w.recorded("/never.wav")
		for w.byID(r.ID).State == telephony.RecordingWaits {
			w.fetch()
			if now := w.byID(r.ID); now.State == telephony.RecordingWaits {
				w.clock.Set(now.NextTryAt)
			}
		}
		r = w.byID(r.ID)
		require.Equal(t, telephony.RecordingMissed, r.State)
		require.Equal(t, telephony.FailureNotFound, r.Failure)
		require.InDelta(t, 24, w.clock.Now().Sub(testStart).Hours(), 1)
		_, _, err := w.recordings.Open(t.Context(), w.account, r.ID)
		require.Equal(t, core.KindNotFound, core.KindOf(err))
		w.clock.Advance(48 * time.Hour)
		w.fetch()
		require.Equal(t, 30, w.provider.timesAsked("/never.wav"))
	})
}

// links gives a link that works once, as some providers do.
type links struct {
	mu    sync.Mutex
	at    string
	asked int
	err   error
	to    telephony.Endpoint
}

func (l *links) Source(_ context.Context, to telephony.Endpoint, remoteID, _ string) (string, map[string]string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked++
	l.to = to
	return l.at + "/once/" + strconv.Itoa(l.asked) + "/" + remoteID, map[string]string{"Authorization": "Bearer " + to.Secrets[telephony.SecretToken]}, l.err
}

func TestMP2_linksThatWorkOnceAreAskedForEachTime(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		l := &links{at: w.provider.URL, err: core.NotFound("recording")}
		w.fetcher = w.newFetcher(w.DB, func(c *telephony.FetcherConfig) {
			c.Recorders = map[telephony.ConnectionKind]telephony.Recorder{telephony.KindCTPBX: l}
		})
		call := w.call("c1", telephony.Data{RecordingID: "r1"})
		w.fetch()
		require.Equal(t, telephony.FailureNotFound, w.of(call)[0].Failure)
		l.err = nil
		w.clock.Advance(time.Minute)
		w.fetch() // the second link is not found
		w.provider.set("/once/3/r1", func(rw http.ResponseWriter, r *http.Request) {
			require.Equal(t, "Bearer t0ken", r.Header.Get("Authorization"))
			gives(wav(100))(rw, r)
		})
		w.clock.Advance(time.Minute)
		w.fetch()
		require.Equal(t, telephony.RecordingStored, w.of(call)[0].State)
		require.Equal(t, 3, l.asked)
		require.Equal(t, w.connection.ID, l.to.ID)
	})
}

func TestRC8_headersGoToTheirServerAlone(t *testing.T) {
	t.Parallel()
	other := newProvider(t)
	var seen []string
	other.set("/file.wav", func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Header.Get("Authorization"))
		gives(wav(100))(w, r)
	})
	p := newProvider(t)
	p.set("/here", func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Header.Get("Authorization"))
		http.Redirect(w, r, "/there", http.StatusFound)
	})
	p.set("/there", func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Header.Get("Authorization"))
		http.Redirect(w, r, other.URL+"/file.wav", http.StatusTemporaryRedirect)
	})
	d := recordings.NewDownloader(recordings.DownloaderConfig{Networks: loopback})
	got, err := d.Download(t.Context(), p.URL+"/here", map[string]string{"Authorization": "Bearer x"})
	require.NoError(t, err)
	require.NoError(t, got.Body.Close())
	require.EqualValues(t, len(wav(100)), got.Length)
	require.Equal(t, []string{"Bearer x", "Bearer x", ""}, seen)
}

func TestRC8_privateNetworksAreClosedUnlessAllowed(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	d := recordings.NewDownloader(recordings.DownloaderConfig{})
	_, err := d.Download(t.Context(), p.URL+"/x.wav", nil)
	require.Equal(t, telephony.FailurePrivate, core.AsError(err).Reason)
	require.Zero(t, p.timesAsked("/x.wav"))
	gone := httptest.NewServer(nil)
	gone.Close()
	d = recordings.NewDownloader(recordings.DownloaderConfig{Networks: loopback})
	_, err = d.Download(t.Context(), gone.URL, nil)
	require.Equal(t, telephony.FailureUnreachable, core.AsError(err).Reason)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = d.Download(ctx, p.URL, nil)
	require.ErrorIs(t, err, context.Canceled)
}

func TestMP2_severalServersFetchEachRecordingOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		const servers, count = 3, 12
		for i := range count {
			path := "/" + strconv.Itoa(i)
			w.provider.set(path, gives(wav(50)))
			w.recorded(path)
		}
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		var running sync.WaitGroup
		for range servers {
			f := w.newFetcher(storetest.OpenDSN(t, w.dsn, w.clock), func(c *telephony.FetcherConfig) { c.Workers = 2 })
			running.Go(func() { f.Run(ctx) })
			f.Wake()
		}
		stored := func() int {
			n := 0
			for i := range count {
				c, err := w.calls.CallByPBX(t.Context(), telephony.CallRef{AccountID: w.account, ConnectionID: w.connection.ID, PBXCallID: "/" + strconv.Itoa(i)})
				require.NoError(t, err)
				if w.of(c.ID)[0].State == telephony.RecordingStored {
					n++
				}
			}
			return n
		}
		testkit.Eventually(t, 20*time.Second, func() bool { return stored() == count }, "all are stored")
		stop()
		running.Wait()
		for i := range count {
			require.Equal(t, 1, w.provider.timesAsked("/"+strconv.Itoa(i)))
		}
	})
}

func TestMP2_whatACrashedServerFetchedAnotherOneFetches(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		w.provider.set("/1.wav", gives(wav(100)))
		r := w.recorded("/1.wav")
		now := w.clock.Now()
		taken, err := w.calls.TakeRecordings(t.Context(), now, now.Add(time.Minute), 1)
		require.NoError(t, err)
		require.Len(t, taken, 1)
		require.Equal(t, w.provider.URL+"/1.wav", taken[0].URL)
		// It stored the file and crashed before it noted so.
		_, _, err = w.files.Put(t.Context(), pathOf(&r), bytes.NewReader(wav(50)))
		require.NoError(t, err)
		w.clock.Advance(time.Minute - time.Millisecond)
		w.fetch()
		require.Equal(t, telephony.RecordingWaits, w.byID(r.ID).State)
		w.clock.Advance(time.Millisecond)
		w.fetch()
		r = w.byID(r.ID)
		require.Equal(t, telephony.RecordingStored, r.State)
		require.Equal(t, pathOf(&r), r.Path, "the same place")
		require.Equal(t, wav(100), w.content(&r))

		// The first one comes back to life: its lease is lost.
		ok, err := w.calls.KeepRecording(t.Context(), &taken[0], telephony.FetchedRecording{Path: "elsewhere", Format: "wav"})
		require.NoError(t, err)
		require.False(t, ok)
		ok, err = w.calls.RenewLease(t.Context(), &taken[0], now.Add(time.Hour))
		require.NoError(t, err)
		require.False(t, ok)
		require.NoError(t, w.calls.PutOffRecording(t.Context(), &taken[0], "other", time.Time{}))
		require.Equal(t, telephony.RecordingStored, w.byID(r.ID).State)
	})
}

func TestMP2_aServerThatStopsGivesTheRecordingBack(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		ctx, stop := context.WithCancel(t.Context())
		w.provider.set("/1.wav", func(rw http.ResponseWriter, r *http.Request) { stop(); <-r.Context().Done() })
		r := w.recorded("/1.wav")
		n, err := w.fetcher.FetchNext(ctx)
		require.NoError(t, err)
		require.Equal(t, 1, n)
		require.Zero(t, w.byID(r.ID).Tries)
		w.provider.set("/1.wav", gives(wav(100)))
		w.fetch()
		require.Equal(t, telephony.RecordingStored, w.byID(r.ID).State)
	})
}

func TestMP2_aRecordingErasedWhileItIsFetchedStaysErased(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		begun, goOn := make(chan struct{}), make(chan struct{})
		w.provider.set("/1.wav", func(rw http.ResponseWriter, r *http.Request) {
			close(begun)
			<-goOn
			gives(wav(100))(rw, r)
		})
		w.fetcher = w.newFetcher(w.DB, func(c *telephony.FetcherConfig) {
			c.Downloader = recordings.NewDownloader(recordings.DownloaderConfig{Networks: loopback})
		})
		r := w.recorded("/1.wav")
		done := make(chan error, 1)
		go func() { _, err := w.fetcher.FetchNext(t.Context()); done <- err }()
		await(t, begun)
		require.NoError(t, w.recordings.Delete(t.Context(), w.account, r.ID))
		close(goOn)
		require.NoError(t, await(t, done))
		require.Equal(t, telephony.RecordingIsErased, w.byID(r.ID).State)
		require.False(t, w.exists(pathOf(&r)))
	})
}

func TestMP2_aLeaseThatIsLostEndsTheDownload(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		begun := make(chan struct{})
		w.provider.set("/1.wav", func(_ http.ResponseWriter, r *http.Request) { close(begun); <-r.Context().Done() })
		w.fetcher = w.newFetcher(w.DB, func(c *telephony.FetcherConfig) {
			c.Lease = 30 * time.Millisecond
			c.Downloader = recordings.NewDownloader(recordings.DownloaderConfig{Networks: loopback})
		})
		r := w.recorded("/1.wav")
		done := make(chan error, 1)
		go func() { _, err := w.fetcher.FetchNext(t.Context()); done <- err }()
		await(t, begun)
		require.NoError(t, w.recordings.Delete(t.Context(), w.account, r.ID))
		require.NoError(t, await(t, done))
		require.Equal(t, telephony.RecordingIsErased, w.byID(r.ID).State)
	})
}

func TestMP2_aNewLinkIsTriedAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		w.provider.set("/new.wav", gives(wav(100)))
		r := w.recorded("/old.wav")
		w.fetch()
		require.Equal(t, 1, w.byID(r.ID).Tries)
		later := w.clock.Now().Add(time.Hour)
		_, err := w.calls.AddEvents(t.Context(), w.connection, w.clock.Now(), []telephony.Event{{
			ID: "again", Type: telephony.RecordingReady, CallID: "/old.wav", Seq: 4, OccurredAt: w.clock.Now(),
			Data: telephony.Data{RecordingID: "/old.wav", TalkID: "t1", URL: w.provider.URL + "/new.wav", URLExpiresAt: &later},
		}})
		require.NoError(t, err)
		_, err = w.folder.FoldBatch(t.Context())
		require.NoError(t, err)
		w.fetch()
		require.Equal(t, telephony.RecordingStored, w.byID(r.ID).State)
	})
}

func TestMP2_aDeletedRecordingIsNoLongerReachable(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		w.provider.set("/1.wav", gives(wav(100)))
		r := w.recorded("/1.wav")
		w.fetch()
		r = w.byID(r.ID)
		require.True(t, w.exists(r.Path))
		stranger := w.Account()
		require.Equal(t, core.KindNotFound, core.KindOf(w.recordings.Delete(t.Context(), stranger, r.ID)), "another account's")
		require.NoError(t, w.recordings.Delete(t.Context(), w.account, r.ID))
		require.NoError(t, w.recordings.Delete(t.Context(), w.account, r.ID), "deleting twice is no error")
		require.False(t, w.exists(r.Path))
		_, _, err := w.recordings.Open(t.Context(), w.account, r.ID)
		require.Equal(t, "deleted", core.AsError(err).Reason)
		require.Empty(t, w.of(r.CallID))
		require.Empty(t, w.byID(r.ID).Path)

		_, err = w.calls.AddEvents(t.Context(), w.connection, w.clock.Now(), []telephony.Event{{
			ID: "again", Type: telephony.RecordingReady, CallID: "/1.wav", Seq: 4, OccurredAt: w.clock.Now(),
			Data: telephony.Data{RecordingID: "/1.wav", TalkID: "t1", URL: w.provider.URL + "/1.wav"},
		}})
		require.NoError(t, err)
		_, err = w.folder.FoldBatch(t.Context())
		require.NoError(t, err)
		w.fetch()
		require.Equal(t, telephony.RecordingIsErased, w.byID(r.ID).State, "an event that is repeated does not bring it back")
	})
}

// stubborn files can't be deleted.
type stubborn struct{ telephony.Files }

func (stubborn) Delete(context.Context, string) error { return errors.New("the disk is read-only") }

func TestMP2_filesThatCouldNotBeRemovedAreRemovedLater(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		w.provider.set("/1.wav", gives(wav(100)))
		r := w.recorded("/1.wav")
		w.fetch()
		r = w.byID(r.ID)
		bad := telephony.NewRecordings(telephony.RecordingsConfig{Store: w.calls, Files: stubborn{w.files}, Clock: w.clock, Log: quiet})
		require.NoError(t, bad.Delete(t.Context(), w.account, r.ID))
		require.True(t, w.exists(r.Path))
		_, _, err := w.recordings.Open(t.Context(), w.account, r.ID)
		require.Equal(t, "deleted", core.AsError(err).Reason, "not reachable any more")
		_, err = bad.EraseOld(t.Context())
		require.NoError(t, err)
		require.True(t, w.exists(r.Path))
		_, err = w.recordings.EraseOld(t.Context())
		require.NoError(t, err)
		require.False(t, w.exists(r.Path))
	})
}

func TestMP2_recordingsAreKeptAsLongAsTheAccountWants(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.provider.set("/old.wav", gives(wav(100)))
		w.provider.set("/new.wav", gives(wav(100)))
		old := w.recorded("/old.wav")
		w.fetch()
		w.clock.Advance(20 * 24 * time.Hour)
		young := w.recorded("/new.wav")
		w.fetch()
		w.clock.Advance(11 * 24 * time.Hour)

		n, err := w.recordings.EraseOld(ctx)
		require.NoError(t, err)
		require.Zero(t, n, "all are kept by default")
		for _, days := range []int{-1, 3661} {
			_, err = w.recordings.UpdateSettings(ctx, w.account, telephony.RecordingSettings{KeepDays: days})
			require.Equal(t, core.KindInvalid, core.KindOf(err))
		}
		_, err = w.recordings.UpdateSettings(ctx, w.Account(), telephony.RecordingSettings{KeepDays: 1})
		require.NoError(t, err, "another account")
		_, err = w.recordings.UpdateSettings(ctx, w.account, telephony.RecordingSettings{KeepDays: 30})
		require.NoError(t, err)
		got, err := w.recordings.Settings(ctx, w.account)
		require.NoError(t, err)
		require.Equal(t, 30, got.KeepDays)
		tracking, err := w.DB.CalltrackingSettings(ctx, w.account)
		require.NoError(t, err)
		require.NotZero(t, tracking.HoldSeconds, "other settings stay")

		n, err = w.recordings.EraseOld(ctx)
		require.NoError(t, err)
		require.Equal(t, 1, n)
		require.Equal(t, telephony.RecordingIsErased, w.byID(old.ID).State)
		require.False(t, w.exists(pathOf(&old)))
		require.Equal(t, telephony.RecordingStored, w.byID(young.ID).State)
	})
}

func TestMP2_aPersonsRecordingsCanBeErased(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		w.provider.set("/1.wav", gives(wav(100)))
		r := w.recorded("/1.wav")
		w.fetch()
		n, err := w.recordings.ErasePerson(t.Context(), w.account, nil, []core.Phone{"79160000002", ""})
		require.NoError(t, err)
		require.Zero(t, n)
		n, err = w.recordings.ErasePerson(t.Context(), w.account, []core.VisitorID{1}, []core.Phone{"79160000001"})
		require.NoError(t, err)
		require.Equal(t, 1, n)
		require.Equal(t, telephony.RecordingIsErased, w.byID(r.ID).State)
		require.False(t, w.exists(pathOf(&r)))
	})
}
