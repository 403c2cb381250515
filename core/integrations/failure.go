package integrations

import (
	"errors"
	"time"
)

// FailureKind tells apart why a vendor did not do what was asked; the words are stored and the cabinet has a text for each that says what to do.
type FailureKind string

// The kinds of failure.
const (
	// FailAddress: the address is wrong: no such host, nothing listens, or it is another system.
	FailAddress FailureKind = "bad_address"
	// FailKey: the key, token or password is wrong, expired or revoked.
	FailKey FailureKind = "bad_key"
	// FailRight: the key is good but may not do this.
	FailRight FailureKind = "missing_right"
	// FailTimeout: no answer in time. A request that changes something may have been carried out.
	FailTimeout FailureKind = "timeout"
	// FailBusy: too many requests; RetryAfter says when to come again. Nothing was carried out.
	FailBusy FailureKind = "rate_limited"
	// FailBanned: the vendor refuses every request of ours until its support lifts that.
	FailBanned FailureKind = "banned"
	// FailDown: the vendor can't answer now (5xx, a broken connection, a page of HTML where JSON was due).
	FailDown FailureKind = "unavailable"
	// FailUnpaid: the account at the vendor is not paid for.
	FailUnpaid FailureKind = "unpaid"
	// FailRejected: the vendor understood and refused; repeating it unchanged is useless.
	FailRejected FailureKind = "rejected"
	// FailGone: the object does not exist at the vendor (any more).
	FailGone FailureKind = "not_found"
	// FailAnswer: the answer can't be understood. A request that changes something may have been carried out.
	FailAnswer FailureKind = "bad_answer"
	// FailSettings: a setting is missing or points to something that is not there any more.
	FailSettings FailureKind = "settings"
	// FailInternal: a fault of ours.
	FailInternal FailureKind = "internal"
)

// Failure is an error of a connector. It never holds a secret.
type Failure struct { //nolint:errname // the word of the schema, the journal and the cabinet
	Kind FailureKind `json:"kind"`
	// Detail is what the vendor said, or which setting; for people, shortened, in the vendor's language. It may be empty.
	Detail string `json:"detail,omitempty"`
	// Field is the setting at fault; it may be empty.
	Field string `json:"field,omitempty"`
	// RetryAfter is how long to wait; zero = as the job sees fit.
	RetryAfter time.Duration `json:"-"`
	// Uncertain: a request that changes something was sent and its outcome is unknown; look it up before repeating.
	Uncertain bool `json:"-"`
	// Err is the cause; it is logged only.
	Err error `json:"-"`
}

// Error returns kind and detail.
func (f *Failure) Error() string {
	if f.Detail == "" {
		return string(f.Kind)
	}
	return string(f.Kind) + ": " + f.Detail
}

// Unwrap returns the cause.
func (f *Failure) Unwrap() error { return f.Err }

// NeedsPerson reports whether nothing but a person's doing mends it: all further requests would fail the same way.
func (f *Failure) NeedsPerson() bool {
	return f.Kind == FailKey || f.Kind == FailBanned || f.Kind == FailUnpaid || f.Kind == FailAddress
}

// Fail makes a failure.
func Fail(kind FailureKind, detail string) *Failure { return &Failure{Kind: kind, Detail: detail} }

// AsFailure returns the first *Failure in err's chain, or one of kind FailInternal. It returns nil for nil.
func AsFailure(err error) *Failure {
	if err == nil {
		return nil
	}
	var f *Failure
	if errors.As(err, &f) {
		return f
	}
	return &Failure{Kind: FailInternal, Err: err}
}
