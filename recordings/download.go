package recordings

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/internal/httpclient"
)

const (
	// downloadTimeout bounds a download, stallTimeout the time in which nothing comes.
	downloadTimeout = 30 * time.Minute
	stallTimeout    = 30 * time.Second
	maxRedirects    = 5
)

// DownloaderConfig is what a Downloader needs.
type DownloaderConfig struct {
	// Networks are private networks PBXs may be in (--integration-networks), beside the internet.
	Networks []netip.Prefix
	// Stall is how long nothing may come; 0 = 30 s.
	Stall time.Duration
}

// Downloader fetches recordings by HTTP. It is safe for concurrent use.
type Downloader struct {
	http  *httpclient.Client
	stall time.Duration
}

var _ telephony.Downloader = (*Downloader)(nil)

// NewDownloader returns a downloader.
func NewDownloader(cfg DownloaderConfig) *Downloader {
	if cfg.Stall <= 0 {
		cfg.Stall = stallTimeout
	}
	return &Downloader{httpclient.New(httpclient.Options{Timeout: downloadTimeout, AllowNetworks: cfg.Networks}), cfg.Stall}
}

// Download implements telephony.Downloader. It follows redirects; the headers, which may carry a token, go to the first server alone.
func (d *Downloader) Download(ctx context.Context, address string, header map[string]string) (telephony.Download, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	b := &body{ctx: ctx, cancel: cancel, stall: d.stall, timer: time.AfterFunc(d.stall, func() { cancel(errStalled) })}
	for range maxRedirects + 1 {
		res, err := d.ask(ctx, address, header)
		if err != nil {
			return telephony.Download{}, errors.Join(b.failed(err), b.Close())
		}
		b.from = res.Body
		next := res.Header.Get("Location")
		switch {
		case res.StatusCode == http.StatusOK:
			b.timer.Stop()
			return telephony.Download{Body: b, Length: res.ContentLength}, nil
		case res.StatusCode/100 != 3 || next == "":
			return telephony.Download{}, errors.Join(refusal(res.StatusCode), b.Close())
		}
		_ = res.Body.Close()
		to, err := res.Request.URL.Parse(next)
		if err != nil {
			break
		}
		if !sameServer(to, res.Request.URL) {
			header = nil
		}
		address = to.String()
	}
	return telephony.Download{}, errors.Join(failure(telephony.FailureOther, "the server of the recording leads from one address to another", nil), b.Close())
}

func sameServer(a, b *url.URL) bool { return a.Scheme == b.Scheme && a.Host == b.Host }

func (d *Downloader) ask(ctx context.Context, address string, header map[string]string) (*http.Response, error) {
	req, err := httpclient.NewRequest(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "audio/*, */*;q=0.5")
	req.Header.Set("Accept-Encoding", "identity")
	for name, value := range header {
		req.Header.Set(name, value)
	}
	return d.http.Stream(req)
}

func failure(word, message string, cause error) *core.Error {
	return core.E(core.KindUnavailable, message).WithReason(word).WithCause(cause)
}

// refusal is an answer that is no file.
func refusal(status int) error {
	cause := errors.New(http.StatusText(status))
	switch {
	case status == http.StatusNotFound, status == http.StatusGone, status/100 == 2, status == http.StatusTooEarly:
		return failure(telephony.FailureNotFound, "the recording is not there, or not yet", cause)
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return failure(telephony.FailureRefused, "the server does not give the recording to us", cause)
	case status == http.StatusTooManyRequests, status >= http.StatusInternalServerError:
		return failure(telephony.FailureUnreachable, "the server of the recording is in trouble", cause)
	}
	return failure(telephony.FailureOther, "the server of the recording answered something unexpected", cause)
}

var errStalled = errors.New("nothing came for too long")

// body reads a download and ends one that stalls. Its errors have a word.
type body struct {
	ctx    context.Context //nolint:containedctx // that of the download
	cancel context.CancelCauseFunc
	from   io.ReadCloser
	stall  time.Duration
	timer  *time.Timer
}

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	b.timer.Reset(b.stall)
	n, err := b.from.Read(p)
	b.timer.Stop()                   // a reader who takes its time is none that stalls
	if err != nil && err != io.EOF { //nolint:errorlint // readers return it bare
		err = b.failed(err)
	}
	return n, err
}

// Close ends the download.
func (b *body) Close() error {
	b.timer.Stop()
	b.cancel(nil)
	if b.from == nil {
		return nil
	}
	_ = b.from.Close() // what is not read is not wanted
	return nil
}

func (b *body) failed(err error) error {
	switch {
	case errors.Is(context.Cause(b.ctx), errStalled):
		return failure(telephony.FailureSlow, "the recording comes too slowly", err)
	case b.ctx.Err() != nil:
		return b.ctx.Err()
	case errors.Is(err, httpclient.ErrPrivateAddress):
		return failure(telephony.FailurePrivate, "the recording is in a private network that is not allowed", err)
	case b.from != nil:
		return failure(telephony.FailureCut, "the recording ended before its end", err)
	}
	return failure(telephony.FailureUnreachable, "the server of the recording can't be reached", err)
}
