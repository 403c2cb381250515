package observe

import (
	"fmt"
	"log/slog"
	"strings"
	"unicode/utf8"
)

const mask = "***"

// Phone is a telephone number on its way into a log or an error: only its last two digits are shown.
type Phone string

// Email is an e-mail address on its way into a log or an error: only its first letter and top-level domain are shown.
type Email string

// Secret is a password, key or token: printed, logged or marshalled, it shows nothing. Convert it to string to use it.
type Secret string

var (
	_ slog.LogValuer = Phone("")
	_ slog.LogValuer = Email("")
	_ slog.LogValuer = Secret("")
	_ fmt.Formatter  = Phone("")
	_ fmt.Formatter  = Email("")
	_ fmt.Formatter  = Secret("")
)

func (p Phone) redacted() string {
	if len(p) < 5 {
		return mask // two digits of a short number are most of it
	}
	return mask + string(p[len(p)-2:])
}

func (e Email) redacted() string {
	first, size := utf8.DecodeRuneInString(string(e))
	at := strings.LastIndexByte(string(e), '@')
	dot := strings.LastIndexByte(string(e), '.')
	if at <= 0 || dot < at || first == utf8.RuneError || size > at {
		return mask
	}
	return string(first) + mask + "@" + mask + string(e[dot:])
}

func (s Secret) redacted() string {
	if s == "" {
		return ""
	}
	return mask
}

// LogValue implements [slog.LogValuer].
func (p Phone) LogValue() slog.Value { return slog.StringValue(p.redacted()) }

// LogValue implements [slog.LogValuer].
func (e Email) LogValue() slog.Value { return slog.StringValue(e.redacted()) }

// LogValue implements [slog.LogValuer].
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.redacted()) }

// Format implements [fmt.Formatter], so that no verb prints the value.
func (p Phone) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(p.redacted())) }

// Format implements [fmt.Formatter], so that no verb prints the value.
func (e Email) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(e.redacted())) }

// Format implements [fmt.Formatter], so that no verb prints the value.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.redacted())) }

// MarshalText implements [encoding.TextMarshaler]: a secret leaves the process only on purpose.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.redacted()), nil }
