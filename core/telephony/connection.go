package telephony

import (
	"fmt"
	"strconv"
	"time"

	"github.com/skvoz/skvoz/core"
)

// ConnectionKind is a kind of PBX or provider; the words are stored.
type ConnectionKind string

// The kinds.
const (
	KindCTPBX ConnectionKind = "ctpbx" // any PBX that speaks the contract ct-pbx/1
	KindUIS   ConnectionKind = "uis"   // UIS, CoMagic, CallGear
	KindMango ConnectionKind = "mango" // Mango Office
)

// Connection is an attached PBX or provider.
type Connection struct {
	ID        core.ConnectionID
	AccountID core.AccountID
	Kind      ConnectionKind
	Name      string
	IsEnabled bool
	Settings  ConnectionSettings
	// IsSigned: its events are signed; else they are known by a secret address alone (weak).
	IsSigned bool
	// HeartbeatAt is the last sign of life, zero before the first; ActiveCalls and Version are what it told.
	HeartbeatAt time.Time
	ActiveCalls int
	Version     string
	// SnapshotAt is when its active calls were last compared with ours; Failure why its commands do not go through, empty when they do.
	SnapshotAt time.Time
	Failure    string
	CreatedAt  time.Time
}

// Silence after which a connection that has once sent a heartbeat is down.
const Silence = 90 * time.Second

// IsDown reports whether a PBX that sends heartbeats has fallen silent.
func (c *Connection) IsDown(now time.Time) bool {
	return !c.HeartbeatAt.IsZero() && now.Sub(c.HeartbeatAt) > Silence
}

// ConnectionSettings are what is not secret about a connection; JSON, stored.
type ConnectionSettings struct {
	// Address is where commands go: https://pbx.example; empty = none can be sent.
	Address string `json:"address,omitempty"`
	// AllowedIPs are addresses and networks events may come from; empty = any.
	AllowedIPs []string `json:"allowed_ips,omitempty"`
	// MaxCallMinutes is how long a call may last, zero = 240; an hour of silence later it is closed.
	MaxCallMinutes int `json:"max_call_minutes,omitempty"`
	// IsWeak: events come without a signature, to an address with a secret.
	IsWeak bool `json:"is_weak,omitempty"`
	// RecordsAll asks the PBX to record all calls that go through a scenario.
	RecordsAll bool `json:"records_all,omitempty"`
	// AllowedDestinations are prefixes click-to-call may dial; empty = numbers of the account's country only.
	AllowedDestinations []string `json:"allowed_destinations,omitempty"`
	// Login is the user name of providers that have one.
	Login string `json:"login,omitempty"`
	// Timezone is the IANA name of the zone providers write their times in who don't say it; empty = Europe/Moscow.
	Timezone string `json:"timezone,omitempty"`
}

// The names of a connection's secrets.
const (
	// SecretSigning is whsec_<base64>: events are signed with it. SecretSigningOld counts, too, while secrets are changed.
	SecretSigning    = "signing"
	SecretSigningOld = "signing_old"
	// SecretOldUntil is until when SecretSigningOld counts (unix seconds).
	SecretOldUntil = "signing_old_until" //nolint:gosec // the name of a secret, not one
	// SecretPath stands in the address of a connection whose provider cannot sign.
	SecretPath = "path"
	// SecretToken is what our commands are authorized by; SecretSalt Mango's salt.
	SecretToken = "token"
	SecretSalt  = "salt"
)

// Secrets of a connection by name; never logged and never returned by the API once they are saved.
type Secrets map[string]string

// OldSigningFor is how long the former signing secret counts after a change.
const OldSigningFor = 24 * time.Hour

// Expire drops the former signing secret when its time is over.
func (s Secrets) Expire(now time.Time) {
	until, err := strconv.ParseInt(s[SecretOldUntil], 10, 64)
	if err == nil && now.Unix() >= until {
		delete(s, SecretSigningOld)
		delete(s, SecretOldUntil)
	}
}

// Line is a line of a PBX as it last told.
type Line struct {
	ConnectionID core.ConnectionID
	Line         string
	Extension    string
	State        LineState
	ChangedAt    time.Time
}

// Sealer encrypts secrets for keeping; internal/secretbox does. A sealed text can be opened only with the context it was sealed with.
type Sealer interface {
	Seal(plain []byte, context string) (string, error)
	Open(sealed, context string) ([]byte, error)
}

// SecretsContext is what the secrets of a connection are sealed with.
func SecretsContext(account core.AccountID, id core.ConnectionID) string {
	return fmt.Sprintf("pbx connection %d/%d", account, id)
}

// RecordingContext is what the address of a recording is sealed with.
func RecordingContext(account core.AccountID, connection core.ConnectionID, remoteID string) string {
	return fmt.Sprintf("recording %d/%d/%s", account, connection, remoteID)
}
