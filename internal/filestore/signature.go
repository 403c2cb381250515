package filestore

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// signer signs requests with AWS Signature Version 4.
type signer struct {
	key, secret, region string
}

const (
	algorithm = "AWS4-HMAC-SHA256"
	stampForm = "20060102T150405Z"
	dayForm   = "20060102"
	// emptySHA256 is the hash of no bytes.
	emptySHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
)

// sign adds the time, the body's hash and the signature to a request. Headers that are to be signed must be there already.
func (s signer) sign(r *http.Request, bodySHA256 string, now time.Time) {
	stamp := now.UTC().Format(stampForm)
	r.Header.Set("X-Amz-Date", stamp)
	r.Header.Set("X-Amz-Content-Sha256", bodySHA256)
	names := signedNames(r.Header)
	scope := strings.Join([]string{now.UTC().Format(dayForm), s.region, "s3", "aws4_request"}, "/")
	text := strings.Join([]string{algorithm, stamp, scope, hash(canonical(r, names, bodySHA256))}, "\n")
	signature := hex.EncodeToString(mac(s.dayKey(now), text))
	r.Header.Set("Authorization", algorithm+" Credential="+s.key+"/"+scope+",SignedHeaders="+strings.Join(names, ";")+",Signature="+signature)
}

// dayKey is what a day's requests are signed with.
func (s signer) dayKey(now time.Time) []byte {
	key := mac([]byte("AWS4"+s.secret), now.UTC().Format(dayForm))
	for _, part := range []string{s.region, "s3", "aws4_request"} {
		key = mac(key, part)
	}
	return key
}

// signedNames are the headers that are signed, in order; those proxies may change are not among them.
func signedNames(h http.Header) []string {
	names := []string{"host"}
	for name := range h {
		name = strings.ToLower(name)
		if strings.HasPrefix(name, "x-amz-") || slices.Contains([]string{"date", "range", "content-type", "content-md5"}, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// canonical writes a request as it is signed.
func canonical(r *http.Request, names []string, bodySHA256 string) string {
	var b strings.Builder
	b.WriteString(r.Method + "\n" + encodedPath(r.URL.Path) + "\n" + encodedQuery(r.URL.Query()) + "\n")
	for _, name := range names {
		value := strings.Join(r.Header.Values(name), ",")
		if name == "host" {
			value = r.URL.Host
			if r.Host != "" {
				value = r.Host
			}
		}
		b.WriteString(name + ":" + strings.Join(strings.Fields(value), " ") + "\n")
	}
	b.WriteString("\n" + strings.Join(names, ";") + "\n" + bodySHA256)
	return b.String()
}

func encodedPath(path string) string {
	if path == "" {
		return "/"
	}
	parts := strings.Split(path, "/")
	for i, part := range parts {
		parts[i] = encoded(part)
	}
	return strings.Join(parts, "/")
}

func encodedQuery(query url.Values) string {
	var pairs []string
	for name, values := range query {
		for _, value := range values {
			pairs = append(pairs, encoded(name)+"="+encoded(value))
		}
	}
	slices.Sort(pairs)
	return strings.Join(pairs, "&")
}

// encoded leaves letters, digits and -._~ as they are.
func encoded(s string) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0 {
			b.WriteByte(c)
		} else {
			b.WriteString(string([]byte{'%', digits[c>>4], digits[c&15]}))
		}
	}
	return b.String()
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
