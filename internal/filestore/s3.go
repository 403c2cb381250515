package filestore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/skvoz/skvoz/internal/httpclient"
)

// Bucket says where a bucket is and how it is entered.
type Bucket struct {
	// Endpoint is the server, https://storage.example; empty = Amazon's of the region.
	Endpoint string
	// Name is the bucket's; Prefix stands before all paths, without slashes at its ends.
	Name, Prefix string
	// Region empty = us-east-1.
	Region string
	// PathStyle: the bucket stands in the path of addresses, else before the name of the server.
	PathStyle   bool
	Key, Secret string
	// TempDir is where files wait until they are sent.
	TempDir string
	// Clock tells the time of signatures; nil = time.Now.
	Clock func() time.Time
}

const (
	// s3Timeout bounds one request with its body: whoever listens to a long recording takes it as fast as it sounds.
	s3Timeout = time.Hour
	// askTimeout bounds requests without bodies.
	askTimeout = 30 * time.Second
)

// S3 keeps files in a bucket.
type S3 struct {
	b      Bucket
	base   *url.URL
	signer signer
	http   *httpclient.Client
	temp   *Directory
}

var _ Store = (*S3)(nil)

// NewS3 returns a store in a bucket. It asks nothing of the bucket yet.
func NewS3(b Bucket) (*S3, error) {
	if b.Region == "" {
		b.Region = "us-east-1"
	}
	if b.Endpoint == "" {
		b.Endpoint = "https://s3." + b.Region + ".amazonaws.com"
	}
	if b.Clock == nil {
		b.Clock = time.Now
	}
	base, err := url.Parse(b.Endpoint)
	if err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" {
		return nil, fmt.Errorf("endpoint %q is no web address; it looks like https://storage.example", b.Endpoint)
	}
	if b.PathStyle {
		base.Path = strings.TrimSuffix(base.Path, "/") + "/" + b.Name
	} else {
		base.Host = b.Name + "." + base.Host
	}
	temp, err := Local(b.TempDir)
	if err != nil {
		return nil, err
	}
	return &S3{
		b: b, base: base, signer: signer{b.Key, b.Secret, b.Region}, temp: temp,
		// The operator named the server: it may well be in the private network.
		http: httpclient.New(httpclient.Options{Timeout: s3Timeout, AllowPrivate: true}),
	}, nil
}

// Put implements Store. The file waits on this machine's disk until it is whole: a request must say its length and hash at its beginning.
func (s *S3) Put(ctx context.Context, name string, r io.Reader) (int64, string, error) {
	if err := clean(name); err != nil {
		return 0, "", err
	}
	t, err := s.temp.write(ctx, r)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = s.temp.root.Remove(t.name) }()
	f, err := s.temp.root.Open(t.name)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = f.Close() }()
	req, err := s.request(ctx, http.MethodPut, name)
	if err != nil {
		return 0, "", err
	}
	if t.bytes > 0 {
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(io.NewSectionReader(f, 0, t.bytes)), nil }
		req.Body, _ = req.GetBody()
	}
	req.ContentLength = t.bytes
	req.Header.Set("Content-Type", contentType(name))
	s.signer.sign(req, t.sha256, s.b.Clock())
	res, err := s.do(req)
	if err == nil && res.Status != http.StatusOK {
		err = refused("keeping a file", res.Status, res.Body)
	}
	return t.bytes, t.sha256, err
}

// Open implements Store. What is read comes in as few requests as the places read at allow.
func (s *S3) Open(ctx context.Context, name string) (io.ReadSeekCloser, error) {
	res, err := s.ask(ctx, http.MethodHead, name)
	if err != nil {
		return nil, err
	}
	size, sizeErr := strconv.ParseInt(res.Header.Get("Content-Length"), 10, 64)
	switch {
	case res.Status == http.StatusNotFound:
		return nil, fs.ErrNotExist
	case res.Status != http.StatusOK:
		return nil, refused("opening a file", res.Status, nil)
	case sizeErr != nil:
		return nil, fmt.Errorf("%w: the bucket doesn't tell how long a file is", ErrUnreachable)
	}
	return &object{ctx: ctx, store: s, name: name, size: size}, nil
}

// Delete implements Store.
func (s *S3) Delete(ctx context.Context, name string) error {
	res, err := s.ask(ctx, http.MethodDelete, name)
	if err == nil && res.Status/100 != 2 && res.Status != http.StatusNotFound {
		err = refused("removing a file", res.Status, res.Body)
	}
	return err
}

// Exists implements Store.
func (s *S3) Exists(ctx context.Context, name string) (bool, error) {
	res, err := s.ask(ctx, http.MethodHead, name)
	switch {
	case err != nil:
		return false, err
	case res.Status == http.StatusNotFound:
		return false, nil
	case res.Status != http.StatusOK:
		return false, refused("looking for a file", res.Status, nil)
	}
	return true, nil
}

// Check implements Store: it asks for the bucket.
func (s *S3) Check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	req, err := httpclient.NewRequest(ctx, http.MethodHead, s.base.String(), nil)
	if err != nil {
		return err
	}
	s.signer.sign(req, emptySHA256, s.b.Clock())
	res, err := s.do(req)
	switch {
	case err != nil:
		return err
	case res.Status == http.StatusOK:
		return nil
	case res.Status == http.StatusForbidden, res.Status == http.StatusUnauthorized:
		return fmt.Errorf("the bucket %s refuses the key: check key, secret, region and the rights of the key", s.b.Name)
	case res.Status == http.StatusNotFound:
		return fmt.Errorf("there is no bucket %s at %s", s.b.Name, s.b.Endpoint)
	case res.Status/100 == 3, res.Status == http.StatusBadRequest:
		return fmt.Errorf("the bucket %s is not in the region %s, or another endpoint or style of addresses is wanted (status %d)", s.b.Name, s.b.Region, res.Status)
	}
	return refused("asking for the bucket", res.Status, nil)
}

// Sweep implements Store: what is left of unfinished Puts is on this machine's disk.
func (s *S3) Sweep(ctx context.Context, older time.Duration) (int, error) {
	return s.temp.Sweep(ctx, older)
}

// Close frees the directory of temporary files.
func (s *S3) Close() error { return s.temp.Close() }

// ask sends a request without a body.
func (s *S3) ask(ctx context.Context, method, name string) (*httpclient.Response, error) {
	if err := clean(name); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	req, err := s.request(ctx, method, name)
	if err != nil {
		return nil, err
	}
	s.signer.sign(req, emptySHA256, s.b.Clock())
	return s.do(req)
}

func (s *S3) do(req *http.Request) (*httpclient.Response, error) {
	res, err := s.http.Do(req)
	if err != nil && req.Context().Err() == nil {
		err = errors.Join(ErrUnreachable, err)
	}
	return res, err
}

func (s *S3) request(ctx context.Context, method, name string) (*http.Request, error) {
	u := *s.base
	u.Path = strings.TrimSuffix(u.Path, "/") + "/" + path.Join(s.b.Prefix, name)
	return httpclient.NewRequest(ctx, method, u.String(), nil)
}

// get asks for the bytes of a file from a place on.
func (s *S3) get(ctx context.Context, name string, from int64) (io.ReadCloser, error) {
	req, err := s.request(ctx, http.MethodGet, name)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Range", "bytes="+strconv.FormatInt(from, 10)+"-")
	req.Header.Set("Accept-Encoding", "identity")
	s.signer.sign(req, emptySHA256, s.b.Clock())
	res, err := s.http.Stream(req)
	if err != nil {
		return nil, errors.Join(ErrUnreachable, err)
	}
	if res.StatusCode == http.StatusPartialContent || res.StatusCode == http.StatusOK && from == 0 {
		return res.Body, nil
	}
	_ = res.Body.Close()
	if res.StatusCode == http.StatusNotFound {
		return nil, fs.ErrNotExist
	}
	return nil, refused("reading a file", res.StatusCode, nil)
}

// refused is an answer that is none of those hoped for. The beginning of its body says why, for the log.
func refused(doing string, status int, body []byte) error {
	err := fmt.Errorf("%s: the bucket answered with status %d %s", doing, status, body[:min(len(body), 300)])
	if status == http.StatusTooManyRequests || status >= 500 {
		return errors.Join(ErrUnreachable, err)
	}
	return err
}

// object reads a file of a bucket.
type object struct {
	ctx   context.Context //nolint:containedctx // that of Open, as long as the file is open
	store *S3
	name  string
	size  int64
	at    int64
	// body goes on at the present place; nil = nothing is asked for yet.
	body io.ReadCloser
}

// Read asks for the rest of the file when nothing is asked for yet.
func (o *object) Read(p []byte) (int, error) {
	if o.at >= o.size {
		return 0, io.EOF
	}
	if o.body == nil {
		body, err := o.store.get(o.ctx, o.name, o.at)
		if err != nil {
			return 0, err
		}
		o.body = body
	}
	n, err := o.body.Read(p)
	o.at += int64(n)
	if err == io.EOF && o.at < o.size {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// Seek only notes the place.
func (o *object) Seek(offset int64, whence int) (int64, error) {
	to := offset
	switch whence {
	case io.SeekCurrent:
		to += o.at
	case io.SeekEnd:
		to += o.size
	}
	if to < 0 {
		return 0, errors.New("seeking before the beginning of a file")
	}
	if to != o.at {
		_ = o.Close()
	}
	o.at = to
	return to, nil
}

// Close ends what is asked for.
func (o *object) Close() error {
	if o.body == nil {
		return nil
	}
	err := o.body.Close()
	o.body = nil
	return err
}
