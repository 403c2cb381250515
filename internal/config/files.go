package config

import (
	"fmt"

	"github.com/skvoz/skvoz/internal/filestore"
)

// Files returns where recordings and sounds are kept.
func (s *Serve) Files() (filestore.Location, error) {
	place, err := filestore.ParseLocation(s.Recordings, s.DataDir, s.S3Key, s.S3Secret)
	if err != nil {
		return place, fmt.Errorf("--recordings: %w", err)
	}
	return place, nil
}
