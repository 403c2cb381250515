package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// request is what is sent over and over.
type request struct {
	url   string
	body  []byte // nil = GET
	token string
}

func (r request) make(ctx context.Context) (*http.Request, error) {
	method := http.MethodGet
	if r.body != nil {
		method = http.MethodPost
	}
	req, err := http.NewRequestWithContext(ctx, method, r.url, bytes.NewReader(r.body))
	if err != nil {
		return nil, err
	}
	if r.body != nil {
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer "+r.token)
	}
	return req, nil
}

func (r request) once(ctx context.Context) ([]byte, error) {
	req, err := r.make(ctx)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %.300s", r.url, resp.Status, body)
	}
	return body, err
}

// load returns how many requests a second were answered. wrk takes less of the machine from the server than we would; without it we load ourselves.
func load(ctx context.Context, r request, connections int, d time.Duration) (float64, error) {
	if path, err := exec.LookPath("wrk"); err == nil {
		return loadByWrk(ctx, path, r, connections, d)
	}
	return loadHere(ctx, r, connections, d)
}

var (
	perSecond = regexp.MustCompile(`Requests/sec:\s+([0-9.]+)`)
	failed    = regexp.MustCompile(`Non-2xx or 3xx responses: (\d+)|Socket errors: (.*)`)
)

func loadByWrk(ctx context.Context, wrk string, r request, connections int, d time.Duration) (float64, error) {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	script := filepath.Join(dir, "request.lua")
	if err := os.WriteFile(script, r.lua(), 0o600); err != nil {
		return 0, err
	}
	out, err := exec.CommandContext(ctx, wrk, "-t1", "-c"+strconv.Itoa(connections), "-d"+strconv.Itoa(int(d.Seconds()))+"s", "-s", script, r.url).CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("wrk: %w: %s", err, out)
	}
	if m := failed.Find(out); m != nil {
		return 0, fmt.Errorf("wrk: %s", m)
	}
	m := perSecond.FindSubmatch(out)
	if m == nil {
		return 0, fmt.Errorf("wrk said nothing of use: %s", out)
	}
	return strconv.ParseFloat(string(m[1]), 64)
}

func (r request) lua() []byte {
	if r.body == nil {
		return nil
	}
	return fmt.Appendf(nil, "wrk.method = \"POST\"\nwrk.headers[\"Content-Type\"] = \"application/json\"\nwrk.headers[\"Authorization\"] = \"Bearer %s\"\nwrk.body = [==[%s]==]\n", r.token, r.body)
}

func loadHere(ctx context.Context, r request, connections int, d time.Duration) (float64, error) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections}}
	defer client.CloseIdleConnections()
	var done atomic.Int64
	var wg sync.WaitGroup
	errs := make([]error, connections)
	start := time.Now()
	for i := range connections {
		wg.Go(func() { errs[i] = hammer(ctx, client, r, &done) })
	}
	wg.Wait()
	return float64(done.Load()) / time.Since(start).Seconds(), errors.Join(errs...)
}

func hammer(ctx context.Context, client *http.Client, r request, done *atomic.Int64) error {
	for ctx.Err() == nil {
		req, err := r.make(ctx)
		if err != nil {
			return err
		}
		resp, err := client.Do(req)
		if ctx.Err() != nil { // time is up
			if err == nil {
				_ = resp.Body.Close()
			}
			break
		}
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		if err == nil && resp.StatusCode != http.StatusOK {
			return errors.New(resp.Status)
		}
		if err == nil {
			done.Add(1)
		}
	}
	return nil
}
