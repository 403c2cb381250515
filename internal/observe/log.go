// Package observe holds what the server shows of itself: structured logs without personal data, metrics and request ids.
package observe

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// LogOptions say how logs are written.
type LogOptions struct {
	Level  string // debug, info, warn or error; empty means info
	Format string // text or json; empty means text
}

// NewLogger returns a logger that writes to w. It fails if the level or the format is unknown.
func NewLogger(w io.Writer, o LogOptions) (*slog.Logger, error) {
	level, err := ParseLevel(o.Level)
	if err != nil {
		return nil, err
	}
	options := &slog.HandlerOptions{Level: level}
	switch strings.ToLower(o.Format) {
	case "", "text":
		return slog.New(slog.NewTextHandler(w, options)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(w, options)), nil
	default:
		return nil, fmt.Errorf("log format %q: use text or json", o.Format)
	}
}

// ParseLevel reads the name of a log level; empty means info.
func ParseLevel(name string) (slog.Level, error) {
	switch strings.ToLower(name) {
	case "debug":
		return slog.LevelDebug, nil
	case "", "info":
		return slog.LevelInfo, nil
	case "warn":
		return slog.LevelWarn, nil
	case "error":
		return slog.LevelError, nil
	default:
		return 0, fmt.Errorf("log level %q: use debug, info, warn or error", name)
	}
}

// Discard returns a logger that writes nothing.
func Discard() *slog.Logger { return slog.New(slog.DiscardHandler) }
