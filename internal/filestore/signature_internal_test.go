package filestore

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The examples are those Amazon publishes for Signature Version 4 of S3, with the key and secret given there.
func TestSign_MakesThePublishedSignatures(t *testing.T) {
	t.Parallel()
	at := time.Date(2013, 5, 24, 0, 0, 0, 0, time.UTC)
	s := signer{key: "AKIAIOSFODNN7EXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", region: "us-east-1"}
	tests := map[string]struct {
		method, path, query string

		header     map[string]string
		body, want string
	}{
		"reading a part of a file": {
			"GET", "/test.txt", "",
			map[string]string{"Range": "bytes=0-9"},
			emptySHA256,
			"SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
		},
		"keeping a file": {
			"PUT", "/test$file.text", "",
			map[string]string{"Date": "Fri, 24 May 2013 00:00:00 GMT", "X-Amz-Storage-Class": "REDUCED_REDUNDANCY"},
			hash("Welcome to Amazon S3."),
			"SignedHeaders=date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class,Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
		},
		"a word without a value in the query": {
			"GET", "/", "lifecycle", nil, emptySHA256,
			"SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
		},
		"a query": {
			"GET", "/", "max-keys=2&prefix=J", nil, emptySHA256,
			"SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := &url.URL{Scheme: "https", Host: "examplebucket.s3.amazonaws.com", Path: tt.path, RawQuery: tt.query}
			r := &http.Request{Method: tt.method, URL: u, Header: http.Header{}}
			for name, value := range tt.header {
				r.Header.Set(name, value)
			}
			s.sign(r, tt.body, at)
			got := r.Header.Get("Authorization")
			require.True(t, strings.HasPrefix(got, "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"), got)
			require.Equal(t, tt.want, got[strings.Index(got, "Signed"):])
		})
	}
}

func TestNewS3_KnowsBothStylesOfAddresses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		bucket Bucket
		want   string
	}{
		"in the path":       {Bucket{Endpoint: "https://storage.example", Name: "calls", PathStyle: true}, "https://storage.example/calls/a/b.wav"},
		"in the name":       {Bucket{Endpoint: "https://storage.example", Name: "calls", Prefix: "p/q"}, "https://calls.storage.example/p/q/a/b.wav"},
		"Amazon's own":      {Bucket{Name: "calls", Region: "eu-west-1"}, "https://calls.s3.eu-west-1.amazonaws.com/a/b.wav"},
		"a path of its own": {Bucket{Endpoint: "https://storage.example/s3/", Name: "calls", PathStyle: true}, "https://storage.example/s3/calls/a/b.wav"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.bucket.TempDir = t.TempDir()
			s, err := NewS3(tt.bucket)
			require.NoError(t, err)
			r, err := s.request(t.Context(), http.MethodGet, "a/b.wav")
			require.NoError(t, err)
			require.Equal(t, tt.want, r.URL.String())
		})
	}
}
