package stand_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/emulators/stand"
	"github.com/skvoz/skvoz/internal/emulation"
)

// toy is the least an emulator can be.
type toy struct {
	kind, url string
	closed    atomic.Bool
}

func (v *toy) Kind() string  { return v.kind }
func (v *toy) Title() string { return strings.ToUpper(v.kind) }
func (v *toy) Credentials() []emulation.Credential {
	return []emulation.Credential{{Setting: "address", Value: v.url}}
}
func (v *toy) Tables() []emulation.Table   { return nil }
func (v *toy) Actions() []emulation.Action { return nil }
func (v *toy) Reset()                      {}
func (v *toy) Close()                      { v.closed.Store(true) }

func (v *toy) ServeHTTP(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, v.kind) }

func toys(kinds ...string) []stand.Maker {
	out := []stand.Maker{}
	for _, kind := range kinds {
		out = append(out, stand.Maker{Kind: kind, New: func(_ *emulation.Kit, url string) emulation.Vendor { return &toy{kind: kind, url: url} }})
	}
	return out
}

func get(t *testing.T, url string) string {
	t.Helper()
	res, err := http.Get(url)
	require.NoError(t, err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return string(raw)
}

func TestStart_EachVendorHasAPortOfItsOwn(t *testing.T) {
	t.Parallel()
	r, err := stand.Start(t.Context(), stand.Config{Makers: toys("alpha", "beta")})
	require.NoError(t, err)
	require.Equal(t, "alpha", get(t, r.URL("alpha")))
	require.Equal(t, "beta", get(t, r.URL("beta")+"/leads"))
	require.Len(t, r.Kit("beta").Journal.Find("GET", "/leads"), 1, "the journal is around it")
	require.Equal(t, "BETA", r.Vendor("beta").Title())
	require.Equal(t, r.URL("alpha"), r.Vendor("alpha").Credentials()[0].Value, "it knows where it is reached")
	require.Contains(t, get(t, r.Control()+"/_ctl/vendors"), r.URL("beta"))
	require.Contains(t, get(t, r.Control()+"/_ctl/beta/journal"), `"/leads"`)
	require.Empty(t, r.URL("gamma"))
	require.Nil(t, r.Kit("gamma"))
	require.Nil(t, r.Vendor("gamma"))

	require.NoError(t, r.Close())
	require.True(t, r.Vendor("alpha").(*toy).closed.Load())
	for _, url := range []string{r.Control(), r.URL("alpha"), r.URL("beta")} {
		_, err := http.Get(url)
		require.ErrorIs(t, err, syscall.ECONNREFUSED)
	}
	require.NoError(t, r.Close(), "twice does no harm")
}

func TestStart_EndsWithItsContextEvenWhileAnAnswerIsSlow(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	r, err := stand.Start(ctx, stand.Config{Makers: toys("alpha")})
	require.NoError(t, err)
	require.NoError(t, r.Kit("alpha").Faults.Add(emulation.Fault{Kind: emulation.FaultSlow, DelayMS: 60_000}))
	asked := make(chan error, 1)
	go func() {
		res, err := http.Get(r.URL("alpha"))
		if err == nil {
			err = res.Body.Close()
		}
		asked <- err
	}()
	require.Eventually(t, func() bool { return strings.Contains(get(t, r.Control()+"/_ctl/alpha/faults"), "slow") }, time.Minute, time.Millisecond)
	cancel()
	began := time.Now()
	require.NoError(t, r.Wait())
	require.Less(t, time.Since(began), 30*time.Second)
	<-asked
}

func TestStart_PortsFollowTheControls(t *testing.T) {
	t.Parallel()
	// Ports nobody has: three in a row are asked for until they are free.
	for range 20 {
		free, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		port := free.Addr().(*net.TCPAddr).AddrPort()
		require.NoError(t, free.Close())
		r, err := stand.Start(t.Context(), stand.Config{Listen: port.String(), Makers: toys("alpha", "beta")})
		if errors.Is(err, syscall.EADDRINUSE) {
			continue
		}
		require.NoError(t, err)
		defer r.Close()
		require.Equal(t, "http://"+port.String(), r.Control())
		for i, kind := range []string{"alpha", "beta"} {
			want := net.TCPAddr{IP: port.Addr().AsSlice(), Port: int(port.Port()) + i + 1}
			require.Equal(t, "http://"+want.String(), r.URL(kind))
		}
		return
	}
	t.Fatal("no three free ports in a row")
}

func TestStart_ATakenPortLeavesNothingOpen(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, free.Close())
	_, err = stand.Start(t.Context(), stand.Config{Listen: free.Addr().String(), Makers: toys("alpha"), Vendors: map[string]string{"alpha": taken.Addr().String()}})
	require.ErrorIs(t, err, syscall.EADDRINUSE)
	require.ErrorContains(t, err, taken.Addr().String())
	again, err := net.Listen("tcp", free.Addr().String())
	require.NoError(t, err)
	require.NoError(t, again.Close())
}

func TestConfig_OnlyLoopback(t *testing.T) {
	t.Parallel()
	cases := []struct {
		rule string
		c    stand.Config
		want string // "" = fine
	}{
		{"nothing named", stand.Config{}, ""},
		{"IPv4", stand.Config{Listen: "127.0.0.1:8095"}, ""},
		{"another address of loopback", stand.Config{Listen: "127.0.0.5:8095"}, ""},
		{"IPv6", stand.Config{Listen: "[::1]:8095"}, ""},
		{"by name", stand.Config{Listen: "localhost:8095"}, ""},
		{"all addresses", stand.Config{Listen: ":8095"}, `":8095" is not on loopback; emulators do what anybody says`},
		{"all addresses, in full", stand.Config{Listen: "0.0.0.0:8095"}, "write e.g. 127.0.0.1:8095"},
		{"all IPv6 addresses", stand.Config{Listen: "[::]:8095"}, "is not on loopback"},
		{"an address of the network", stand.Config{Listen: "10.0.0.1:8095"}, "is not on loopback"},
		{"another name", stand.Config{Listen: "example.com:8095"}, "is not on loopback"},
		{"no port", stand.Config{Listen: "127.0.0.1"}, "write host:port"},
		{"a port too high", stand.Config{Listen: "127.0.0.1:70000"}, "write host:port"},
		{"no room for the others", stand.Config{Listen: "127.0.0.1:65535"}, "alpha:"},
		{"an emulator elsewhere", stand.Config{Vendors: map[string]string{"alpha": "0.0.0.0:1"}}, `alpha: "0.0.0.0:1" is not on loopback`},
		{"an emulator nobody has", stand.Config{Vendors: map[string]string{"gamma": "127.0.0.1:1"}}, `there is no emulator of "gamma"`},
	}
	for _, tt := range cases {
		t.Run(tt.rule, func(t *testing.T) {
			t.Parallel()
			tt.c.Makers = toys("alpha")
			err := tt.c.Validate()
			if tt.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, tt.want)
			_, err = stand.Start(t.Context(), tt.c)
			require.ErrorContains(t, err, tt.want)
		})
	}
}

func TestAll_NoEmulatorIsForgotten(t *testing.T) {
	t.Parallel()
	folders, err := filepath.Glob("../../connectors/*/emulator")
	require.NoError(t, err)
	for _, provider := range []string{"uis", "mango"} {
		folders = append(folders, filepath.Join("../../pbx", provider, "emulator"))
	}
	known := map[string]bool{}
	for _, maker := range stand.All() {
		known[maker.Kind] = true
		vendor := maker.New(emulation.NewKit(), "http://127.0.0.1:1")
		require.Equal(t, maker.Kind, vendor.Kind())
	}
	require.True(t, known["pbxsim"], "the simulator of pbx/ctpbx is missing from All")
	for _, folder := range folders {
		if info, err := os.Stat(folder); err == nil && info.IsDir() {
			require.True(t, known[filepath.Base(filepath.Dir(folder))], "%s is missing from All", folder)
		}
	}
}
