package filestore

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// Location is where files are kept.
type Location struct {
	// Dir is the directory; with a bucket it is that of files on their way there.
	Dir string
	// Bucket is nil for files in the directory.
	Bucket *Bucket
}

// ParseLocation reads where files are kept: empty or "files" is the folder files of the data directory, "files:DIR" another directory, and
// s3://BUCKET/PREFIX?endpoint=URL&region=REGION&path-style=true a bucket, which key and secret open. The error says what would be right.
func ParseLocation(text, dataDir, key, secret string) (Location, error) {
	if rest, ok := strings.CutPrefix(text, "files"); ok || text == "" {
		dir, named := strings.CutPrefix(rest, ":")
		switch {
		case !named && rest == "":
			return Location{Dir: filepath.Join(dataDir, "files")}, nil
		case named && filepath.IsAbs(dir):
			return Location{Dir: filepath.Clean(dir)}, nil
		}
		return Location{}, fmt.Errorf("%q names no directory; write files, or files:/mnt/recordings", text)
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "s3" {
		return Location{}, errors.New("write files, files:/mnt/recordings or s3://BUCKET?endpoint=https://storage.example")
	}
	b, err := parseBucket(u)
	if err != nil {
		return Location{}, err
	}
	if key == "" || secret == "" {
		return Location{}, errors.New("a bucket needs --s3-key and --s3-secret")
	}
	b.Key, b.Secret = key, secret
	return Location{Dir: filepath.Join(dataDir, "files"), Bucket: &b}, nil
}

var (
	bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	regionName = regexp.MustCompile(`^[a-z0-9-]{1,40}$`)
)

func parseBucket(u *url.URL) (Bucket, error) {
	b := Bucket{Name: u.Host, Prefix: strings.Trim(u.Path, "/")}
	if !bucketName.MatchString(b.Name) || u.User != nil || u.Fragment != "" {
		return b, fmt.Errorf("%q is no name of a bucket; write s3://BUCKET?endpoint=https://storage.example", b.Name)
	}
	if b.Prefix != "" && clean(b.Prefix) != nil {
		return b, fmt.Errorf("the prefix %q may have letters, digits, dots, hyphens and underscores between slashes", b.Prefix)
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return b, errors.New("what is behind the question mark can't be read; write endpoint=https://storage.example&region=ru-1")
	}
	b.PathStyle = query.Get("endpoint") != ""
	for name := range query {
		value := query.Get(name)
		switch name {
		case "endpoint":
			b.Endpoint, err = value, checkEndpoint(value)
		case "region":
			if b.Region = value; !regionName.MatchString(value) {
				err = fmt.Errorf("%q is no region; it looks like ru-1", value)
			}
		case "path-style":
			if b.PathStyle, err = strconv.ParseBool(value); err != nil {
				err = errors.New("path-style is true or false")
			}
		default:
			err = fmt.Errorf("%q is unknown; there are endpoint, region and path-style", name)
		}
		if err != nil {
			return b, err
		}
	}
	return b, nil
}

func checkEndpoint(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || u.RawQuery != "" {
		return fmt.Errorf("endpoint %q is no web address; write it like https://storage.example", text)
	}
	return nil
}

// String names the place without keys.
func (l Location) String() string {
	if l.Bucket == nil {
		return l.Dir
	}
	return "s3://" + l.Bucket.Name + " at " + l.Bucket.Endpoint
}

// Open returns the store.
func (l Location) Open() (Store, error) {
	if l.Bucket == nil {
		return Local(l.Dir)
	}
	b := *l.Bucket
	b.TempDir = l.Dir
	return NewS3(b)
}
