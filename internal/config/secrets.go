package config

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/skvoz/skvoz/internal/secretbox"
)

// secretKeyFile is the file below the data directory that has the key unless one is given.
const secretKeyFile = "secret.key"

// SecretKeys returns the keys that encrypt the secrets of integrations, the current one first; there is at least one. Without a setting it is that of the
// file in the data directory, which is made if it is missing.
func (s *Storage) SecretKeys() ([]secretbox.Key, error) {
	if keys, err := s.givenKeys(); err != nil || len(keys) > 0 {
		return keys, err
	}
	if err := s.MakeDataDir(); err != nil {
		return nil, err
	}
	key, err := secretbox.LoadOrCreateKeyFile(s.secretKeyPath())
	return []secretbox.Key{key}, err
}

// SecretKeysFrom says where the keys come from, for people.
func (s *Storage) SecretKeysFrom() string {
	if s.SecretKey != "" {
		return "--secret-key"
	}
	return s.secretKeyPath()
}

func (s *Storage) secretKeyPath() string { return filepath.Join(s.DataDir, secretKeyFile) }

// givenKeys returns the keys of the setting; none when it is empty.
func (s *Storage) givenKeys() (keys []secretbox.Key, err error) {
	seen := map[string]bool{}
	for n, text := range strings.FieldsFunc(s.SecretKey, func(r rune) bool { return strings.ContainsRune(", \t\r\n", r) }) {
		key, err := secretbox.ParseKey(text)
		if err != nil {
			return nil, fmt.Errorf("--secret-key: key %d: %w", n+1, err)
		}
		if !seen[key.ID()] {
			keys = append(keys, key)
		}
		seen[key.ID()] = true
	}
	if s.SecretKey != "" && len(keys) == 0 {
		return nil, errors.New("--secret-key: there is no key in it; make one with `skvoz secrets generate-key`")
	}
	return keys, nil
}
