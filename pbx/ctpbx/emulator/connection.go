package emulator

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// version of the simulator, as its heartbeat says.
const version = "1.0"

// connection is where events go and what commands must bear.
type connection struct {
	address string // without /events at its end; empty = not connected
	secret  string
	keys    [][]byte
	token   string
	gone    bool // the receiver wants nothing more
	beat    *timer
}

func (c connection) up() bool { return c.address != "" && !c.gone }

// sign adds the three headers of Standard Webhooks, with a signature for each key: two while a secret is changed.
func (c connection) sign(h http.Header, id string, at time.Time, body []byte) {
	stamp := strconv.FormatInt(at.Unix(), 10)
	h.Set("webhook-id", id)
	h.Set("webhook-timestamp", stamp)
	var all []string
	for _, key := range c.keys {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(id + "." + stamp + "."))
		mac.Write(body)
		all = append(all, "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	}
	h.Set("webhook-signature", strings.Join(all, " "))
}

// keysOf reads secrets "whsec_<base64>"; two, with a space between, sign both.
func keysOf(secret string) ([][]byte, error) {
	var keys [][]byte
	for one := range strings.FieldsSeq(secret) {
		raw, isSecret := strings.CutPrefix(one, "whsec_")
		key, err := base64.StdEncoding.DecodeString(raw)
		if err != nil { // some write it without padding
			key, err = base64.RawStdEncoding.DecodeString(raw)
		}
		if !isSecret || err != nil || len(key) == 0 {
			return nil, errors.New(`a secret looks like "whsec_" and base64`)
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return nil, errors.New("the secret is missing")
	}
	return keys, nil
}

// connect begins to send events to an address, with or without /events at its end; an empty one ends it.
func (s *Server) connect(address, secret string) error {
	w := s.world
	address = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSpace(address), "/"), "/events")
	var keys [][]byte
	if address != "" {
		u, err := url.Parse(address)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			return fmt.Errorf("%q is no address; it looks like https://skvoz.example/tel/v1/CONNECTION", address)
		}
		if keys, err = keysOf(secret); err != nil {
			return err
		}
	}
	s.off(w.conn.beat)
	w.conn = connection{address: address, secret: secret, keys: keys, token: w.conn.token}
	if address == "" {
		return nil
	}
	s.heartbeat()
	for _, p := range w.lines {
		p.told = ""
		s.tell(p)
	}
	return nil
}

// heartbeatEvery is how often the other side hears that the provider is alive.
const heartbeatEvery = 30 * time.Second

func (s *Server) heartbeat() {
	w := s.world
	s.emit(nil, "pbx_heartbeat", map[string]any{"active_calls": w.active, "version": version})
	// One is enough for the time a clock was moved over.
	late := s.kit.Clock.Now().Sub(s.now())
	w.conn.beat = s.after(heartbeatEvery+late-late%heartbeatEvery, s.heartbeat)
}
