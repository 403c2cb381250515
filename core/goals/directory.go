package goals

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/core/sites"
)

// PollInterval is how often Directory.Run asks whether another replica changed something.
const PollInterval = time.Second

// Configuration is everything that is tracked, in all accounts.
type Configuration struct {
	// Version is ConfigVersion as it was before the rest was read.
	Version  int64
	Accounts []accounts.Account
	// Sites include deleted ones, so that their keys can be told from unknown ones.
	Sites     []sites.Site
	Goals     []Goal
	Campaigns []sites.Campaign
	// Blocks are those of the sites that replace numbers, in order.
	Blocks map[SiteRef][]ScriptBlock
}

// SiteRef names a site of an account.
type SiteRef struct {
	AccountID core.AccountID
	SiteID    core.SiteID
}

// DirectorySource reads what a Directory holds.
type DirectorySource interface {
	// ConfigVersion returns a number that grows with every change of accounts, sites, goals, campaigns, numbers, pools and blocks. It is cheap.
	ConfigVersion(ctx context.Context) (int64, error)
	// Configuration reads everything: deleted sites too, enabled goals and active campaigns only.
	Configuration(ctx context.Context) (Configuration, error)
}

// Directory finds tracked sites by what requests carry. It holds all of them in memory: looking up takes no lock and no statement. A change
// made in this process is seen at once (Refresh), one made by another replica within PollInterval (Run). It is safe for concurrent use.
type Directory struct {
	source DirectorySource
	log    *slog.Logger
	now    atomic.Pointer[snapshot]

	mu sync.Mutex // one reads at a time
}

// NewDirectory returns an empty directory; Refresh fills it. A nil log is slog.Default().
func NewDirectory(source DirectorySource, log *slog.Logger) *Directory {
	if log == nil {
		log = slog.Default()
	}
	d := &Directory{source: source, log: log}
	d.now.Store(&snapshot{})
	return d
}

// BySiteKey returns the site with a snippet key.
func (d *Directory) BySiteKey(key string) (*TrackedSite, bool) {
	t, ok := d.now.Load().bySiteKey[key]
	return t, ok
}

// ByKey returns the site with a key of the second generation.
func (d *Directory) ByKey(key string) (*TrackedSite, bool) {
	t, ok := d.now.Load().byKey[key]
	return t, ok
}

// ByAppKey returns the site of the account with an app key whose domain is the host, else the closest parent domain of it.
func (d *Directory) ByAppKey(appKey, host string) (*TrackedSite, bool) {
	now := d.now.Load()
	account, ok := now.byAppKey[appKey]
	if !ok {
		return nil, false
	}
	for domain := sites.PlainHost(host); domain != ""; {
		if t, ok := now.byDomain[accountDomain{account, domain}]; ok {
			return t, true
		}
		_, domain, _ = strings.Cut(domain, ".")
	}
	return nil, false
}

// ByID returns a site of an account.
func (d *Directory) ByID(account core.AccountID, site core.SiteID) (*TrackedSite, bool) {
	t, ok := d.now.Load().byID[accountSite{account, site}]
	return t, ok
}

// IsDeleted reports whether a key of either generation belonged to a site that was deleted.
func (d *Directory) IsDeleted(key string) bool {
	_, ok := d.now.Load().deleted[key]
	return ok
}

// Version returns the number of the configuration the directory holds; it grows with every change.
func (d *Directory) Version() int64 { return d.now.Load().version }

// Len returns how many sites are tracked.
func (d *Directory) Len() int { return len(d.now.Load().bySiteKey) }

// Refresh reads everything anew if it changed since it was read last. On an error the directory stays as it was.
func (d *Directory) Refresh(ctx context.Context) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	version, err := d.source.ConfigVersion(ctx)
	if err != nil {
		return fmt.Errorf("reading the configuration's version: %w", err)
	}
	if old := d.now.Load(); old.filled && old.version == version {
		return nil
	}
	c, err := d.source.Configuration(ctx)
	if err != nil {
		return fmt.Errorf("reading the configuration: %w", err)
	}
	d.now.Store(newSnapshot(c, d.log))
	return nil
}

// Changed is told of every change made in this process. The change is stored already: if reading fails now, Run repeats it.
func (d *Directory) Changed(ctx context.Context) {
	if err := d.Refresh(context.WithoutCancel(ctx)); err != nil {
		d.log.WarnContext(ctx, "refreshing the site directory", "error", err)
	}
}

// Run keeps the directory up to date until ctx ends.
func (d *Directory) Run(ctx context.Context) error {
	ticker := time.NewTicker(PollInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			if err := d.Refresh(ctx); err != nil && ctx.Err() == nil {
				d.log.WarnContext(ctx, "refreshing the site directory", "error", err)
			}
		}
	}
}

type (
	accountSite struct {
		account core.AccountID
		site    core.SiteID
	}
	accountDomain struct {
		account core.AccountID
		domain  string
	}
)

// snapshot is the directory at one moment; it never changes.
type snapshot struct {
	filled    bool
	version   int64
	bySiteKey map[string]*TrackedSite
	byKey     map[string]*TrackedSite
	byAppKey  map[string]core.AccountID
	byDomain  map[accountDomain]*TrackedSite
	byID      map[accountSite]*TrackedSite
	deleted   map[string]struct{}
}

func newSnapshot(c Configuration, log *slog.Logger) *snapshot {
	s := &snapshot{
		filled: true, version: c.Version,
		bySiteKey: make(map[string]*TrackedSite, len(c.Sites)), byKey: make(map[string]*TrackedSite, len(c.Sites)),
		byAppKey: make(map[string]core.AccountID, len(c.Accounts)), byDomain: make(map[accountDomain]*TrackedSite, len(c.Sites)),
		byID: make(map[accountSite]*TrackedSite, len(c.Sites)), deleted: make(map[string]struct{}),
	}
	owners := make(map[core.AccountID]accounts.Account, len(c.Accounts))
	for _, a := range c.Accounts {
		owners[a.ID] = a
		s.byAppKey[a.AppKey] = a.ID
	}
	goalsOf := groupBySite(c.Goals, func(g Goal) (accountSite, int64) { return accountSite{g.AccountID, g.SiteID}, int64(g.ID) })
	campaignsOf := groupBySite(c.Campaigns, func(c sites.Campaign) (accountSite, int64) { return accountSite{c.AccountID, c.SiteID}, int64(c.ID) })
	for _, site := range c.Sites {
		owner, ok := owners[site.AccountID]
		if !ok { // made between two of the statements; the next reading has it
			continue
		}
		if site.DeletedAt != nil {
			s.deleted[site.SiteKey], s.deleted[site.Key] = struct{}{}, struct{}{}
			continue
		}
		id := accountSite{site.AccountID, site.ID}
		s.add(newTrackedSite(site, location(owner, log), owner.Currency, goalsOf[id], campaignsOf[id], c.Blocks[SiteRef{site.AccountID, site.ID}]))
	}
	return s
}

func (s *snapshot) add(t *TrackedSite) {
	s.bySiteKey[t.SiteKey] = t
	s.byKey[t.Key] = t
	s.byDomain[accountDomain{t.AccountID, t.Domain}] = t
	s.byID[accountSite{t.AccountID, t.ID}] = t
}

func groupBySite[T any](all []T, of func(T) (accountSite, int64)) map[accountSite][]T {
	groups := make(map[accountSite][]T)
	for _, v := range all {
		site, _ := of(v)
		groups[site] = append(groups[site], v)
	}
	for _, group := range groups {
		slices.SortFunc(group, func(a, b T) int {
			_, idA := of(a)
			_, idB := of(b)
			return cmp.Compare(idA, idB)
		})
	}
	return groups
}

func location(a accounts.Account, log *slog.Logger) *time.Location {
	loc, err := time.LoadLocation(a.Timezone)
	if err != nil {
		log.Error("unknown time zone of an account: taking UTC", "account_id", a.ID, "timezone", a.Timezone)
		return time.UTC
	}
	return loc
}
