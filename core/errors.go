package core

import (
	"errors"
	"fmt"
	"time"
)

// Kind says what sort of error happened. The list is closed; every edge maps it to its own protocol in one place.
type Kind string

// The kinds of error.
const (
	// KindInvalid: the request itself is wrong; repeating it unchanged is useless.
	KindInvalid Kind = "invalid"
	// KindUnauthenticated: nobody is signed in, or the key is wrong or expired.
	KindUnauthenticated Kind = "unauthenticated"
	// KindForbidden: signed in, but without the right.
	KindForbidden Kind = "forbidden"
	// KindNotFound: no such thing in this account.
	KindNotFound Kind = "not_found"
	// KindConflict: it contradicts what is there already.
	KindConflict Kind = "conflict"
	// KindRateLimited: too many requests; RetryAfter says when to come again.
	KindRateLimited Kind = "rate_limited"
	// KindUnavailable: the store or an outside system can't answer now; nothing was kept; repeat later.
	KindUnavailable Kind = "unavailable"
	// KindInternal: a fault of ours. Its text is never shown outside.
	KindInternal Kind = "internal"
)

// Error is an error a person may be shown. Message is for people, in English, lower-case, and says what to do where that helps.
type Error struct {
	// Kind is never empty.
	Kind Kind
	// Message is shown to people, unless Kind is KindInternal.
	Message string
	// Reason is a machine word for this very case, like "email_taken"; it may be empty.
	Reason string
	// Field is the name of the input field at fault, in the spelling of the GraphQL input; it may be empty.
	Field string
	// Value is what was sent in that field, for protocols that echo it; it may be nil.
	Value any
	// RetryAfter is set with KindRateLimited and KindUnavailable.
	RetryAfter time.Duration
	// Err is the cause; it is logged and never shown.
	Err error
}

// E makes an error of a kind with a message for people.
func E(kind Kind, message string) *Error { return &Error{Kind: kind, Message: message} }

// Invalid makes an error of kind KindInvalid about one input field.
func Invalid(field, reason, format string, args ...any) *Error {
	return &Error{Kind: KindInvalid, Message: fmt.Sprintf(format, args...), Field: field, Reason: reason}
}

// NotFound makes an error of kind KindNotFound about a thing in words: NotFound("site").
func NotFound(what string) *Error {
	return &Error{Kind: KindNotFound, Message: what + " not found", Reason: "not_found"}
}

// Unavailable makes an error of kind KindUnavailable with a cause and the time after which to try again.
func Unavailable(message string, retryAfter time.Duration, err error) *Error {
	return &Error{Kind: KindUnavailable, Message: message, RetryAfter: retryAfter, Err: err}
}

// WithReason sets the machine word and returns the error itself.
func (e *Error) WithReason(reason string) *Error { e.Reason = reason; return e }

// WithField sets the input field and returns the error itself.
func (e *Error) WithField(field string) *Error { e.Field = field; return e }

// WithValue sets what was sent and returns the error itself.
func (e *Error) WithValue(v any) *Error { e.Value = v; return e }

// WithCause sets the cause and returns the error itself.
func (e *Error) WithCause(err error) *Error { e.Err = err; return e }

// WithRetryAfter sets the waiting time and returns the error itself.
func (e *Error) WithRetryAfter(d time.Duration) *Error { e.RetryAfter = d; return e }

// Error returns the message with its cause.
func (e *Error) Error() string {
	if e.Err != nil {
		return e.Message + ": " + e.Err.Error()
	}
	return e.Message
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the kind of the first *Error in err's chain, and KindInternal for any other error. It returns "" for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return KindInternal
}

// AsError returns the first *Error in err's chain, or one of kind KindInternal that hides err. It returns nil for nil.
func AsError(err error) *Error {
	if err == nil {
		return nil
	}
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Kind: KindInternal, Message: "internal error", Err: err}
}
