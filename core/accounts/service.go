package accounts

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/skvoz/skvoz/core"
)

// Config holds what a Service needs. All fields must be set.
type Config struct {
	Store     Store
	Passwords PasswordHasher
	Attempts  Attempts
	Clock     core.Clock
	// ReadEmail puts an address as typed into its one form, or reports false.
	ReadEmail func(raw string) (string, bool)
	// PublicURL is where browsers reach the cabinet, without a trailing slash.
	PublicURL string
}

// Service holds the rules about accounts, users, sign-in and API tokens. It is safe for concurrent use.
type Service struct {
	store     Store
	passwords PasswordHasher
	attempts  Attempts
	clock     core.Clock
	readEmail func(raw string) (string, bool)
	publicURL string
	ids       *core.IDs
	// decoy is the hash of a password nobody knows: unknown e-mails cost as much time as known ones.
	decoy string
	// forgotten is when old lines of the Data API's journals were last removed, in unix milliseconds.
	forgotten atomic.Int64
}

// NewService returns the service.
func NewService(ctx context.Context, cfg Config) (*Service, error) {
	decoy, err := cfg.Passwords.Hash(ctx, core.NewSecret(40))
	if err != nil {
		return nil, fmt.Errorf("hashing: %w", err)
	}
	return &Service{
		store: cfg.Store, passwords: cfg.Passwords, attempts: cfg.Attempts, clock: cfg.Clock, readEmail: cfg.ReadEmail,
		publicURL: strings.TrimSuffix(cfg.PublicURL, "/"), ids: &core.IDs{Clock: cfg.Clock}, decoy: decoy,
	}, nil
}

// secretLength is that of all secrets made here: 40 characters of [a-z0-9], 206 random bits.
const secretLength = 40

// hashSecret is how secrets are kept. They are random and long, so a fast hash is enough.
func hashSecret(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
