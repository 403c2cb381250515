// Package config describes the settings of the server once: flags, environment, file, defaults, and why a value is refused.
//
// Precedence, highest first: flag, environment (SKVOZ_…; for secrets also SKVOZ_…_FILE), configuration file, default.
package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/skvoz/skvoz/internal/observe"
	"github.com/skvoz/skvoz/internal/phonenum"
)

// Storage says where data lives. Every command that touches data embeds it.
type Storage struct {
	DataDir  string `name:"data-dir" env:"SKVOZ_DATA_DIR" default:"./data" placeholder:"DIR" help:"Directory for everything the server keeps on disk."`
	Database string `name:"database" env:"SKVOZ_DATABASE" secret:"" placeholder:"URL" help:"Database: sqlite://PATH or postgres://USER:PASSWORD@HOST/NAME. Default: sqlite://DATA_DIR/skvoz.db. The value may also be read from the file named by SKVOZ_DATABASE_FILE."`

	SecretKey string `name:"secret-key" env:"SKVOZ_SECRET_KEY" secret:"" placeholder:"KEY,..." help:"Key the keys and tokens of integrations are encrypted with, as skvoz secrets generate-key prints it; behind commas older keys that still open what they sealed. All servers of one database need the same. Default: the file DATA_DIR/secret.key, made at first start. The value may also be read from the file named by SKVOZ_SECRET_KEY_FILE."`
}

// Logging says what is logged and how.
type Logging struct {
	LogLevel  string `name:"log-level" env:"SKVOZ_LOG_LEVEL" default:"info" placeholder:"LEVEL" help:"Least level that is logged: debug, info, warn or error."`
	LogFormat string `name:"log-format" env:"SKVOZ_LOG_FORMAT" default:"text" placeholder:"FORMAT" help:"Form of log lines: text or json."`
}

// Serve holds the settings of the running server.
type Serve struct {
	Config kong.ConfigFlag `name:"config" env:"SKVOZ_CONFIG" placeholder:"FILE" help:"YAML or JSON file with settings, named as the flags are (data-dir: ./data)."`

	Storage `embed:""`
	Logging `embed:""`

	Listen         string   `name:"listen" env:"SKVOZ_LISTEN" default:":8080" placeholder:"ADDRESS" help:"Address the server answers on, host:port; an empty host means all."`
	PublicURL      string   `name:"public-url" env:"SKVOZ_PUBLIC_URL" placeholder:"URL" help:"Address browsers reach the server at, e.g. https://stat.example.com. Default: http://localhost with the port of --listen."`
	AdminListen    string   `name:"admin-listen" env:"SKVOZ_ADMIN_LISTEN" default:"127.0.0.1:6060" placeholder:"ADDRESS" help:"Address of pprof and metrics, which nobody outside should reach; empty turns it off. If the default is taken, the server starts without."`
	TrustedProxies []string `name:"trusted-proxies" env:"SKVOZ_TRUSTED_PROXIES" placeholder:"NETWORK,..." help:"Proxies whose X-Forwarded-… headers are believed: addresses, networks (10.0.0.0/8), or the words loopback and private."`

	IntegrationNetworks []string `name:"integration-networks" env:"SKVOZ_INTEGRATION_NETWORKS" placeholder:"NETWORK,..." help:"Private networks the integrations may reach, for a boxed CRM in the company's network: addresses, networks (10.0.0.0/8), or the words loopback and private. Without it they reach public addresses only."`

	// IntegrationLease is how long work of a server that crashed waits for another to take it over, IntegrationHurry how many times faster than their
	// limits vendors are asked. Both are for tests and benchmarks with emulators.
	IntegrationLease time.Duration `name:"integration-lease" env:"SKVOZ_INTEGRATION_LEASE" default:"30s" hidden:"" placeholder:"TIME"`
	IntegrationHurry int           `name:"integration-hurry" env:"SKVOZ_INTEGRATION_HURRY" default:"1" hidden:"" placeholder:"N"`

	Recordings string `name:"recordings" env:"SKVOZ_RECORDINGS" default:"files" placeholder:"PLACE" help:"Where recordings of calls and sounds of scenarios are kept: files (DATA_DIR/files), files:/ABSOLUTE/DIR, or a bucket that speaks the protocol of S3, s3://BUCKET/PREFIX?endpoint=https://storage.example&region=ru-1. Several servers of one database need one place they share."`
	S3Key      string `name:"s3-key" env:"SKVOZ_S3_KEY" secret:"" placeholder:"KEY" help:"Access key of the bucket of --recordings. The value may also be read from the file named by SKVOZ_S3_KEY_FILE."`
	S3Secret   string `name:"s3-secret" env:"SKVOZ_S3_SECRET" secret:"" placeholder:"SECRET" help:"Secret key of the bucket of --recordings. The value may also be read from the file named by SKVOZ_S3_SECRET_FILE."`

	GeoIP         string `name:"geoip" env:"SKVOZ_GEOIP" placeholder:"FILE" help:"City database in MaxMind format (.mmdb); without it visits have no region."`
	PhoneRegion   string `name:"phone-region" env:"SKVOZ_PHONE_REGION" default:"RU" placeholder:"COUNTRY" help:"Two-letter country of telephone numbers written without a country code."`
	Introspection bool   `name:"introspection" env:"SKVOZ_INTROSPECTION" negatable:"" help:"Let anyone read the GraphQL schema."`

	ShutdownTimeout  time.Duration `name:"shutdown-timeout" env:"SKVOZ_SHUTDOWN_TIMEOUT" default:"20s" placeholder:"TIME" help:"How long requests in progress may take to finish at shutdown."`
	IngestQueue      int           `name:"ingest-queue" env:"SKVOZ_INGEST_QUEUE" default:"4096" placeholder:"N" help:"Hits that may wait for the disk at once; more are answered 503."`
	LimitPerIP       int           `name:"limit-per-ip" env:"SKVOZ_LIMIT_PER_IP" default:"50" placeholder:"N" help:"Tracker requests a second one address may send in the long run, twelve times as many at once; more are answered 429. 0 = no limit."`
	LimitPerSite     int           `name:"limit-per-site" env:"SKVOZ_LIMIT_PER_SITE" default:"2000" placeholder:"N" help:"Tracker requests a second the browsers of one site may send together in the long run, ten times as many at once. 0 = no limit."`
	LimitPerBackEnd  int           `name:"limit-per-back-end" env:"SKVOZ_LIMIT_PER_BACK_END" default:"50" placeholder:"N" help:"Contacts and requests a second a site's back end may pass in the long run, ten times as many at once. 0 = no limit."`
	DataAPIMinute    int           `name:"data-api-minute-limit" env:"SKVOZ_DATA_API_MINUTE_LIMIT" default:"200" placeholder:"N" help:"Calls of the Data API that may succeed in a minute for one account. 0 = no limit."`
	DataAPIDay       int           `name:"data-api-day-limit" env:"SKVOZ_DATA_API_DAY_LIMIT" default:"3500" placeholder:"N" help:"Calls of the Data API that may succeed in a day of the account's time zone for one account. 0 = no limit."`
	HitRetentionDays int           `name:"hit-retention-days" env:"SKVOZ_HIT_RETENTION_DAYS" default:"0" placeholder:"DAYS" help:"Remove page views of months that ended so many days ago; sessions, contacts and communications stay. 0 keeps all."`
	MaxBody          ByteSize      `name:"max-body" env:"SKVOZ_MAX_BODY" default:"3MiB" placeholder:"SIZE" help:"Largest body of a GraphQL request; a file of 2 MB takes 3MiB. Tracker requests have their own, lower limit."`
}

// DefaultAdminListen is the address of pprof and metrics unless one is given.
const DefaultAdminListen = "127.0.0.1:6060"

const (
	maxShutdown    = 10 * time.Minute
	maxLease       = 10 * time.Minute
	maxHurry       = 1000
	maxIngestQueue = 1 << 20

	maxRetentionDays = 3650
	maxLimit         = 1_000_000

	minBody = 16 << 10
	maxBody = 256 << 20
)

// Validate checks the settings against each other and the machine. The error names each wrong setting with the reason
// and what would be right. The command line's parser calls it by itself.
func (s *Serve) Validate() error {
	_, publicErr := s.Public()
	_, proxiesErr := s.Proxies()
	_, integrationsErr := s.Integrations()
	_, filesErr := s.Files()
	return errors.Join(
		s.Storage.Validate(),
		s.Logging.Validate(),
		address("--listen", s.Listen),
		s.validateAdmin(),
		publicErr,
		proxiesErr,
		integrationsErr,
		filesErr,
		s.validateHurry(),
		between("--integration-lease", s.IntegrationLease, time.Second, maxLease),
		s.validateGeoIP(),
		s.validateRegion(),
		between("--shutdown-timeout", s.ShutdownTimeout, time.Second, maxShutdown),
		between("--ingest-queue", s.IngestQueue, 1, maxIngestQueue),
		between("--limit-per-ip", s.LimitPerIP, 0, maxLimit),
		between("--limit-per-site", s.LimitPerSite, 0, maxLimit),
		between("--limit-per-back-end", s.LimitPerBackEnd, 0, maxLimit),
		between("--data-api-minute-limit", s.DataAPIMinute, 0, maxLimit),
		between("--data-api-day-limit", s.DataAPIDay, 0, maxLimit),
		between("--hit-retention-days", s.HitRetentionDays, 0, maxRetentionDays),
		between("--max-body", s.MaxBody, minBody, maxBody),
	)
}

// Validate checks where data is to live.
func (s *Storage) Validate() error {
	if s.DataDir == "" {
		return errors.New("--data-dir: empty; name a directory, e.g. ./data")
	}
	if info, err := os.Stat(s.DataDir); err == nil && !info.IsDir() {
		return fmt.Errorf("--data-dir: %s is a file; name a directory", s.DataDir)
	}
	_, databaseErr := s.Parsed()
	_, keysErr := s.givenKeys()
	return errors.Join(databaseErr, keysErr)
}

// Parsed returns the database the settings name.
func (s *Storage) Parsed() (Database, error) {
	if s.Database == "" {
		return Database{Engine: SQLite, Path: filepath.Join(s.DataDir, "skvoz.db")}, nil
	}
	db, err := ParseDatabase(s.Database)
	if err != nil {
		return Database{}, fmt.Errorf("--database: %w", err)
	}
	return db, nil
}

// MakeDataDir creates the data directory, readable by its owner alone, if it is missing.
func (s *Storage) MakeDataDir() error {
	if err := os.MkdirAll(s.DataDir, 0o700); err != nil {
		return fmt.Errorf("creating --data-dir: %w", err)
	}
	return nil
}

// Validate checks the level and the format.
func (l *Logging) Validate() error {
	var errs []error
	if _, err := observe.ParseLevel(l.LogLevel); err != nil {
		errs = append(errs, fmt.Errorf("--log-level: %w", err))
	}
	if l.LogFormat != "text" && l.LogFormat != "json" && l.LogFormat != "" {
		errs = append(errs, fmt.Errorf("--log-format: %q is unknown; use text or json", l.LogFormat))
	}
	return errors.Join(errs...)
}

// Options returns the logging options these settings stand for.
func (l *Logging) Options() observe.LogOptions {
	return observe.LogOptions{Level: l.LogLevel, Format: l.LogFormat}
}

// Public returns the address browsers reach the server at: scheme and host, no path.
func (s *Serve) Public() (*url.URL, error) {
	if s.PublicURL == "" {
		_, port, err := net.SplitHostPort(s.Listen)
		if err != nil {
			return nil, fmt.Errorf("--public-url: can't be derived from --listen %q; give it", s.Listen)
		}
		return &url.URL{Scheme: "http", Host: net.JoinHostPort("localhost", port)}, nil
	}
	u, err := url.Parse(s.PublicURL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("--public-url: %q is not a web address; write it like https://stat.example.com", s.PublicURL)
	}
	if u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return nil, fmt.Errorf("--public-url: only scheme and host are possible; write %s://%s", u.Scheme, u.Host)
	}
	return &url.URL{Scheme: u.Scheme, Host: strings.ToLower(u.Host)}, nil
}

func (s *Serve) validateAdmin() error {
	if s.AdminListen == "" {
		return nil
	}
	if s.AdminListen == s.Listen && !strings.HasSuffix(s.Listen, ":0") {
		return fmt.Errorf("--admin-listen: %s is also --listen; the public address must not show metrics and profiles", s.AdminListen)
	}
	return address("--admin-listen", s.AdminListen)
}

func (s *Serve) validateGeoIP() error {
	if s.GeoIP == "" {
		return nil
	}
	info, err := os.Stat(s.GeoIP)
	if err != nil || !info.Mode().IsRegular() {
		return fmt.Errorf("--geoip: %s can't be read; name a city database in MaxMind format, or leave it out", s.GeoIP)
	}
	return nil
}

func (s *Serve) validateRegion() error {
	if phonenum.KnownRegion(s.PhoneRegion) {
		return nil
	}
	return fmt.Errorf("--phone-region: %q is no country; use two capital letters, e.g. RU", s.PhoneRegion)
}

func address(flag, raw string) error {
	_, port, err := net.SplitHostPort(raw)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return fmt.Errorf("%s: %q is no address; write host:port, e.g. 127.0.0.1:8080 or :8080", flag, raw)
	}
	return nil
}

func between[T int | time.Duration | ByteSize](flag string, value, least, most T) error {
	if value < least || value > most {
		return fmt.Errorf("%s: %v is out of range; use %v to %v", flag, value, least, most)
	}
	return nil
}
