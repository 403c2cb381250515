// Package filestore keeps files by path: in a directory, or in a bucket that speaks the protocol of Amazon S3. What is put is there whole or not at all.
package filestore

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"time"
)

// Store keeps files. It is safe for concurrent use. Paths are relative, of letters, digits, dots, hyphens and underscores between slashes; no part begins with
// a dot, and others are refused with ErrBadPath.
type Store interface {
	// Put keeps what r gives until its end under a path, in the place of what was there, and returns how many bytes that were and their SHA-256 in hexadecimal
	// digits. When it returns without an error the file is on disk. When r fails, its error is returned (errors.Is) and nothing has changed.
	Put(ctx context.Context, path string, r io.Reader) (bytes int64, sha256 string, err error)
	// Open returns a file for reading at any place; errors.Is(err, fs.ErrNotExist) when it is not there.
	Open(ctx context.Context, path string) (io.ReadSeekCloser, error)
	// Delete removes a file; it is no error when it is not there.
	Delete(ctx context.Context, path string) error
	// Exists reports whether a file is there.
	Exists(ctx context.Context, path string) (bool, error)
	// Check reports why the store can't be used, in words for the operator. It is ErrUnreachable when that may pass.
	Check(ctx context.Context) error
	// Sweep removes what unfinished Puts left that began longer ago than a time, and returns how many. Only servers that crashed leave something.
	Sweep(ctx context.Context, older time.Duration) (int, error)
}

// Errors that can be told apart with errors.Is.
var (
	// ErrBadPath: no file has such a path.
	ErrBadPath = errors.New("the path of a file is not allowed")
	// ErrUnreachable: the server that keeps the files doesn't answer, or can't now.
	ErrUnreachable = errors.New("the file store can't be reached")
)

// maxPath is how long a path may be, in bytes.
const maxPath = 512

// clean refuses paths that could lead out of the store or into its own folders.
func clean(name string) error {
	if len(name) > maxPath || !fs.ValidPath(name) || name == "." {
		return fmt.Errorf("%w: %q", ErrBadPath, name)
	}
	for _, r := range name {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-/", r)) {
			return fmt.Errorf("%w: %q", ErrBadPath, name)
		}
	}
	for part := range strings.SplitSeq(name, "/") {
		if part[0] == '.' {
			return fmt.Errorf("%w: %q", ErrBadPath, name)
		}
	}
	return nil
}

// contentTypes are told to buckets, for people who look into them.
var contentTypes = map[string]string{".wav": "audio/wav", ".mp3": "audio/mpeg"}

func contentType(name string) string {
	if t := contentTypes[path.Ext(name)]; t != "" {
		return t
	}
	return "application/octet-stream"
}

// randomName is the name of a temporary file.
func randomName() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
