package emulator

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestSign_GoldenVectors(t *testing.T) {
	t.Parallel()
	cases := []struct {
		rule, secret, id, body string
		at                     int64
		want                   string
	}{
		// The first is the one of the libraries of Standard Webhooks; the second was computed with openssl dgst -sha256 -hmac.
		{"the published one", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", `{"test": 2432232314}`, 1614265330, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
		{"one of our own", "whsec_c2t2b3otdGVzdC1zZWNyZXQ=", "evt_1", `{"id":"evt_1"}`, 1795000000, "v1,8DUe/3n+12oJbrbYHNg1N8SCYUpZvj+lrWTJZ5reAWA="},
		{
			"two secrets while one is changed", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw whsec_c2t2b3otdGVzdC1zZWNyZXQ", "evt_1", `{"id":"evt_1"}`, 1795000000,
			"v1,JoDNf2jgh2AU522sUfxrXAgen6stz2B34G9INloYAok= v1,8DUe/3n+12oJbrbYHNg1N8SCYUpZvj+lrWTJZ5reAWA=",
		},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			keys, err := keysOf(c.secret)
			require.NoError(t, err)
			h := http.Header{}
			connection{keys: keys}.sign(h, c.id, time.Unix(c.at, 0), []byte(c.body))
			require.Equal(t, c.id, h.Get("webhook-id"))
			require.Equal(t, c.want, h.Get("webhook-signature"))
		})
	}
}

func TestKeys_WhatIsNoSecret(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{"", "c2t2b3otdGVzdC1zZWNyZXQ=", "whsec_", "whsec_***", "whsec_c2t2 other"} {
		_, err := keysOf(secret)
		require.Error(t, err, secret)
	}
}

func TestDigits_AsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]string{
		"+7 (495) 000-00-01": "74950000001", "8 (800) 000-00-03": "78000000003", "+86 10 1234 5678 9": "8610123456789", "": "", "abc": "",
	} {
		require.Equal(t, want, digitsOf(written), written)
	}
}
