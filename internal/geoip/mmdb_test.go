package geoip_test

import (
	"encoding/binary"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// writeDatabase writes a file of MaxMind's format with a record for each network of IPv4 and returns its path.
func writeDatabase(t testing.TB, path string, records map[string]map[string]any) string {
	t.Helper()
	if path == "" {
		path = filepath.Join(t.TempDir(), "city.mmdb")
	}
	require.NoError(t, os.WriteFile(path, buildDatabase(t, records), 0o600))
	return path
}

// node is a node of the search tree: its two branches are 0 (nothing), a node's number or, when negative, −1−(offset of a record).
type node [2]int

func buildDatabase(t testing.TB, records map[string]map[string]any) []byte {
	t.Helper()
	nodes := []node{{}}
	var data []byte
	for _, network := range slices.Sorted(maps.Keys(records)) {
		nodes = addNetwork(nodes, netip.MustParsePrefix(network), len(data))
		data = appendValue(t, data, records[network])
	}
	var out []byte
	for _, n := range nodes {
		for _, branch := range n {
			pointer := branch
			switch {
			case branch == 0:
				pointer = len(nodes)
			case branch < 0:
				pointer = len(nodes) + 16 + (-1 - branch)
			}
			out = append(out, byte(pointer>>16), byte(pointer>>8), byte(pointer))
		}
	}
	out = append(out, make([]byte, 16)...)
	out = append(out, data...)
	out = append(out, "\xab\xcd\xefMaxMind.com"...)
	return appendValue(t, out, map[string]any{
		"node_count": uint32(len(nodes)), "record_size": uint16(24), "ip_version": uint16(4), "database_type": "Test-City",
		"languages": []any{"en", "ru"}, "binary_format_major_version": uint16(2), "binary_format_minor_version": uint16(0),
		"build_epoch": uint64(1), "description": map[string]any{"en": "made by a test"},
	})
}

func addNetwork(nodes []node, network netip.Prefix, offset int) []node {
	bits := network.Addr().As4()
	at := 0
	for depth := range network.Bits() {
		bit := bits[depth/8] >> (7 - depth%8) & 1
		if depth == network.Bits()-1 {
			nodes[at][bit] = -1 - offset
			return nodes
		}
		if nodes[at][bit] <= 0 {
			nodes = append(nodes, node{})
			nodes[at][bit] = len(nodes) - 1
		}
		at = nodes[at][bit]
	}
	return nodes
}

func appendValue(t testing.TB, out []byte, value any) []byte {
	t.Helper()
	switch v := value.(type) {
	case string:
		return append(appendControl(t, out, 2, len(v)), v...)
	case uint16:
		return binary.BigEndian.AppendUint16(appendControl(t, out, 5, 2), v)
	case uint32:
		return binary.BigEndian.AppendUint32(appendControl(t, out, 6, 4), v)
	case uint64:
		return binary.BigEndian.AppendUint64(appendControl(t, out, 9, 8), v)
	case []any:
		out = appendControl(t, out, 11, len(v))
		for _, item := range v {
			out = appendValue(t, out, item)
		}
		return out
	case map[string]any:
		out = appendControl(t, out, 7, len(v))
		for _, key := range slices.Sorted(maps.Keys(v)) {
			out = appendValue(t, appendValue(t, out, key), v[key])
		}
		return out
	}
	t.Fatalf("no way to write %T", value)
	return nil
}

// appendControl writes the type and size; sizes up to 284 are enough here.
func appendControl(t testing.TB, out []byte, kind, size int) []byte {
	t.Helper()
	require.Less(t, size, 285)
	long, rest := size, []byte(nil)
	if size >= 29 {
		long, rest = 29, []byte{byte(size - 29)}
	}
	if kind > 7 {
		out = append(out, byte(long), byte(kind-7))
	} else {
		out = append(out, byte(kind<<5|long))
	}
	return append(out, rest...)
}
