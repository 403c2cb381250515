// Package secretbox encrypts small secrets for keeping in the database: AES-256-GCM under keys the operator holds, with what a secret belongs to as
// additional data, so that a sealed text copied to another place can't be opened there.
//
// The sealed form is v1.<key id>.<nonce and ciphertext in base64url>.
package secretbox

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Errors of Open, besides those of its arguments.
var (
	// ErrUnknownKey: the text was sealed with a key that is not among ours.
	ErrUnknownKey = errors.New("the secret was sealed with a key that is not given")
	// ErrDamaged: the text was changed, belongs to something else, or was never sealed.
	ErrDamaged = errors.New("the sealed secret is damaged or belongs to something else")
)

// keySize is that of AES-256, in bytes.
const keySize = 32

// Key is a key. Its fields are hidden so that it can't be logged.
type Key struct {
	id  string
	raw [keySize]byte
}

// ID names the key without giving it away: the beginning of its hash.
func (k Key) ID() string { return k.id }

// String hides the key.
func (k Key) String() string { return "key " + k.id }

// GoString hides the key.
func (k Key) GoString() string { return k.String() }

func newKey(raw []byte) Key {
	sum := sha256.Sum256(append([]byte("skvoz secret key "), raw...))
	k := Key{id: hex.EncodeToString(sum[:4])}
	copy(k.raw[:], raw)
	return k
}

// ParseKey reads a key of 32 bytes, written in base64 (with or without padding, either alphabet) or in 64 hexadecimal digits.
func ParseKey(text string) (Key, error) {
	text = strings.TrimSpace(text)
	if raw, err := hex.DecodeString(text); err == nil && len(raw) == keySize {
		return newKey(raw), nil
	}
	plain := strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(text, "="))
	raw, err := base64.RawStdEncoding.DecodeString(plain)
	if err != nil || len(raw) != keySize {
		return Key{}, errors.New("a secret key is 32 bytes in base64 or hexadecimal; make one with `skvoz secrets generate-key`")
	}
	return newKey(raw), nil
}

// GenerateKey returns a new key as ParseKey reads it.
func GenerateKey() string {
	raw := make([]byte, keySize)
	_, _ = rand.Read(raw) // never fails
	return base64.StdEncoding.EncodeToString(raw)
}

// LoadOrCreateKeyFile reads the key of a file, which only its owner can read; if it does not exist it is made with a new key.
func LoadOrCreateKeyFile(path string) (Key, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := createKeyFile(path, GenerateKey()); err != nil && !errors.Is(err, fs.ErrExist) {
			return Key{}, fmt.Errorf("making the secret key's file: %w", err)
		}
		text, err = os.ReadFile(path) // perhaps another process was quicker
	}
	if err != nil {
		return Key{}, fmt.Errorf("reading the secret key's file: %w", err)
	}
	key, err := ParseKey(string(text))
	if err != nil {
		return Key{}, fmt.Errorf("%s: %w", path, err)
	}
	return key, nil
}

// createKeyFile makes the file whole or not at all: it is written under another name and linked.
func createKeyFile(path, key string) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".secret-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.WriteString(key + "\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Link(f.Name(), path)
}

// Box seals with one key and opens with several. It is safe for concurrent use.
type Box struct {
	current string
	ciphers map[string]cipher.AEAD
}

// New returns a box: the first key seals, all of them open.
func New(keys ...Key) (*Box, error) {
	if len(keys) == 0 {
		return nil, errors.New("a secret key is needed")
	}
	b := &Box{current: keys[0].id, ciphers: map[string]cipher.AEAD{}}
	for _, k := range keys {
		block, err := aes.NewCipher(k.raw[:])
		if err != nil {
			return nil, err
		}
		if b.ciphers[k.id], err = cipher.NewGCM(block); err != nil {
			return nil, err
		}
	}
	return b, nil
}

const version = "v1"

// Seal encrypts a text for a context: it can be opened for the same one only.
func (b *Box) Seal(plain []byte, context string) (string, error) {
	c := b.ciphers[b.current]
	nonce := make([]byte, c.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return "", err
	}
	sealed := c.Seal(nonce, nonce, plain, additional(b.current, context))
	return version + "." + b.current + "." + base64.RawURLEncoding.EncodeToString(sealed), nil
}

// Open returns what was sealed for a context, or ErrUnknownKey or ErrDamaged.
func (b *Box) Open(sealed, context string) ([]byte, error) {
	id, raw, err := parse(sealed)
	if err != nil {
		return nil, err
	}
	c, ok := b.ciphers[id]
	if !ok {
		return nil, ErrUnknownKey
	}
	if len(raw) < c.NonceSize() {
		return nil, ErrDamaged
	}
	plain, err := c.Open(nil, raw[:c.NonceSize()], raw[c.NonceSize():], additional(id, context))
	if err != nil {
		return nil, ErrDamaged
	}
	return plain, nil
}

// CurrentKey returns the name of the key that seals.
func (b *Box) CurrentKey() string { return b.current }

// IsCurrent reports whether a text was sealed with the key that seals now.
func (b *Box) IsCurrent(sealed string) bool {
	id, _, err := parse(sealed)
	return err == nil && id == b.current
}

// KeyID returns the name of the key a text was sealed with; empty when it is no sealed text.
func KeyID(sealed string) string {
	id, _, _ := parse(sealed)
	return id
}

func parse(sealed string) (id string, raw []byte, err error) {
	parts := strings.Split(sealed, ".")
	if len(parts) != 3 || parts[0] != version {
		return "", nil, ErrDamaged
	}
	raw, err = base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || base64.RawURLEncoding.EncodeToString(raw) != parts[2] { // line breaks and left-over bits would pass
		return "", nil, ErrDamaged
	}
	return parts[1], raw, nil
}

func additional(id, context string) []byte { return []byte(version + "|" + id + "|" + context) }
