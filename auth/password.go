package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Cost is how dear one hash of a password is.
type Cost struct {
	// MemoryKiB is the memory of one hash.
	MemoryKiB uint32
	// Passes over the memory.
	Passes uint32
	// Lanes that can be worked on at once.
	Lanes uint8
}

// DefaultCost is one of the settings OWASP recommends for argon2id: 19 MiB, two passes, one lane.
func DefaultCost() Cost { return Cost{MemoryKiB: 19 << 10, Passes: 2, Lanes: 1} }

const (
	saltBytes = 16
	keyBytes  = 32
	// atOnce bounds the memory a wave of sign-ins can take.
	atOnce = 4
	// maxMemoryKiB and maxPasses bound what a hash read from the database may ask for.
	maxMemoryKiB = 1 << 20
	maxPasses    = 64
)

// Hasher makes and checks argon2id hashes with their parameters written into them ($argon2id$v=19$m=…). It implements accounts.PasswordHasher.
type Hasher struct {
	cost  Cost
	slots chan struct{}
}

// NewHasher returns a hasher of a cost; hashes of another cost are still understood, and reported as outdated.
func NewHasher(cost Cost) *Hasher { return &Hasher{cost: cost, slots: make(chan struct{}, atOnce)} }

// Hash implements accounts.PasswordHasher.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt)
	key, err := h.derive(ctx, password, salt, h.cost)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.cost.MemoryKiB, h.cost.Passes, h.cost.Lanes,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key)), nil
}

// Verify implements accounts.PasswordHasher. A hash that can't be read is an error: the database is damaged.
func (h *Hasher) Verify(ctx context.Context, password, hash string) (ok, outdated bool, err error) {
	cost, salt, want, err := parse(hash)
	if err != nil {
		return false, false, err
	}
	got, err := h.derive(ctx, password, salt, cost)
	if err != nil {
		return false, false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1, cost != h.cost, nil
}

func (h *Hasher) derive(ctx context.Context, password string, salt []byte, cost Cost) ([]byte, error) {
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
		return argon2.IDKey([]byte(password), salt, cost.Passes, cost.MemoryKiB, cost.Lanes, keyBytes), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func parse(hash string) (cost Cost, salt, key []byte, err error) {
	parts := strings.Split(hash, "$")
	version := 0
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return cost, nil, nil, fmt.Errorf("not an argon2id hash")
	}
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return cost, nil, nil, fmt.Errorf("a hash of another version of argon2")
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &cost.MemoryKiB, &cost.Passes, &cost.Lanes); err != nil {
		return cost, nil, nil, fmt.Errorf("reading the parameters of a hash: %w", err)
	}
	if cost.Passes < 1 || cost.Passes > maxPasses || cost.Lanes < 1 || cost.MemoryKiB > maxMemoryKiB {
		return cost, nil, nil, fmt.Errorf("parameters of a hash out of bounds")
	}
	if salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err == nil {
		key, err = base64.RawStdEncoding.DecodeString(parts[5])
	}
	if err != nil || len(salt) < 8 || len(key) != keyBytes {
		return cost, nil, nil, fmt.Errorf("salt or key of a hash is damaged")
	}
	return cost, salt, key, nil
}
