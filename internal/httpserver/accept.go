package httpserver

import (
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// WantsStream reports whether the client asks for server-sent events more than for one JSON answer. Clients that take either get JSON: they name
// every form of answer they can read.
func WantsStream(r *http.Request) bool {
	stream, single := 0.0, 0.0
	for part := range strings.SplitSeq(r.Header.Get("Accept"), ",") {
		mediaType, options, err := mime.ParseMediaType(part)
		switch {
		case err != nil:
		case mediaType == "text/event-stream":
			stream = max(stream, Quality(options["q"]))
		case mediaType == "application/json", strings.HasSuffix(mediaType, "+json"):
			single = max(single, Quality(options["q"]))
		}
	}
	return stream > single
}

// IsLongLived reports whether the connection stays open after the first answer: a WebSocket or an event stream. Headers can't be set on these
// once the request is being worked on.
func IsLongLived(r *http.Request) bool { return r.Header.Get("Upgrade") != "" || WantsStream(r) }

// AcceptsGzip reports whether the client takes answers packed with gzip; one that writes q=0 does not.
func AcceptsGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		coding, options, _ := strings.Cut(part, ";")
		if strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			_, q, _ := strings.Cut(options, "=")
			return Quality(strings.TrimSpace(q)) > 0
		}
	}
	return false
}

// Quality reads a q of an Accept header: 1 when it is left out, 0 when it makes no sense.
func Quality(q string) float64 {
	if q == "" {
		return 1
	}
	v, err := strconv.ParseFloat(q, 64)
	if err != nil || v != v || v < 0 || v > 1 {
		return 0
	}
	return v
}
