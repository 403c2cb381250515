package wire

import "net/url"

// Notification is a request of a provider that has words of its own.
type Notification struct {
	Method string
	// Path is what follows the connection in the address, without slashes around it: "events/call".
	Path        string
	Query       url.Values
	ContentType string
	Body        []byte
}
