package geoip_test

import (
	"context"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/internal/geoip"
)

func cityRecord(country, regionEN, regionRU, cityEN, cityRU string) map[string]any {
	names := func(en, ru string) map[string]any { return map[string]any{"names": map[string]any{"en": en, "ru": ru}} }
	return map[string]any{
		"country":      map[string]any{"iso_code": country},
		"subdivisions": []any{names(regionEN, regionRU)},
		"city":         names(cityEN, cityRU),
	}
}

func places() map[string]map[string]any {
	return map[string]map[string]any{
		"95.24.0.0/13":    cityRecord("RU", "Moscow", "Москва", "Moscow", "Москва"),
		"178.64.0.0/13":   cityRecord("RU", "Leningrad Oblast", "Ленинградская область", "Gatchina", "Гатчина"),
		"203.0.113.0/24":  {"country": map[string]any{"iso_code": "KZ"}},
		"198.51.100.0/24": {"country": "not a map"},
		"192.0.2.0/24":    {"city": map[string]any{"names": map[string]any{"en": "Tver"}}},
	}
}

func TestTR_4_PlacesAreFoundInTheChosenLanguage(t *testing.T) {
	t.Parallel()
	path := writeDatabase(t, "", places())
	for _, c := range []struct{ name, language, ip, want string }{
		{"Russian names", "ru", "95.25.1.2", "RU/Москва/Москва"},
		{"English names", "en", "95.25.1.2", "RU/Moscow/Moscow"},
		{"English names by default", "", "178.65.0.1", "RU/Leningrad Oblast/Gatchina"},
		{"English where there is no Russian name", "ru", "192.0.2.7", "//Tver"},
		{"a country alone", "ru", "203.0.113.5", "KZ//"},
		{"an address of IPv4 written as IPv6", "ru", "::ffff:178.65.0.1", "RU/Ленинградская область/Гатчина"},
		{"an unknown network", "ru", "127.0.0.1", "//"},
		{"IPv6 in a file for IPv4", "ru", "2001:db8::1", "//"},
		{"a record that can't be read", "ru", "198.51.100.1", "//"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			db, err := geoip.Open(path, geoip.Options{Language: c.language})
			require.NoError(t, err)
			for range 2 {
				require.Equal(t, c.want, lookup(db, c.ip))
			}
		})
	}
}

func lookup(db *geoip.Database, ip string) string {
	country, region, city := db.Lookup(netip.MustParseAddr(ip))
	return country + "/" + region + "/" + city
}

func TestOpen_RefusesWhatIsNoDatabase(t *testing.T) {
	t.Parallel()
	_, err := geoip.Open(filepath.Join(t.TempDir(), "absent.mmdb"), geoip.Options{})
	require.ErrorIs(t, err, os.ErrNotExist)
	_, err = geoip.Open(t.TempDir(), geoip.Options{})
	require.ErrorContains(t, err, "no file")
	text := filepath.Join(t.TempDir(), "text.mmdb")
	require.NoError(t, os.WriteFile(text, []byte("not a database"), 0o600))
	_, err = geoip.Open(text, geoip.Options{})
	require.ErrorContains(t, err, "no database")
}

func TestLookup_WithoutADatabaseOrAddressKnowsNothing(t *testing.T) {
	t.Parallel()
	var none *geoip.Database
	require.Equal(t, "//", lookup(none, "95.25.1.2"))
	none.Watch(t.Context(), time.Hour, nil)
	db, err := geoip.Open(writeDatabase(t, "", places()), geoip.Options{})
	require.NoError(t, err)
	country, _, _ := db.Lookup(netip.Addr{})
	require.Empty(t, country)
}

func TestWatch_TakesANewFileOverAndSurvivesABrokenOne(t *testing.T) {
	t.Parallel()
	path := writeDatabase(t, "", places())
	db, err := geoip.Open(path, geoip.Options{})
	require.NoError(t, err)
	require.Equal(t, "RU/Moscow/Moscow", lookup(db, "95.25.1.2"))

	reports := make(chan error)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		db.Watch(ctx, time.Millisecond, func(err error) {
			select {
			case reports <- err:
			case <-ctx.Done():
			}
		})
	}()
	writeDatabase(t, path+".new", map[string]map[string]any{"95.24.0.0/13": cityRecord("RU", "Tver Oblast", "Тверская область", "Tver", "Тверь")})
	require.NoError(t, os.Rename(path+".new", path))
	require.NoError(t, <-reports)
	require.Equal(t, "RU/Tver Oblast/Tver", lookup(db, "95.25.1.2"))

	require.NoError(t, os.WriteFile(path+".new", []byte("half a file"), 0o600))
	require.NoError(t, os.Rename(path+".new", path))
	require.Error(t, <-reports)
	require.Equal(t, "RU/Tver Oblast/Tver", lookup(db, "95.25.1.2"))
	stop()
	<-done
}

func BenchmarkLookup(b *testing.B) {
	db, err := geoip.Open(writeDatabase(b, "", places()), geoip.Options{})
	require.NoError(b, err)
	ip := netip.MustParseAddr("95.25.1.2")
	b.ReportAllocs()
	for b.Loop() {
		db.Lookup(ip)
	}
}
