// Package geoip finds the country, region and city of an address in a database file of MaxMind's format (GeoLite2-City, DB-IP City Lite, …).
package geoip

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/oschwald/maxminddb-golang/v2"
)

// Database answers from a file. It may be used by several goroutines. A nil *Database knows no place, for servers without a file.
type Database struct {
	path    string
	options Options
	current atomic.Pointer[snapshot]
	// refused is the version of the file that could not be read, so that it is complained about once.
	refused atomic.Pointer[stamp]
}

// Options of Open. The zero value means English names and DefaultCacheSize.
type Options struct {
	// Language of the names of regions and cities: "ru", "en", …; where the file has no name in it, the English one is given.
	Language string
	// CacheSize is how many addresses are remembered.
	CacheSize int
}

// DefaultCacheSize is enough for what a busy server meets in an hour.
const DefaultCacheSize = 16384

// snapshot is one version of the file with what was found in it.
type snapshot struct {
	reader *maxminddb.Reader
	stamp  stamp
	cache  *lru.Cache[netip.Addr, place]
}

// stamp tells whether a file is still the same.
type stamp struct {
	modified time.Time
	size     int64
}

type place struct {
	country, region, city string
}

// Open reads the file into memory. The error says what is wrong with it.
func Open(path string, options Options) (*Database, error) {
	if options.CacheSize <= 0 {
		options.CacheSize = DefaultCacheSize
	}
	if options.Language == "" {
		options.Language = "en"
	}
	d := &Database{path: path, options: options}
	loaded, err := d.load()
	if err != nil {
		return nil, err
	}
	d.current.Store(loaded)
	return d, nil
}

// Lookup returns the country as an ISO 3166 code of two letters and the names of region and city. What is not known is empty.
func (d *Database) Lookup(ip netip.Addr) (country, region, city string) {
	if d == nil || !ip.IsValid() {
		return "", "", ""
	}
	ip = ip.Unmap().WithZone("")
	s := d.current.Load()
	found, ok := s.cache.Get(ip)
	if !ok {
		found = s.find(ip, d.options.Language)
		s.cache.Add(ip, found)
	}
	return found.country, found.region, found.city
}

// Reload reads the file again if it has changed and says whether it did. A file that is broken or gone leaves the old answers in force;
// a broken one is an error once.
func (d *Database) Reload() (bool, error) {
	if d == nil {
		return false, nil
	}
	now, err := stampOf(d.path)
	if err != nil {
		return false, fmt.Errorf("geoip: %w", err)
	}
	if refused := d.refused.Load(); now == d.current.Load().stamp || (refused != nil && now == *refused) {
		return false, nil
	}
	loaded, err := d.load()
	if err != nil {
		d.refused.Store(&now)
		return false, err
	}
	d.current.Store(loaded)
	return true, nil
}

// Watch reloads the file whenever it has changed, looking every interval, until ctx ends. report is told of each reload (err nil) and of each failure.
func (d *Database) Watch(ctx context.Context, interval time.Duration, report func(err error)) {
	if d == nil {
		return
	}
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if changed, err := d.Reload(); changed || err != nil {
				report(err)
			}
		}
	}
}

// load keeps the file in memory instead of mapping it: it may be overwritten at any time.
func (d *Database) load() (*snapshot, error) {
	before, err := stampOf(d.path)
	if err != nil {
		return nil, fmt.Errorf("geoip: %w", err)
	}
	content, err := os.ReadFile(d.path)
	if err != nil {
		return nil, fmt.Errorf("geoip: %w", err)
	}
	reader, err := maxminddb.OpenBytes(content)
	if err != nil {
		return nil, fmt.Errorf("geoip: %s is no database of MaxMind's format: %w", d.path, err)
	}
	if reader.Metadata.IPVersion == 0 {
		return nil, fmt.Errorf("geoip: %s: %w", d.path, errNoMetadata)
	}
	cache, err := lru.New[netip.Addr, place](d.options.CacheSize)
	if err != nil {
		return nil, fmt.Errorf("geoip: %w", err)
	}
	return &snapshot{reader: reader, stamp: before, cache: cache}, nil
}

var errNoMetadata = errors.New("the database has no description of itself")

func stampOf(path string) (stamp, error) {
	info, err := os.Stat(path)
	if err != nil {
		return stamp{}, err
	}
	if !info.Mode().IsRegular() {
		return stamp{}, &fs.PathError{Op: "open", Path: path, Err: errors.New("is no file")}
	}
	return stamp{modified: info.ModTime(), size: info.Size()}, nil
}

// record is the part of a city record that is used.
type record struct {
	Country      named   `maxminddb:"country"`
	Subdivisions []named `maxminddb:"subdivisions"`
	City         named   `maxminddb:"city"`
}

type named struct {
	Code  string            `maxminddb:"iso_code"`
	Names map[string]string `maxminddb:"names"`
}

func (n named) in(language string) string {
	if name := n.Names[language]; name != "" {
		return name
	}
	return n.Names["en"]
}

// find answers "unknown" for addresses the file doesn't have and for records it can't read: a visit is counted without its place.
func (s *snapshot) find(ip netip.Addr, language string) place {
	var r record
	if err := s.reader.Lookup(ip).Decode(&r); err != nil {
		return place{}
	}
	found := place{country: r.Country.Code, city: r.City.in(language)}
	if len(r.Subdivisions) > 0 {
		found.region = r.Subdivisions[0].in(language)
	}
	return found
}
