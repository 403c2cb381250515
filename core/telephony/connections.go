package telephony

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/skvoz/skvoz/core"
)

// MaxConnections is how many connections an account may have.
const MaxConnections = 100

// ConnectionStore keeps connections and their lines. Every method that takes the account sees nothing of another one.
type ConnectionStore interface {
	// Connections returns all connections of an account, oldest first; ConnectionsByID those that exist, deleted ones included, in no particular order.
	Connections(ctx context.Context, account core.AccountID) ([]Connection, error)
	ConnectionsByID(ctx context.Context, account core.AccountID, ids []core.ConnectionID) ([]Connection, error)
	// Endpoint reads a connection with its secrets; AnyEndpoint does whosever it is, EndpointByPath by the hash of the secret in its address. KindNotFound.
	Endpoint(ctx context.Context, account core.AccountID, id core.ConnectionID) (Endpoint, error)
	AnyEndpoint(ctx context.Context, id core.ConnectionID) (Endpoint, error)
	EndpointByPath(ctx context.Context, hash string) (Endpoint, error)
	// CreateConnection stores a connection and gives it an id. KindInvalid (too_many): there are limit already.
	CreateConnection(ctx context.Context, c Connection, secrets Secrets, pathHash string, limit int) (Connection, error)
	// UpdateConnection lets change alter name, settings, IsEnabled and secrets, all in one transaction. KindNotFound, or change's error.
	UpdateConnection(ctx context.Context, account core.AccountID, id core.ConnectionID, change func(*Endpoint) error) (Endpoint, error)
	// DeleteConnection takes a connection out of use and forgets its secrets; its calls stay. KindNotFound.
	DeleteConnection(ctx context.Context, account core.AccountID, id core.ConnectionID) error
	// Lines returns the lines of connections by name; SetLines replaces those of one.
	Lines(ctx context.Context, account core.AccountID, ids []core.ConnectionID) ([]Line, error)
	SetLines(ctx context.Context, account core.AccountID, id core.ConnectionID, lines []Line) error
}

// ConnectionsConfig is what Connections needs.
type ConnectionsConfig struct {
	Store   ConnectionStore
	Drivers map[ConnectionKind]Driver
	// Clock nil = core.SystemClock.
	Clock core.Clock
}

// Connections attaches PBXs and providers. It is safe for concurrent use.
type Connections struct{ ConnectionsConfig }

// NewConnections returns the use cases of connections.
func NewConnections(cfg ConnectionsConfig) *Connections {
	if cfg.Clock == nil {
		cfg.Clock = core.SystemClock{}
	}
	return &Connections{cfg}
}

// ConnectionInput is a connection to attach.
type ConnectionInput struct {
	Kind     ConnectionKind
	Name     string
	Settings ConnectionSettings
	// Secrets are those of the other side: SecretToken, SecretSalt. Ours are made.
	Secrets Secrets
}

// ConnectionUpdate is what to change; what is absent stays.
type ConnectionUpdate struct {
	Name      core.Opt[string]
	IsEnabled core.Opt[bool]
	Settings  core.Opt[ConnectionSettings]
	// Secrets are set by name; an empty one is removed. Only SecretToken and SecretSalt can be.
	Secrets Secrets
}

// List returns the connections of an account, oldest first.
func (s *Connections) List(ctx context.Context, account core.AccountID) ([]Connection, error) {
	return s.Store.Connections(ctx, account)
}

// ListByID returns those of the connections that exist, deleted ones included, for history's sake.
func (s *Connections) ListByID(ctx context.Context, account core.AccountID, ids []core.ConnectionID) ([]Connection, error) {
	return s.Store.ConnectionsByID(ctx, account, ids)
}

// ByID finds the connection a request is for, whosever it is. KindNotFound.
func (s *Connections) ByID(ctx context.Context, id core.ConnectionID) (Endpoint, error) {
	return s.Store.AnyEndpoint(ctx, id)
}

// ByPath finds the connection of a provider by the secret in its address. KindNotFound.
func (s *Connections) ByPath(ctx context.Context, secret string) (Endpoint, error) {
	if secret == "" {
		return Endpoint{}, core.NotFound("connection")
	}
	return s.Store.EndpointByPath(ctx, PathHash(secret))
}

// Endpoint returns a connection with its secrets, for those who send commands. KindNotFound.
func (s *Connections) Endpoint(ctx context.Context, account core.AccountID, id core.ConnectionID) (Endpoint, error) {
	return s.Store.Endpoint(ctx, account, id)
}

// PathHash is how the secret in a connection's address is looked up.
func PathHash(secret string) string {
	sum := sha256.Sum256([]byte("pbx path " + secret))
	return hex.EncodeToString(sum[:])
}

// newSecret makes 24 random bytes.
func newSecret() []byte {
	raw := make([]byte, 24)
	_, _ = rand.Read(raw) // never fails
	return raw
}

func newSigning() string { return "whsec_" + base64.StdEncoding.EncodeToString(newSecret()) }

func newPath() string { return base64.RawURLEncoding.EncodeToString(newSecret()) }

// Create attaches a PBX or provider. Its secrets come back this once: the one that signs its events, and the one in its address if it can't sign. KindInvalid
// names the field.
func (s *Connections) Create(ctx context.Context, account core.AccountID, in ConnectionInput) (Endpoint, error) {
	c := Connection{AccountID: account, Kind: in.Kind, Name: strings.TrimSpace(in.Name), IsEnabled: true, Settings: in.Settings, CreatedAt: s.Clock.Now()}
	if !slices.Contains([]ConnectionKind{KindCTPBX, KindUIS, KindMango}, c.Kind) {
		return Endpoint{}, core.Invalid("kind", "bad_kind", "there is no kind of PBX %q", c.Kind)
	}
	if c.Kind == KindUIS {
		c.Settings.IsWeak = true // it can't sign
	}
	e := Endpoint{Connection: c, Secrets: Secrets{}}
	if err := e.set(in.Secrets); err != nil {
		return Endpoint{}, err
	}
	if err := e.parse(); err != nil {
		return Endpoint{}, err
	}
	hash := ""
	if e.Settings.IsWeak {
		e.Secrets[SecretPath] = newPath()
		hash = PathHash(e.Secrets[SecretPath])
	} else if c.Kind == KindCTPBX {
		e.Secrets[SecretSigning] = newSigning()
	}
	var err error
	e.Connection, err = s.Store.CreateConnection(ctx, e.Connection, e.Secrets, hash, MaxConnections)
	return e, err
}

// Update changes a connection. KindNotFound; KindInvalid names the field.
func (s *Connections) Update(ctx context.Context, account core.AccountID, id core.ConnectionID, u ConnectionUpdate) (Connection, error) {
	e, err := s.Store.UpdateConnection(ctx, account, id, func(e *Endpoint) error {
		if u.Name.Set {
			e.Name = strings.TrimSpace(u.Name.Value)
		}
		if u.IsEnabled.Set {
			e.IsEnabled = u.IsEnabled.Value
		}
		if u.Settings.Set {
			weak := e.Settings.IsWeak
			e.Settings = u.Settings.Value
			e.Settings.IsWeak = e.Settings.IsWeak || e.Kind == KindUIS
			switch {
			case e.Settings.IsWeak && !weak:
				e.Secrets[SecretPath] = newPath()
			case !e.Settings.IsWeak && weak:
				delete(e.Secrets, SecretPath)
				if e.Kind == KindCTPBX && e.Secrets[SecretSigning] == "" {
					e.Secrets[SecretSigning] = newSigning()
				}
			}
		}
		if err := e.set(u.Secrets); err != nil {
			return err
		}
		return e.parse()
	})
	return e.Connection, err
}

// Rotate makes a new secret for the events of a connection and returns it, this once. The old one that signs counts, too, for a day, unless
// Rotated drops it; an old secret in the address counts no more. KindNotFound.
func (s *Connections) Rotate(ctx context.Context, account core.AccountID, id core.ConnectionID) (Endpoint, error) {
	return s.Store.UpdateConnection(ctx, account, id, func(e *Endpoint) error {
		if e.Settings.IsWeak {
			e.Secrets[SecretPath] = newPath()
			return nil
		}
		if e.Kind != KindCTPBX {
			return core.Invalid("id", "not_supported", "the provider makes the keys of this connection")
		}
		if old := e.Secrets[SecretSigning]; old != "" {
			e.Secrets[SecretSigningOld] = old
			e.Secrets[SecretOldUntil] = strconv.FormatInt(s.Clock.Now().Add(OldSigningFor).Unix(), 10)
		}
		e.Secrets[SecretSigning] = newSigning()
		return nil
	})
}

// Rotated ends the time in which the old secret counts, too. KindNotFound.
func (s *Connections) Rotated(ctx context.Context, account core.AccountID, id core.ConnectionID) (Connection, error) {
	e, err := s.Store.UpdateConnection(ctx, account, id, func(e *Endpoint) error {
		delete(e.Secrets, SecretSigningOld)
		delete(e.Secrets, SecretOldUntil)
		return nil
	})
	return e.Connection, err
}

// Reveal returns what the PBX's administrator has to enter: the secret in the address. That which signs is never shown again. KindNotFound.
func (s *Connections) Reveal(ctx context.Context, account core.AccountID, id core.ConnectionID) (path string, err error) {
	e, err := s.Store.Endpoint(ctx, account, id)
	return e.Secrets[SecretPath], err
}

// Delete detaches a PBX; its calls stay. KindNotFound.
func (s *Connections) Delete(ctx context.Context, account core.AccountID, id core.ConnectionID) error {
	return s.Store.DeleteConnection(ctx, account, id)
}

// Lines returns the lines of connections as they last told.
func (s *Connections) Lines(ctx context.Context, account core.AccountID, ids []core.ConnectionID) ([]Line, error) {
	return s.Store.Lines(ctx, account, ids)
}

// RefreshLines asks a PBX for its lines. KindNotFound, KindInvalid (not_supported), KindUnavailable.
func (s *Connections) RefreshLines(ctx context.Context, account core.AccountID, id core.ConnectionID) ([]Line, error) {
	e, err := s.Store.Endpoint(ctx, account, id)
	if err != nil {
		return nil, err
	}
	driver := s.Drivers[e.Kind]
	if driver == nil || !driver.Capabilities().Lines {
		return nil, core.Invalid("id", "not_supported", "this PBX does not tell its lines when asked")
	}
	lines, err := driver.Lines(ctx, e)
	if err != nil {
		return nil, err
	}
	now := s.Clock.Now()
	for i := range lines {
		lines[i].ConnectionID = id
		if lines[i].ChangedAt.IsZero() {
			lines[i].ChangedAt = now
		}
	}
	return lines, s.Store.SetLines(ctx, account, id, lines)
}

// set takes secrets of the other side over.
func (e *Endpoint) set(given Secrets) error {
	for name, value := range given {
		if name != SecretToken && name != SecretSalt {
			return core.Invalid("secrets", "unknown_secret", "there is no secret %q to be set", name)
		}
		value = strings.TrimSpace(value)
		switch {
		case value == "":
			delete(e.Secrets, name)
		case len(value) > 500 || strings.ContainsAny(value, "\r\n\x00"):
			return core.Invalid("secrets", "bad_text", "the secret %q is too long, or holds characters that can't be sent", name)
		default:
			e.Secrets[name] = value
		}
	}
	return nil
}

// Limits of a connection.
const (
	maxConnectionName  = 100
	maxCallMinutes     = 24 * 60
	maxConnectionLists = 100
)

// parse checks a connection and puts it into its stored form.
func (e *Endpoint) parse() error {
	if e.Name == "" || utf8.RuneCountInString(e.Name) > maxConnectionName || strings.ContainsRune(e.Name, 0) {
		return core.Invalid("name", "bad_text", "give a name of 1 to %d characters", maxConnectionName)
	}
	e.IsSigned = !e.Settings.IsWeak
	set := &e.Settings
	set.Address = strings.TrimRight(strings.TrimSpace(set.Address), "/")
	if set.Address != "" {
		u, err := url.Parse(set.Address)
		if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
			return core.Invalid("settings.address", "bad_url", "write the PBX's address like https://pbx.example")
		}
	}
	if set.MaxCallMinutes < 0 || set.MaxCallMinutes > maxCallMinutes {
		return core.Invalid("settings.maxCallMinutes", "out_of_range", "must be from 0 to %d", maxCallMinutes)
	}
	if set.Timezone != "" {
		if _, err := time.LoadLocation(set.Timezone); err != nil {
			return core.Invalid("settings.timezone", "bad_timezone", "there is no time zone %q", set.Timezone)
		}
	}
	if len(set.AllowedIPs) > maxConnectionLists || len(set.AllowedDestinations) > maxConnectionLists {
		return core.Invalid("settings", "too_many", "at most %d entries", maxConnectionLists)
	}
	return e.parseLists()
}

func (e *Endpoint) parseLists() error {
	ips := make([]string, 0, len(e.Settings.AllowedIPs))
	for _, text := range e.Settings.AllowedIPs {
		text = strings.TrimSpace(text)
		prefix, err := netip.ParsePrefix(text)
		if err == nil {
			ips = append(ips, prefix.Masked().String())
			continue
		}
		addr, err := netip.ParseAddr(text)
		if err != nil {
			return core.Invalid("settings.allowedIps", "bad_ip", "%q is neither an address nor a network like 192.0.2.0/24", text)
		}
		ips = append(ips, addr.String())
	}
	e.Settings.AllowedIPs = ips
	for i, text := range e.Settings.AllowedDestinations {
		text = strings.TrimPrefix(strings.TrimSpace(text), "+")
		if text == "" || len(text) > 15 || strings.Trim(text, "0123456789") != "" {
			return core.Invalid("settings.allowedDestinations", "bad_prefix", "%q is no beginning of a number: write digits with country code", text)
		}
		e.Settings.AllowedDestinations[i] = text
	}
	return nil
}

// MaxCall is how long a call of the connection may last.
func (c *Connection) MaxCall() time.Duration {
	if c.Settings.MaxCallMinutes == 0 {
		return 4 * time.Hour
	}
	return time.Duration(c.Settings.MaxCallMinutes) * time.Minute
}
