package filestore_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/internal/filestore"
)

// each runs a test on a directory and on a bucket.
func each(t *testing.T, fn func(t *testing.T, s filestore.Store)) {
	t.Helper()
	t.Run("directory", func(t *testing.T) {
		t.Parallel()
		s, err := filestore.Local(t.TempDir())
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, s.Close()) })
		fn(t, s)
	})
	t.Run("bucket", func(t *testing.T) {
		t.Parallel()
		fn(t, newBucket(t))
	})
}

func read(t *testing.T, s filestore.Store, name string) string {
	t.Helper()
	f, err := s.Open(t.Context(), name)
	require.NoError(t, err)
	defer func() { require.NoError(t, f.Close()) }()
	b, err := io.ReadAll(f)
	require.NoError(t, err)
	return string(b)
}

func TestStore_KeepsFiles(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s filestore.Store) {
		ctx := t.Context()
		require.NoError(t, s.Check(ctx))
		for name, content := range map[string]string{"recordings/1/2026/11/22/5.wav": strings.Repeat("sound ", 10_000), "empty": "", "a/b": "x"} {
			exists, err := s.Exists(ctx, name)
			require.NoError(t, err)
			require.False(t, exists)
			_, err = s.Open(ctx, name)
			require.ErrorIs(t, err, fs.ErrNotExist)

			n, sum, err := s.Put(ctx, name, strings.NewReader(content))
			require.NoError(t, err)
			require.EqualValues(t, len(content), n)
			want := sha256.Sum256([]byte(content))
			require.Equal(t, hex.EncodeToString(want[:]), sum)
			require.Equal(t, content, read(t, s, name))

			_, _, err = s.Put(ctx, name, strings.NewReader("another"))
			require.NoError(t, err)
			require.Equal(t, "another", read(t, s, name), "a file is replaced")
			exists, err = s.Exists(ctx, name)
			require.NoError(t, err)
			require.True(t, exists)

			require.NoError(t, s.Delete(ctx, name))
			require.NoError(t, s.Delete(ctx, name), "deleting twice is no error")
			exists, err = s.Exists(ctx, name)
			require.NoError(t, err)
			require.False(t, exists)
		}
	})
}

func TestStore_ReadsAnyPart(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s filestore.Store) {
		_, _, err := s.Put(t.Context(), "digits", strings.NewReader("0123456789"))
		require.NoError(t, err)
		f, err := s.Open(t.Context(), "digits")
		require.NoError(t, err)
		defer func() { require.NoError(t, f.Close()) }()
		tests := map[string]struct {
			offset  int64
			whence  int
			n       int
			want    string
			atStart int64
		}{
			"from the beginning":                    {0, io.SeekStart, 3, "012", 0},
			"from the middle":                       {4, io.SeekStart, 2, "45", 4},
			"from the end":                          {-3, io.SeekEnd, 3, "789", 7},
			"from the end, to learn how long it is": {0, io.SeekEnd, 0, "", 10},
		}
		for name, tt := range tests {
			at, err := f.Seek(tt.offset, tt.whence)
			require.NoError(t, err, name)
			require.Equal(t, tt.atStart, at, name)
			b := make([]byte, tt.n)
			_, err = io.ReadFull(f, b)
			require.NoError(t, err, name)
			require.Equal(t, tt.want, string(b), name)
		}
		_, err = f.Seek(-1, io.SeekStart)
		require.Error(t, err)
		require.NoError(t, func() error { _, err := f.Seek(2, io.SeekStart); return err }())
		at, err := f.Seek(3, io.SeekCurrent)
		require.NoError(t, err)
		require.EqualValues(t, 5, at)
		require.NoError(t, iotest.TestReader(&section{f, 0}, []byte("0123456789")))
	})
}

// section begins at the file's beginning whatever was read before.
type section struct {
	io.ReadSeeker
	begun int
}

func (s *section) Read(p []byte) (int, error) {
	if s.begun == 0 {
		_, _ = s.Seek(0, io.SeekStart)
	}
	s.begun++
	return s.ReadSeeker.Read(p)
}

func TestStore_APutThatFailsChangesNothing(t *testing.T) {
	t.Parallel()
	broken := errors.New("the line broke")
	each(t, func(t *testing.T, s filestore.Store) {
		_, _, err := s.Put(t.Context(), "a/b.wav", strings.NewReader("before"))
		require.NoError(t, err)
		_, _, err = s.Put(t.Context(), "a/b.wav", io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken)))
		require.ErrorIs(t, err, broken)
		_, _, err = s.Put(t.Context(), "a/c.wav", iotest.ErrReader(broken))
		require.ErrorIs(t, err, broken)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, _, err = s.Put(ctx, "a/c.wav", strings.NewReader("x"))
		require.ErrorIs(t, err, context.Canceled)
		require.Equal(t, "before", read(t, s, "a/b.wav"))
		exists, err := s.Exists(t.Context(), "a/c.wav")
		require.NoError(t, err)
		require.False(t, exists)
		n, err := s.Sweep(t.Context(), 0)
		require.NoError(t, err)
		require.Zero(t, n, "nothing is left behind")
	})
}

func TestStore_RefusesPathsThatLeadElsewhere(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s filestore.Store) {
		for _, name := range []string{
			"", ".", "..", "../a", "a/../b", "/etc/passwd", "a//b", "a/", ".unfinished/x", "a/.hidden", `a\b`, "a b", "a\x00b", "é", "C:/a", strings.Repeat("a", 513),
		} {
			_, _, err := s.Put(t.Context(), name, strings.NewReader("x"))
			require.ErrorIs(t, err, filestore.ErrBadPath, name)
			_, err = s.Open(t.Context(), name)
			require.ErrorIs(t, err, filestore.ErrBadPath, name)
			require.ErrorIs(t, s.Delete(t.Context(), name), filestore.ErrBadPath, name)
			_, err = s.Exists(t.Context(), name)
			require.ErrorIs(t, err, filestore.ErrBadPath, name)
		}
	})
}

func TestDirectory_DoesNotFollowLinksOut(t *testing.T) {
	t.Parallel()
	dir, secret := t.TempDir(), filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(secret, []byte("x"), 0o600))
	require.NoError(t, os.Symlink(secret, filepath.Join(dir, "link.wav")))
	s, err := filestore.Local(dir)
	require.NoError(t, err)
	_, err = s.Open(t.Context(), "link.wav")
	require.Error(t, err)
}

func TestDirectory_SweepsWhatACrashLeft(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := filestore.Local(dir)
	require.NoError(t, err)
	old, young := filepath.Join(dir, ".unfinished", "old"), filepath.Join(dir, ".unfinished", "young")
	for _, name := range []string{old, young} {
		require.NoError(t, os.WriteFile(name, []byte("half a recording"), 0o600))
	}
	long := time.Now().Add(-3 * time.Hour)
	require.NoError(t, os.Chtimes(old, long, long))
	n, err := s.Sweep(t.Context(), time.Hour)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.NoFileExists(t, old)
	require.FileExists(t, young)
}

func TestDirectory_TellsThatItCannotWrite(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err := filestore.Local(file)
	require.Error(t, err)
	s, err := filestore.Local(t.TempDir())
	require.NoError(t, err)
	require.NoError(t, s.Close())
	require.ErrorContains(t, s.Check(t.Context()), "can't be written")
}

func TestDirectory_PutsAreVisibleWholeOnly(t *testing.T) {
	t.Parallel()
	s, err := filestore.Local(t.TempDir())
	require.NoError(t, err)
	reader, writer := io.Pipe()
	done := make(chan error, 1)
	go func() { _, _, err := s.Put(t.Context(), "slow.wav", reader); done <- err }()
	_, err = writer.Write(bytes.Repeat([]byte("x"), 100))
	require.NoError(t, err)
	exists, err := s.Exists(t.Context(), "slow.wav")
	require.NoError(t, err)
	require.False(t, exists)
	require.NoError(t, writer.Close())
	require.NoError(t, <-done)
	require.Len(t, read(t, s, "slow.wav"), 100)
}
