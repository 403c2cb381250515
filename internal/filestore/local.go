package filestore

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"time"
)

// unfinished is the folder of files that are being written; it is on the same file system as the finished ones, so that they can be moved.
const unfinished = ".unfinished"

const (
	dirMode  = 0o700
	fileMode = 0o600
)

// Directory keeps files below a directory, which several servers may share.
type Directory struct {
	name string
	root *os.Root
}

var _ Store = (*Directory)(nil)

// Local returns a store in a directory; the directory is made if it is missing, readable by its owner alone.
func Local(dir string) (*Directory, error) {
	if err := os.MkdirAll(dir, dirMode); err != nil {
		return nil, fmt.Errorf("making the directory of files: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("opening the directory of files: %w", err)
	}
	if err := root.MkdirAll(unfinished, dirMode); err != nil {
		return nil, errors.Join(fmt.Errorf("making a folder in the directory of files: %w", err), root.Close())
	}
	return &Directory{dir, root}, nil
}

// Put implements Store.
func (d *Directory) Put(ctx context.Context, name string, r io.Reader) (int64, string, error) {
	if err := clean(name); err != nil {
		return 0, "", err
	}
	t, err := d.write(ctx, r)
	if err != nil {
		return 0, "", err
	}
	if err := d.move(t.name, name); err != nil {
		return 0, "", errors.Join(fmt.Errorf("putting a file in its place: %w", err), d.root.Remove(t.name))
	}
	return t.bytes, t.sha256, nil
}

// temporary is a whole file that is not in its place yet.
type temporary struct {
	name   string
	bytes  int64
	sha256 string
}

// write brings what r gives to the disk, in a temporary file that is gone if it fails.
func (d *Directory) write(ctx context.Context, r io.Reader) (temporary, error) {
	t := temporary{name: path.Join(unfinished, randomName())}
	f, err := d.root.OpenFile(t.name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, fileMode)
	if err != nil {
		return t, fmt.Errorf("making a temporary file: %w", err)
	}
	sum := sha256.New()
	t.bytes, err = io.Copy(io.MultiWriter(f, sum), interruptible{ctx, r})
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return t, errors.Join(err, d.root.Remove(t.name))
	}
	t.sha256 = hex.EncodeToString(sum.Sum(nil))
	return t, nil
}

// interruptible ends reading with a context.
type interruptible struct {
	ctx context.Context //nolint:containedctx // lives as long as one copying
	r   io.Reader
}

func (r interruptible) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

// move renames a temporary file and brings the folders it is in to the disk, too.
func (d *Directory) move(from, to string) error {
	dir := path.Dir(to)
	changed := []string{dir}
	for at := dir; at != "."; {
		_, err := d.root.Stat(at)
		at = path.Dir(at)
		if err == nil {
			break
		}
		changed = append(changed, at)
	}
	if err := d.root.MkdirAll(dir, dirMode); err != nil {
		return err
	}
	if err := d.root.Rename(from, to); err != nil {
		return err
	}
	for _, name := range changed {
		if err := d.sync(name); err != nil {
			return err
		}
	}
	return nil
}

func (d *Directory) sync(dir string) error {
	f, err := d.root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Open implements Store.
func (d *Directory) Open(_ context.Context, name string) (io.ReadSeekCloser, error) {
	if err := clean(name); err != nil {
		return nil, err
	}
	f, err := d.root.Open(name)
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, errors.Join(fs.ErrNotExist, err, f.Close())
	}
	return f, nil
}

// Delete implements Store. Folders stay.
func (d *Directory) Delete(_ context.Context, name string) error {
	if err := clean(name); err != nil {
		return err
	}
	if err := d.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Exists implements Store.
func (d *Directory) Exists(_ context.Context, name string) (bool, error) {
	if err := clean(name); err != nil {
		return false, err
	}
	info, err := d.root.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && info.Mode().IsRegular(), err
}

// Check implements Store: it writes a file and removes it.
func (d *Directory) Check(context.Context) error {
	name := path.Join(unfinished, randomName())
	f, err := d.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, fileMode)
	if err == nil {
		err = errors.Join(f.Close(), d.root.Remove(name))
	}
	if err != nil {
		return fmt.Errorf("files can't be written in %s: %w", d.name, err)
	}
	return nil
}

// Sweep implements Store.
func (d *Directory) Sweep(ctx context.Context, older time.Duration) (int, error) {
	entries, err := fs.ReadDir(d.root.FS(), unfinished)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, entry := range entries {
		info, err := entry.Info()
		if ctx.Err() != nil || err != nil || time.Since(info.ModTime()) < older {
			continue
		}
		if d.root.Remove(path.Join(unfinished, entry.Name())) == nil {
			n++
		}
	}
	return n, ctx.Err()
}

// Close frees the directory.
func (d *Directory) Close() error { return d.root.Close() }
