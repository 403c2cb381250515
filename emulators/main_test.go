package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRun_AWrongCommandLineSaysWhatIsRight(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { taken.Close() })
	cases := []struct {
		rule string
		args []string
		code int
		want string
	}{
		{"help", []string{"--help"}, 0, "loopback address of the control API"},
		{"an unknown flag", []string{"--port", "1"}, 2, "flag provided but not defined"},
		{"an argument", []string{"start"}, 2, "unexpected argument start"},
		{"all addresses", []string{"--listen", ":8095"}, 2, "is not on loopback"},
		{"an address of the network", []string{"--listen", "192.168.1.5:8095"}, 2, "write e.g. 127.0.0.1:8095"},
		{"no port", []string{"--listen", "localhost"}, 2, "write host:port"},
		{"a port that is taken", []string{"--listen", taken.Addr().String()}, 1, "address already in use"},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			var out, errOut bytes.Buffer
			require.Equal(t, c.code, run(t.Context(), c.args, &out, &errOut))
			require.Contains(t, errOut.String(), c.want)
			require.Empty(t, out.String())
		})
	}
}

func TestRun_TellsScriptsWhereAndEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	read, write := io.Pipe()
	code := make(chan int, 1)
	go func() { code <- run(ctx, []string{"--listen", "127.0.0.1:0", "--json"}, write, io.Discard) }()
	var told struct {
		Control string
		Vendors []placed
	}
	require.NoError(t, json.NewDecoder(read).Decode(&told))
	for _, v := range told.Vendors {
		require.NotEmpty(t, v.Credentials, v.Kind)
	}
	res, err := http.Get(told.Control + "/_ctl/vendors")
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Equal(t, 200, res.StatusCode)
	cancel()
	require.Zero(t, <-code)
	_, err = http.Get(told.Control)
	require.Error(t, err, "it answers no more")
}
