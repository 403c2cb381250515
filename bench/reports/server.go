package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"

	"github.com/alecthomas/kong"

	"github.com/skvoz/skvoz/internal/app"
	"github.com/skvoz/skvoz/internal/config"
)

// server is the product answering on loopback.
type server struct {
	url, token string
	end        context.CancelFunc
	done       chan error
	app        *app.App
}

func startServer(ctx context.Context, d *data) (*server, error) {
	token, err := d.newToken(ctx)
	if err != nil {
		return nil, err
	}
	var cfg struct {
		config.Serve `embed:""`
	}
	parser, err := kong.New(&cfg, config.Options()...)
	if err != nil {
		return nil, err
	}
	if _, err := parser.Parse(d.storage("--listen", "127.0.0.1:0", "--admin-listen", "")); err != nil {
		return nil, err
	}
	a, err := app.New(ctx, cfg.Serve, "bench", slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		return nil, err
	}
	s := &server{url: "http://" + a.Addr().String() + "/graphql", token: token, done: make(chan error, 1), app: a}
	running, end := context.WithCancel(ctx)
	s.end = end
	go func() { s.done <- a.Run(running) }()
	return s, nil
}

func (s *server) stop() {
	s.end()
	<-s.done
	if err := s.app.Close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}

// ask sends a GraphQL request and reads its data into answer.
func (s *server) ask(ctx context.Context, query string, variables, answer any) error {
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+s.token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	var got struct {
		Data   json.RawMessage
		Errors []struct{ Message string }
	}
	if err := json.Unmarshal(text, &got); err != nil {
		return fmt.Errorf("%s: %.200s", resp.Status, text)
	}
	if len(got.Errors) > 0 {
		return fmt.Errorf("%s: %s", resp.Status, got.Errors[0].Message)
	}
	return json.Unmarshal(got.Data, answer)
}
