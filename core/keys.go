package core

import (
	"crypto/rand"
	"encoding/base64"
)

// NewKey returns a public key that cannot be guessed: 32 characters of [A-Za-z0-9_-], 192 random bits. Site keys and account keys are such.
func NewKey() string {
	var b [24]byte
	_, _ = rand.Read(b[:]) // never fails, see crypto/rand
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// secretAlphabet has 36 letters: they survive a double click, a phone call and any header.
const secretAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789"

// NewSecret returns n characters of [a-z0-9], each drawn evenly: 5.17 random bits a character.
func NewSecret(n int) string {
	out := make([]byte, 0, n)
	var b [64]byte
	for len(out) < n {
		_, _ = rand.Read(b[:])
		for _, c := range b {
			if c < 252 && len(out) < n { // 252 = 7·36; more would favour the first letters
				out = append(out, secretAlphabet[c%36])
			}
		}
	}
	return string(out)
}
