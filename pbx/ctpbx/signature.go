package ctpbx

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
)

// The headers of Standard Webhooks.
const (
	HeaderID        = "Webhook-Id"
	HeaderTimestamp = "Webhook-Timestamp"
	HeaderSignature = "Webhook-Signature"
)

// MaxSkew is how far the time of a signed request may be from ours: older ones may be repeated by somebody who overheard them.
const MaxSkew = 300 * time.Second

// maxSignatures bounds the work a forged header can cause.
const maxSignatures = 16

// secretPrefix begins every signing secret.
const secretPrefix = "whsec_"

// Verify checks that a request was signed with one of some secrets ("whsec_<base64>"; those that are empty or can't be read count for nothing), not long ago.
// Errors are of kind KindUnauthenticated with the reason missing_signature, bad_timestamp, too_old, too_new or bad_signature.
func Verify(h http.Header, body []byte, now time.Time, secrets ...string) error {
	id, stamp, signatures := h.Get(HeaderID), h.Get(HeaderTimestamp), h.Get(HeaderSignature)
	if id == "" || stamp == "" || signatures == "" {
		return unauthenticated("missing_signature", "the request is not signed: the headers webhook-id, webhook-timestamp and webhook-signature are needed")
	}
	if err := checkSkew(stamp, now); err != nil {
		return err
	}
	for _, secret := range secrets {
		key, ok := signingKey(secret)
		if ok && anyEqual(signatures, signature(key, id, stamp, body)) {
			return nil
		}
	}
	return unauthenticated("bad_signature", "the signature is wrong: compare the secret, and sign id.timestamp.body byte for byte as it is sent")
}

func checkSkew(stamp string, now time.Time) error {
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return unauthenticated("bad_timestamp", "webhook-timestamp must be the time in whole seconds since 1970")
	}
	switch ahead := seconds - now.Unix(); {
	case ahead > int64(MaxSkew/time.Second):
		return unauthenticated("too_new", "webhook-timestamp is in the future: set the clock of the PBX")
	case ahead < -int64(MaxSkew/time.Second):
		return unauthenticated("too_old", "webhook-timestamp is too old: set the clock of the PBX, and sign repeated requests anew")
	}
	return nil
}

func unauthenticated(reason, message string) error {
	return core.E(core.KindUnauthenticated, message).WithReason(reason)
}

// signingKey reads a secret; some write base64 without its padding.
func signingKey(secret string) (key []byte, ok bool) {
	raw, ok := strings.CutPrefix(secret, secretPrefix)
	if !ok || raw == "" {
		return nil, false
	}
	key, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(raw, "="))
	return key, err == nil && len(key) > 0
}

func signature(key []byte, id, stamp string, body []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + stamp + "."))
	mac.Write(body)
	return mac.Sum(nil)
}

// anyEqual compares each signature of version 1 in the header in constant time.
func anyEqual(header string, want []byte) bool {
	found, n := false, 0
	for one := range strings.FieldsSeq(header) {
		if n++; n > maxSignatures {
			break
		}
		raw, isV1 := strings.CutPrefix(one, "v1,")
		if !isV1 {
			continue
		}
		got, err := base64.StdEncoding.DecodeString(raw)
		if err == nil && hmac.Equal(got, want) {
			found = true
		}
	}
	return found
}

// Sign returns the header webhook-signature of a request: what PBXs send, for tests and tools. It is empty for a secret that can't be read.
func Sign(secret, id string, at time.Time, body []byte) string {
	key, ok := signingKey(secret)
	if !ok {
		return ""
	}
	return "v1," + base64.StdEncoding.EncodeToString(signature(key, id, strconv.FormatInt(at.Unix(), 10), body))
}
