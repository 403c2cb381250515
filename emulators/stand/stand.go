// Package stand runs the emulators of outside systems on loopback, in a process of their own or within another one: the program emulators, the demo,
// and tests that go through the whole product.
package stand

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/skvoz/skvoz/internal/emulation"
	"github.com/skvoz/skvoz/internal/httpserver"
)

// DefaultListen is the address of control API and page unless another one is named; emulators take the ports that follow.
const DefaultListen = "127.0.0.1:8095"

// Maker makes the emulator of one kind; baseURL is where it will be reached, without a trailing slash.
type Maker struct {
	Kind string
	New  func(kit *emulation.Kit, baseURL string) emulation.Vendor
}

// Config says what runs where. The zero value runs every emulator on free ports, which suits tests.
type Config struct {
	// Listen is the loopback address of control API and page, host:port; empty = a free port.
	Listen string
	// Vendors are addresses of emulators by kind. One that is not named has the port that follows the one before it, beginning with Listen's, or a
	// free port if that has port 0.
	Vendors map[string]string
	// Makers are the emulators to run; All() when nil. An emulator with a method Close() is closed at the end.
	Makers []Maker
	// Log takes what the servers complain about; nil = nobody.
	Log *slog.Logger
}

// Running are emulators that answer.
type Running struct {
	control string
	placed  []emulation.Placed
	served  *errgroup.Group
	stop    context.CancelFunc
	ended   sync.Once
}

// Validate says why emulators can't run as configured: an address that is none or not on loopback, a kind nobody knows.
func (c Config) Validate() error {
	_, err := c.addresses()
	return err
}

// Start takes the ports and answers until ctx ends or Close is called. A port that is taken is an error errors.Is finds syscall.EADDRINUSE in; on
// an error nothing stays open.
func Start(ctx context.Context, c Config) (*Running, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	addresses, err := c.addresses()
	if err != nil {
		return nil, err
	}
	listeners, err := listen(ctx, addresses)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	r := &Running{control: address(listeners[0]), served: &errgroup.Group{}, stop: stop}
	for i, maker := range c.makers() {
		kit, url := emulation.NewKit(), address(listeners[i+1])
		p := emulation.Placed{Vendor: maker.New(kit, url), Kit: kit, URL: url}
		r.placed = append(r.placed, p)
		r.serve(ctx, listeners[i+1], kit.Wrap(p.Vendor), c.Log)
	}
	r.serve(ctx, listeners[0], emulation.NewControl(r.placed), c.Log)
	return r, nil
}

func (c Config) makers() []Maker {
	if c.Makers != nil {
		return c.Makers
	}
	return All()
}

// addresses returns the control's address and those of the emulators, in their order.
func (c Config) addresses() ([]string, error) {
	first := c.Listen
	if first == "" {
		first = "127.0.0.1:0"
	}
	addresses, known := []string{first}, map[string]bool{}
	if err := onLoopback(first); err != nil {
		return nil, err
	}
	for _, maker := range c.makers() {
		known[maker.Kind] = true
		address := c.Vendors[maker.Kind]
		if address == "" {
			address = following(addresses[len(addresses)-1])
		}
		if err := onLoopback(address); err != nil {
			return nil, fmt.Errorf("%s: %w", maker.Kind, err)
		}
		addresses = append(addresses, address)
	}
	for kind := range c.Vendors {
		if !known[kind] {
			return nil, fmt.Errorf("there is no emulator of %q", kind)
		}
	}
	return addresses, nil
}

// following returns the address with the next port; after port 0 comes port 0.
func following(address string) string {
	host, port, _ := net.SplitHostPort(address)
	n, _ := strconv.Atoi(port)
	if n > 0 {
		n++
	}
	return net.JoinHostPort(host, strconv.Itoa(n))
}

// onLoopback refuses addresses others could reach: emulators know no passwords worth the name and do what anybody says.
func onLoopback(raw string) error {
	host, port, err := net.SplitHostPort(raw)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return fmt.Errorf("%q is no address; write host:port, e.g. %s", raw, DefaultListen)
	}
	addr, err := netip.ParseAddr(host)
	if host == "localhost" || err == nil && addr.IsLoopback() {
		return nil
	}
	return fmt.Errorf("%q is not on loopback; emulators do what anybody says, so they answer this machine alone: write e.g. %s", raw, net.JoinHostPort("127.0.0.1", port))
}

func listen(ctx context.Context, addresses []string) ([]net.Listener, error) {
	var lc net.ListenConfig
	var out []net.Listener
	for _, address := range addresses {
		ln, err := lc.Listen(ctx, "tcp", address)
		if err == nil && !ln.Addr().(*net.TCPAddr).IP.IsLoopback() { // a name may lead anywhere
			err = errors.Join(errors.New("the name leads to an address that is not on loopback"), ln.Close())
		}
		if err != nil {
			for _, taken := range out {
				_ = taken.Close()
			}
			return nil, fmt.Errorf("listening on %s for emulators: %w", address, err)
		}
		out = append(out, ln)
	}
	return out, nil
}

func address(ln net.Listener) string { return "http://" + ln.Addr().String() }

// grace is how long requests in progress may take at the end. Slow answers that were asked for end at once.
const grace = time.Second

func (r *Running) serve(ctx context.Context, ln net.Listener, handler http.Handler, log *slog.Logger) {
	srv := httpserver.New(handler, log)
	srv.BaseContext = func(net.Listener) context.Context { return ctx }
	r.served.Go(func() error {
		err := httpserver.Run(ctx, ln, srv, grace)
		if ctx.Err() == nil {
			r.stop()
			return err
		}
		return nil // whoever ended it does not care for requests that were cut off
	})
}

// Control returns the address of control API and page, without a trailing slash.
func (r *Running) Control() string { return r.control }

// Placed returns the emulators with their kits and addresses.
func (r *Running) Placed() []emulation.Placed { return r.placed }

// URL returns the address of the emulator of a kind, or "" if there is none.
func (r *Running) URL(kind string) string { return r.of(kind).URL }

// Kit returns the clock, the faults and the journal of the emulator of a kind, or nil if there is none.
func (r *Running) Kit(kind string) *emulation.Kit { return r.of(kind).Kit }

// Vendor returns the emulator of a kind, or nil if there is none. Its own type has methods to look at the state.
func (r *Running) Vendor(kind string) emulation.Vendor { return r.of(kind).Vendor }

func (r *Running) of(kind string) emulation.Placed {
	for _, p := range r.placed {
		if p.Vendor.Kind() == kind {
			return p
		}
	}
	return emulation.Placed{}
}

// Wait returns when the emulators have ended: nil after the end of the context or Close, or why one of them could not go on.
func (r *Running) Wait() error {
	err := r.served.Wait()
	r.ended.Do(func() {
		for _, p := range r.placed {
			if closer, ok := p.Vendor.(interface{ Close() }); ok {
				closer.Close()
			}
			p.Kit.Close()
		}
	})
	return err
}

// Close ends the emulators and waits for it.
func (r *Running) Close() error {
	r.stop()
	return r.Wait()
}
