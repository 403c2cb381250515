package config_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/internal/config"
	"github.com/skvoz/skvoz/internal/secretbox"
)

type cli struct {
	Serve struct {
		config.Serve `embed:""`
	} `cmd:""`
}

// parse runs the command line's parser as the binary does. The tests that set the environment are not parallel.
func parse(t *testing.T, args ...string) (*config.Serve, error) {
	t.Helper()
	c := &cli{}
	parser, err := kong.New(c, append(config.Options(), kong.Name("skvoz"), kong.Exit(func(int) { t.Error("exit") }))...)
	require.NoError(t, err)
	_, err = parser.Parse(append([]string{"serve"}, args...))
	return &c.Serve.Serve, err
}

func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

func TestServe_Defaults(t *testing.T) {
	t.Parallel()
	s, err := parse(t)
	require.NoError(t, err)
	require.Equal(t, ":8080", s.Listen)
	require.Equal(t, "127.0.0.1:6060", s.AdminListen)
	require.Equal(t, 20*time.Second, s.ShutdownTimeout)
	require.Equal(t, config.ByteSize(3<<20), s.MaxBody)
	require.False(t, s.Introspection)
	db, err := s.Parsed()
	require.NoError(t, err)
	require.Equal(t, config.Database{Engine: config.SQLite, Path: "data/skvoz.db"}, db)
	public, err := s.Public()
	require.NoError(t, err)
	require.Equal(t, "http://localhost:8080", public.String())
}

func TestServe_WrongValuesAreRefusedWithTheReason(t *testing.T) {
	t.Parallel()
	file := write(t, "file", "")
	cases := []struct{ rule, arg, want string }{
		{"listen without a port", "--listen=localhost", "--listen: \"localhost\" is no address; write host:port"},
		{"listen with a named port", "--listen=:http", "write host:port"},
		{"listen with a port too high", "--listen=:70000", "write host:port"},
		{"admin address", "--admin-listen=6060", "--admin-listen: \"6060\" is no address"},
		{"admin on the public address", "--admin-listen=:8080", "must not show metrics and profiles"},
		{"public URL without scheme", "--public-url=stat.example.com", "write it like https://stat.example.com"},
		{"public URL of another scheme", "--public-url=ftp://stat.example.com", "is not a web address"},
		{"public URL with a path", "--public-url=https://example.com/stat", "write https://example.com"},
		{"public URL with a query", "--public-url=https://example.com?x=1", "only scheme and host"},
		{"public URL with a user", "--public-url=https://me@example.com", "only scheme and host"},
		{"database without scheme", "--database=skvoz.db", "--database: no scheme; write sqlite://PATH"},
		{"unknown engine", "--database=mysql://u:hunter2@h/db", `engine "mysql" is unknown`},
		{"database in memory", "--database=sqlite://:memory:", "name a file"},
		{"SQLite without a file", "--database=sqlite://", "no file named"},
		{"SQLite with options", "--database=sqlite://a.db?_sync=off", "takes no options"},
		{"SQLite directory", "--database=sqlite:///tmp/", "name a file in it"},
		{"PostgreSQL without a database", "--database=postgres://u:hunter2@h", "names no database"},
		{"PostgreSQL without a host", "--database=postgres:///db", "names no host"},
		{"PostgreSQL that can't be read", "--database=postgres://u:hunter2%zz@h/db", "percent-encode"},
		{"data directory that is a file", "--data-dir=" + file, "is a file; name a directory"},
		{"empty data directory", "--data-dir=", "--data-dir: empty"},
		{"log level", "--log-level=loud", "use debug, info, warn or error"},
		{"log format", "--log-format=xml", "use text or json"},
		{"proxy", "--trusted-proxies=10.0.0.0/8,proxy", `--trusted-proxies: "proxy" is no network`},
		{"proxy that is everybody", "--trusted-proxies=0.0.0.0/0", "trusts everybody"},
		{"network of integrations", "--integration-networks=10.0.0.0/8,bitrix.local", `--integration-networks: "bitrix.local" is no network`},
		{"hurry without emulators", "--integration-hurry=20", "needs --integration-networks loopback"},
		{"network of integrations that is everything", "--integration-networks=::/0", "opens every private network"},
		{"network of IPv4 in the form of IPv6", "--integration-networks=::ffff:10.0.0.0/104", "write it like 10.0.0.0/8"},
		{"region file", "--geoip=/nowhere.mmdb", "--geoip: /nowhere.mmdb can't be read"},
		{"region file that is a directory", "--geoip=/", "can't be read"},
		{"phone region", "--phone-region=Russia", "use two capital letters, e.g. RU"},
		{"shutdown timeout too short", "--shutdown-timeout=1ms", "use 1s to 10m0s"},
		{"shutdown timeout without unit", "--shutdown-timeout=abc", "shutdown-timeout"},
		{"no queue", "--ingest-queue=0", "use 1 to 1048576"},
		{"body too small", "--max-body=1KiB", "use 16KiB to 256MiB"},
		{"body of no size", "--max-body=big", "write bytes, or 64KiB"},
		{"missing file", "--config=/nowhere.yaml", "nowhere.yaml"},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			_, err := parse(t, c.arg)
			require.ErrorContains(t, err, c.want)
			require.NotContains(t, err.Error(), "hunter2", "a refusal must not repeat a password")
		})
	}
}

func TestServe_AllWrongValuesAreNamedAtOnce(t *testing.T) {
	t.Parallel()
	_, err := parse(t, "--listen=x", "--log-level=loud", "--ingest-queue=-1")
	require.ErrorContains(t, err, "--listen")
	require.ErrorContains(t, err, "--log-level")
	require.ErrorContains(t, err, "--ingest-queue")
}

func TestServe_AdminCanBeTurnedOff(t *testing.T) {
	t.Parallel()
	s, err := parse(t, "--admin-listen=")
	require.NoError(t, err)
	require.Empty(t, s.AdminListen)
}

func TestServe_RecordingsArePlacedWhereItSays(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		args        []string
		want, wrong string
	}{
		"the data directory by default": {nil, "data/files", ""},
		"another directory":             {[]string{"--recordings", "files:/mnt/recordings"}, "/mnt/recordings", ""},
		"a bucket":                      {[]string{"--recordings", "s3://calls?endpoint=https://storage.example", "--s3-key", "k", "--s3-secret", "s"}, "s3://calls at https://storage.example", ""},
		"a bucket without keys":         {[]string{"--recordings", "s3://calls"}, "", "--recordings: a bucket needs --s3-key and --s3-secret"},
		"something else":                {[]string{"--recordings", "/mnt/recordings"}, "", "--recordings: write files"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := parse(t, tt.args...)
			if tt.wrong != "" {
				require.ErrorContains(t, err, tt.wrong)
				return
			}
			require.NoError(t, err)
			place, err := s.Files()
			require.NoError(t, err)
			require.Equal(t, tt.want, place.String())
		})
	}
}

func TestServe_TrustedProxies(t *testing.T) {
	t.Parallel()
	s, err := parse(t, "--trusted-proxies=loopback,10.1.2.3/8,192.0.2.1,2001:db8::/32")
	require.NoError(t, err)
	networks, err := s.Proxies()
	require.NoError(t, err)
	var got []string
	for _, network := range networks {
		got = append(got, network.String())
	}
	require.Equal(t, []string{"127.0.0.0/8", "::1/128", "10.0.0.0/8", "192.0.2.1/32", "2001:db8::/32"}, got)
	require.True(t, networks[0].Contains(netip.MustParseAddr("127.0.0.1")))
}

func TestServe_IntegrationsReachNoPrivateNetworkUnlessNamed(t *testing.T) {
	t.Parallel()
	s, err := parse(t)
	require.NoError(t, err)
	networks, err := s.Integrations()
	require.NoError(t, err)
	require.Empty(t, networks)

	s, err = parse(t, "--integration-networks=loopback, private,172.20.1.7")
	require.NoError(t, err)
	networks, err = s.Integrations()
	require.NoError(t, err)
	var got []string
	for _, network := range networks {
		got = append(got, network.String())
	}
	require.Equal(t, []string{"127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "172.20.1.7/32"}, got)
}

func TestServe_EmptyVariablesMeanNothing(t *testing.T) {
	for _, name := range []string{"SKVOZ_TRUSTED_PROXIES", "SKVOZ_INTEGRATION_NETWORKS", "SKVOZ_DATABASE", "SKVOZ_PUBLIC_URL", "SKVOZ_GEOIP", "SKVOZ_ADMIN_LISTEN"} {
		t.Setenv(name, "")
	}
	s, err := parse(t)
	require.NoError(t, err)
	networks, err := s.Proxies()
	require.NoError(t, err)
	require.Empty(t, networks)
	networks, err = s.Integrations()
	require.NoError(t, err)
	require.Empty(t, networks)
	require.Empty(t, s.AdminListen)
}

func TestServe_FlagBeatsEnvironmentBeatsFileBeatsDefault(t *testing.T) {
	file := write(t, "skvoz.yaml", "listen: ':1111'\nlog_level: warn\ningest-queue: 7\nintrospection: true\ntrusted-proxies: [10.0.0.1, loopback]\n")
	t.Setenv("SKVOZ_LISTEN", ":2222")
	t.Setenv("SKVOZ_LOG_LEVEL", "error")
	s, err := parse(t, "--config="+file, "--log-level=debug")
	require.NoError(t, err)
	require.Equal(t, "debug", s.LogLevel)
	require.Equal(t, ":2222", s.Listen)
	require.Equal(t, 7, s.IngestQueue)
	require.True(t, s.Introspection)
	require.Equal(t, []string{"10.0.0.1", "loopback"}, s.TrustedProxies)
	require.Equal(t, "RU", s.PhoneRegion)
}

func TestServe_FileIsFoundThroughTheEnvironmentAndMayBeJSON(t *testing.T) {
	t.Setenv("SKVOZ_CONFIG", write(t, "skvoz.json", `{"shutdown-timeout":"3s","max-body":65536,"introspection":false}`))
	s, err := parse(t)
	require.NoError(t, err)
	require.Equal(t, 3*time.Second, s.ShutdownTimeout)
	require.Equal(t, config.ByteSize(65536), s.MaxBody)
}

func TestServe_WrongFilesAreRefused(t *testing.T) {
	t.Parallel()
	cases := []struct{ rule, content, want string }{
		{"misspelt setting", "lissten: ':1'", "unknown settings lissten"},
		{"a file naming a file", "config: other.yaml", "unknown settings config"},
		{"nested settings", "serve:\n  listen: ':1'", "nested settings are not understood"},
		{"no settings at all", "just text", "can't be read"},
		{"broken", "{", "can't be read"},
		{"wrong value", "log-level: loud", "use debug, info, warn or error"},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			_, err := parse(t, "--config="+write(t, "skvoz.yaml", c.content))
			require.ErrorContains(t, err, c.want)
		})
	}
}

func TestServe_SecretComesFromAFile(t *testing.T) {
	secret := write(t, "dsn", "postgres://u:hunter2@h/db\n")
	t.Setenv("SKVOZ_DATABASE_FILE", secret)
	s, err := parse(t, "--config="+write(t, "skvoz.yaml", "database: sqlite://other.db"))
	require.NoError(t, err)
	require.Equal(t, "postgres://u:hunter2@h/db", s.Database, "the environment goes before the file")

	s, err = parse(t, "--database=sqlite://x.db")
	require.NoError(t, err)
	require.Equal(t, "sqlite://x.db", s.Database, "a flag goes before everything")

	t.Setenv("SKVOZ_DATABASE", "sqlite://y.db")
	_, err = parse(t)
	require.ErrorContains(t, err, "SKVOZ_DATABASE and SKVOZ_DATABASE_FILE are both set")
}

func TestServe_SecretFileThatCantBeReadIsRefused(t *testing.T) {
	t.Setenv("SKVOZ_DATABASE_FILE", "/nowhere")
	_, err := parse(t)
	require.ErrorContains(t, err, "reading SKVOZ_DATABASE_FILE")
	t.Setenv("SKVOZ_DATABASE_FILE", write(t, "empty", "\n"))
	_, err = parse(t)
	require.ErrorContains(t, err, "is empty")
}

func TestParseDatabase(t *testing.T) {
	t.Parallel()
	cases := map[string]config.Database{
		"sqlite://data/skvoz.db":           {Engine: config.SQLite, Path: "data/skvoz.db"},
		"sqlite:///var/lib/skvoz/skvoz.db": {Engine: config.SQLite, Path: "/var/lib/skvoz/skvoz.db"},
		"postgresql://u:p@h/db":            {Engine: config.Postgres, DSN: "postgres://u:p@h/db"},
		"postgres:///db?host=/run/pg":      {Engine: config.Postgres, DSN: "postgres:///db?host=/run/pg"},
	}
	for raw, want := range cases {
		got, err := config.ParseDatabase(raw)
		require.NoError(t, err, raw)
		require.Equal(t, want, got)
	}
}

func TestDatabase_NeverPrintsItsPassword(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{"postgres://u:hunter2@h/db", "postgres://h/db?user=u&password=hunter2"} {
		db, err := config.ParseDatabase(raw)
		require.NoError(t, err)
		var log bytes.Buffer
		slog.New(slog.NewJSONHandler(&log, nil)).Info("open", "db", db)
		for _, out := range []string{log.String(), fmt.Sprintf("%v", db), fmt.Sprintf("%+v", db), fmt.Sprintf("%#v", db)} {
			require.NotContains(t, out, "hunter2")
			require.Contains(t, out, "h/db")
		}
	}
}

func TestByteSize_PrintsWhatItReads(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]int64{"0": 0, "1000": 1000, "64KiB": 65536, "1 MiB": 1 << 20, "2GiB": 2 << 30, "65536": 65536} {
		var size config.ByteSize
		require.NoError(t, size.UnmarshalText([]byte(raw)), raw)
		require.EqualValues(t, want, size)
		var again config.ByteSize
		require.NoError(t, again.UnmarshalText([]byte(size.String())))
		require.Equal(t, size, again)
	}
	for _, raw := range []string{"", "-1", "1.5MiB", "9223372036854775807KiB", "MiB"} {
		var size config.ByteSize
		require.Error(t, size.UnmarshalText([]byte(raw)), raw)
	}
}

func FuzzLoad(f *testing.F) {
	for _, seed := range []string{"listen: ':1'", "{}", "a: [1, {b: 2}]", "a: &x [*x]", "- 1"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(_ *testing.T, raw []byte) { _, _ = config.Load(bytes.NewReader(raw)) })
}

func TestStorage_SecretKeys(t *testing.T) {
	t.Parallel()
	first, second := secretbox.GenerateKey(), secretbox.GenerateKey()
	dir := filepath.Join(t.TempDir(), "new")
	s := config.Storage{DataDir: dir}
	made, err := s.SecretKeys()
	require.NoError(t, err)
	require.Len(t, made, 1)
	require.FileExists(t, s.SecretKeysFrom(), "without a setting a key is made")
	again, err := s.SecretKeys()
	require.NoError(t, err)
	require.Equal(t, made, again)

	s.SecretKey = first + ", " + second + "\n" + first
	keys, err := s.SecretKeys()
	require.NoError(t, err)
	require.Len(t, keys, 2)
	require.NotEqual(t, keys[0].ID(), keys[1].ID())
	require.Equal(t, "--secret-key", s.SecretKeysFrom())
	for text, want := range map[string]string{first + ",short": "key 2: a secret key is 32 bytes", " , ": "there is no key in it"} {
		err := (&config.Storage{DataDir: dir, SecretKey: text}).Validate()
		require.ErrorContains(t, err, want)
		require.NotContains(t, err.Error(), first)
	}
}
