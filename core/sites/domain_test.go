package sites_test

import (
	"context"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/sites"
)

// oneSite keeps a single site in memory.
type oneSite struct {
	sites.Store
	site sites.Site
}

func (o *oneSite) CreateSite(_ context.Context, s sites.Site, _ int) (sites.Site, error) {
	s.ID, o.site = 1, s
	return s, nil
}

func (o *oneSite) UpdateSite(_ context.Context, _ core.AccountID, _ core.SiteID, change func(*sites.Site) error) (sites.Site, error) {
	s := o.site
	if err := change(&s); err != nil {
		return sites.Site{}, err
	}
	o.site = s
	return s, nil
}

func TestService_Create_readsWhatPeopleTakeForADomain(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ rule, in, domain, name string }{
		{"plain", "shop.example", "shop.example", "shop.example"},
		{"letter case", "Shop.EXAMPLE", "shop.example", "shop.example"},
		{"spaces around", "  shop.example\n", "shop.example", "shop.example"},
		{"scheme and path", "https://shop.example/catalogue/?a=b#c", "shop.example", "shop.example"},
		{"any scheme", "//shop.example/", "shop.example", "shop.example"},
		{"www", "http://www.shop.example", "shop.example", "shop.example"},
		{"www that is no prefix", "www.example", "www.example", "www.example"},
		{"port", "shop.example:8080", "shop.example", "shop.example"},
		{"user", "https://me:secret@shop.example/", "shop.example", "shop.example"},
		{"final dot", "shop.example.", "shop.example", "shop.example"},
		{"query at once", "shop.example?x=1", "shop.example", "shop.example"},
		{"subdomain", "m.shop.example", "m.shop.example", "m.shop.example"},
		{"internationalised", "https://Магазин.рф/путь", "xn--80aairftm.xn--p1ai", "магазин.рф"},
		{"punycode", "xn--80aairftm.xn--p1ai", "xn--80aairftm.xn--p1ai", "магазин.рф"},
		{"for trying out", "http://localhost:8081/", "localhost", "localhost"},
		{"address for trying out", "127.0.0.1:8081", "127.0.0.1", "127.0.0.1"},
	} {
		t.Run(tc.rule, func(t *testing.T) {
			t.Parallel()
			store := &oneSite{}
			site, err := sites.NewService(sites.Deps{Store: store}).Create(t.Context(), 7, sites.Create{Domain: tc.in})
			require.NoError(t, err)
			require.Equal(t, tc.domain, site.Domain)
			require.Equal(t, tc.name, site.Name, "the name is the domain unless given")
		})
	}
}

func TestService_Create_refusesWhatIsNoDomain(t *testing.T) {
	t.Parallel()
	for _, in := range []string{
		"", " ", "shop", "shop..example", ".example", "-shop.example", "shop-.example", "sh op.example", "https://", "1.2.3", "300.1.1.1", "1.2.3.4.5",
		"shop.example:port", "<b>.example", "shop.example\x00", strings.Repeat("a", 64) + ".example", strings.Repeat("abc.", 70) + "example", "[::1]", "*.shop.example",
	} {
		t.Run(in, func(t *testing.T) {
			t.Parallel()
			_, err := sites.NewService(sites.Deps{Store: &oneSite{}}).Create(t.Context(), 7, sites.Create{Domain: in})
			require.Equal(t, core.KindInvalid, core.KindOf(err))
			require.Equal(t, "domain", core.AsError(err).Field)
			require.Equal(t, "bad_domain", core.AsError(err).Reason)
		})
	}
}

func TestService_Create_givesTheSiteTwoKeysNobodyCanGuess(t *testing.T) {
	t.Parallel()
	service := sites.NewService(sites.Deps{Store: &oneSite{}})
	seen := map[string]bool{}
	for range 100 {
		s, err := service.Create(t.Context(), 7, sites.Create{Domain: "shop.example"})
		require.NoError(t, err)
		for _, key := range []string{s.SiteKey, s.Key} {
			require.Regexp(t, `^[A-Za-z0-9_-]{32}$`, key)
			require.False(t, seen[key])
			seen[key] = true
		}
		require.Equal(t, s.SiteKey[:5], s.CookieSuffix())
	}
}

func FuzzService_Create_domain(f *testing.F) {
	for _, seed := range []string{"shop.example", "https://www.Магазин.рф:80/x?y", "a@b@c.d:1:2", "www.www.example", "。．｡", "xn--", "http://\\x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		service := sites.NewService(sites.Deps{Store: &oneSite{}})
		s, err := service.Create(t.Context(), 7, sites.Create{Domain: in})
		if err != nil {
			require.Equal(t, core.KindInvalid, core.KindOf(err))
			return
		}
		require.Equal(t, core.ASCIIHost(s.Domain), s.Domain, "it is in the form it travels in")
		require.LessOrEqual(t, len(s.Domain), 253)
		again, err := service.Create(t.Context(), 7, sites.Create{Domain: s.Domain})
		require.NoError(t, err)
		require.Equal(t, s.Domain, again.Domain, "reading it again changes nothing")
	})
}

func TestParseNetwork(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"203.0.113.7": "203.0.113.7/32", " 203.0.113.7 ": "203.0.113.7/32", "203.0.113.77/24": "203.0.113.0/24", "2001:db8::1": "2001:db8::1/128",
		"2001:db8::5/32": "2001:db8::/32", "::ffff:203.0.113.7": "203.0.113.7/32", "::ffff:203.0.113.7/120": "203.0.113.0/24",
	} {
		got, ok := sites.ParseNetwork(in)
		require.True(t, ok, in)
		require.Equal(t, netip.MustParsePrefix(want), got, in)
	}
	for _, in := range []string{"", "x", "1.2.3", "1.2.3.4/33", "fe80::1%eth0", "::ffff:1.2.3.4/8"} {
		_, ok := sites.ParseNetwork(in)
		require.False(t, ok, in)
	}
}

func TestService_Snippet_isTheOriginalsEmbedding(t *testing.T) {
	t.Parallel()
	for _, public := range []string{"https://stats.example", "http://stats.example/"} {
		service := sites.NewService(sites.Deps{PublicURL: public})
		snippet := service.Snippet(sites.Site{SiteKey: "Ab3xZ_-0123456789012345678901234"})
		require.Contains(t, snippet, `var __cs = __cs || [];`)
		require.Contains(t, snippet, `__cs.push(["setCsAccount", "Ab3xZ_-0123456789012345678901234"]);`)
		require.Contains(t, snippet, `<script type="text/javascript" async src="//stats.example/static/cs.min.js"></script>`)
	}
	require.Equal(t, "https://stats.example/static/cs.min.js", sites.NewService(sites.Deps{PublicURL: "https://stats.example/"}).ScriptURL())
}
