package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/pbx/ctpbx"
	"github.com/skvoz/skvoz/store"
)

// signingSecret signs the events of all PBXs.
const signingSecret = "whsec_c2t2b3otYmVuY2gtc2t2b3otYmVuY2gtc2t2b3o="

// perOperator is how many cabinets each operator has open.
const perOperator = 5

// cardQuery is about what a cabinet asks for.
const cardQuery = `subscription { callPopUps { id phase earlierCommunications call { id pbxCallId contactPhone contactName source { source campaign } } person { id } } }`

// remote lets cabinets listen by HTTP to a server in a process of its own, to which the PBXs send signed events.
func remote(ctx context.Context, engine store.Engine, opts options) (r result, err error) {
	opts.cabinets, opts.pace, opts.calls = opts.remote, max(opts.pace/4, 1), max(opts.calls/4, 1)
	o, err := openOffice(ctx, engine)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, o.close()) }()
	operators := opts.cabinets / perOperator / companies // of each company
	if operators < rung || operators%rung != 0 || operators > staff {
		return r, fmt.Errorf("%d cabinets can't be shared out", opts.cabinets)
	}
	tokens, err := o.operators(ctx, operators)
	if err != nil {
		return r, err
	}
	url, stopServer, err := o.serve(ctx)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, stopServer()) }()
	r = result{Engine: engine, Way: "by HTTP", Replicas: 1, Cabinets: len(tokens) * perOperator, Pace: opts.pace}
	b := newBoard(opts.calls, opts.calls*rung*perOperator)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	running, stop := context.WithCancel(ctx)
	var all sync.WaitGroup
	defer all.Wait()
	defer stop()
	for _, token := range tokens {
		for range perOperator {
			if err := follow(running, client, url, token, b, &all); err != nil {
				return r, err
			}
		}
	}
	o.shownStaff = operators
	accepted, err := pacedCalls(ctx, opts, b, func(_ int, c telephony.Connection, events []telephony.Event) error {
		return post(ctx, client, url, c, events)
	}, o)
	if err = errors.Join(err, b.await(ctx)); err != nil {
		return r, err
	}
	r.take(b, accepted)
	r.Bare, err = o.bare(ctx, opts, 1, rung*perOperator)
	return r, err
}

// serve starts this program anew as a server and waits until it is ready.
func (o *office) serve(ctx context.Context) (url string, stop func() error, err error) {
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	address := ln.Addr().String()
	_ = ln.Close()
	cmd := exec.CommandContext(ctx, os.Args[0], serverFlag, "serve", "--data-dir", o.dir, "--database", o.dsn, "--listen", address, "--admin-listen", "", "--public-url", "http://"+address,
		"--secret-key", o.key, "--log-level", "error")
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() error { return errors.Join(cmd.Process.Signal(syscall.SIGTERM), cmd.Wait()) }
	url = "http://" + address
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for began := time.Now(); time.Since(began) < 20*time.Second; <-ticker.C {
		res, err := http.Get(url + "/readyz")
		if err != nil {
			continue
		}
		_ = res.Body.Close()
		if res.StatusCode == http.StatusOK {
			return url, stop, nil
		}
	}
	return "", nil, errors.Join(errors.New("the server is not ready"), stop())
}

// follow opens a cabinet's stream.
func follow(ctx context.Context, client *http.Client, url, token string, b *board, all *sync.WaitGroup) error {
	body, err := json.Marshal(map[string]string{"query": cardQuery})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/graphql", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "text/event-stream")
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return errors.Join(fmt.Errorf("a stream was answered %s", res.Status), res.Body.Close())
	}
	all.Go(func() { listen(res.Body, b) })
	return nil
}

func listen(from io.ReadCloser, b *board) {
	defer func() { _ = from.Close() }()
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		text, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok || !strings.Contains(text, `"phase":"RINGING"`) {
			continue
		}
		now := time.Now()
		var news struct {
			Data struct {
				CallPopUps struct{ Call struct{ PBXCallID string } }
			}
		}
		if json.Unmarshal([]byte(text), &news) == nil {
			b.showAt(numberOf(news.Data.CallPopUps.Call.PBXCallID), now)
		}
	}
}

// post sends events as a PBX does.
func post(ctx context.Context, client *http.Client, url string, c telephony.Connection, events []telephony.Event) error {
	body, err := json.Marshal(map[string]any{"events": events})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, fmt.Sprintf("%s/tel/v1/%d/events", url, c.ID), bytes.NewReader(body))
	if err != nil {
		return err
	}
	now, id := time.Now(), "msg_"+events[0].ID
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("webhook-id", id)
	req.Header.Set("webhook-timestamp", strconv.FormatInt(now.Unix(), 10))
	req.Header.Set("webhook-signature", ctpbx.Sign(signingSecret, id, now, body))
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(res.Body)
	if err == nil && (res.StatusCode != http.StatusOK || !bytes.Contains(answer, []byte(`"rejected":[]`))) {
		err = fmt.Errorf("events were answered %s: %s", res.Status, answer)
	}
	return err
}
