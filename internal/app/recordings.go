package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/skvoz/skvoz/auth"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/internal/config"
	"github.com/skvoz/skvoz/internal/filestore"
	"github.com/skvoz/skvoz/recordings"
	"github.com/skvoz/skvoz/store"
)

// recorded is what fetches recordings and gives them out.
type recorded struct {
	*telephony.Recordings
	fetcher *telephony.Fetcher
	files   filestore.Store
}

// linksSecret names the secret signed links are made with. Links that were given away end when it changes.
const linksSecret = "links"

// unfinishedAge is how old a file must be that nobody finished: no download takes so long.
const unfinishedAge = 2 * time.Hour

// openFiles opens where recordings and sounds are kept. What is surely wrong ends the start; a bucket that doesn't answer may answer later.
func openFiles(ctx context.Context, cfg *config.Serve, log *slog.Logger) (filestore.Store, error) {
	place, err := cfg.Files()
	if err != nil {
		return nil, err
	}
	files, err := place.Open()
	if err != nil {
		return nil, fmt.Errorf("--recordings: %w", err)
	}
	switch err := files.Check(ctx); {
	case errors.Is(err, filestore.ErrUnreachable):
		log.WarnContext(ctx, "recordings can't be kept now", "place", place.String(), "error", err)
	case err != nil:
		return nil, fmt.Errorf("--recordings: %w", err)
	}
	return files, nil
}

// openRecordings makes what fetches recordings. It needs openCalls.
func (s *services) openRecordings(ctx context.Context, db *store.DB, publicURL string, o outside, log *slog.Logger) error {
	secret, err := db.Secret(ctx, linksSecret)
	if err != nil {
		return err
	}
	r := &recorded{files: o.files, Recordings: telephony.NewRecordings(telephony.RecordingsConfig{
		Store: s.telephones.store, Files: o.files, Links: telephony.NewLinks(publicURL, secret), Clock: db.Clock, Log: log,
	})}
	recorders := map[telephony.ConnectionKind]telephony.Recorder{}
	for kind, driver := range s.telephones.drivers {
		if recorder, ok := driver.(telephony.Recorder); ok {
			recorders[kind] = recorder
		}
	}
	r.fetcher = telephony.NewFetcher(telephony.FetcherConfig{
		Store: s.telephones.store, Files: o.files, Downloader: recordings.NewDownloader(recordings.DownloaderConfig{Networks: o.networks}), Recorders: recorders,
		Recordings: r.Recordings, Lease: o.lease, Clock: db.Clock, Log: log,
		Sweep: func(ctx context.Context) error { _, err := o.files.Sweep(ctx, unfinishedAge); return err },
	})
	s.recorded = r
	return nil
}

// folded lets others look at what became of calls: deals may be linked, recordings may wait.
func (s *services) folded() {
	s.linker.Wake()
	if s.recorded != nil {
		s.recorded.fetcher.Wake()
	}
}

// run fetches recordings until ctx ends.
func (r *recorded) run(ctx context.Context, work *errgroup.Group) {
	work.Go(func() error { r.fetcher.Run(ctx); return nil })
}

// close frees the directory of files.
func (r *recorded) close() error {
	if files, ok := r.files.(io.Closer); ok {
		return files.Close()
	}
	return nil
}

// recordings gives recordings and sounds out: to users who are signed in, and to everybody with a signed link.
func (a *App) recordings() (own, signed http.Handler) {
	server := recordings.New(recordings.Config{
		Recordings: a.services.recorded, Sounds: a.db, Files: a.services.recorded.files, ClientIP: a.proxies.ClientIP, Clock: a.db.Clock, Log: a.log,
	})
	sessions := auth.NewStore(a.services.accounts, a.proxies)
	return auth.NewGuard(a.services.accounts, sessions, a.proxies, a.URL, server.Refuse).Middleware(server.Own()), server.Signed()
}
