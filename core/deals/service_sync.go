package deals

import (
	"context"
	"slices"
	"time"

	"github.com/skvoz/skvoz/core"
)

// MaxSynced is how many deals one call of SyncDeals takes.
const MaxSynced = 250

// SyncBatch is a part of what a CRM holds now, as a connector read it.
type SyncBatch struct {
	// Contacts are made or brought up to date before the deals: name and lists that are set replace the old ones. Phones and e-mails that can't be read
	// are left out.
	Contacts []ContactRecord
	Deals    []SyncedDeal
	// Gone are deals the CRM has no more; those not known are passed over.
	Gone []string
	// AddEmployees makes employees the deals name and nobody knows, with their identifiers for names: people the CRM does not list any more. Otherwise
	// such deals are kept without an employee and SyncResult.UnknownEmployees has the identifiers.
	AddEmployees bool
}

// SyncedDeal is a deal as its CRM has it now. Texts too long for the database are cut, moments out of its range are moved to its ends.
type SyncedDeal struct {
	ExternalID string
	// Name may be empty; the deal is then named by its identifier.
	Name string
	// CreatedAt zero = the first moment known of it. ModifiedAt zero = now. StageAt zero = not told.
	CreatedAt, ModifiedAt, StageAt time.Time
	// ClosedAt counts only in success and failed stages; nil = since it came to the stage.
	ClosedAt                          *time.Time
	FunnelExternalID, StageExternalID string
	// ContactExternalIDs are all contacts; those nobody knows are left out. MainContactExternalID empty or unknown = the first one.
	ContactExternalIDs    []string
	MainContactExternalID string
	EmployeeExternalID    string
	LeadExternalID        string
	// RevenueMinor is in minor units of Currency; nil = not told, what is known stays. Currency empty = the account's. An amount in another currency
	// can't be added to the others: it counts as 0, and SyncResult.ForeignCurrency has the deal.
	RevenueMinor *int64
	Currency     string
	Source       string
	URL          string
	Tags         []Tag
	// CommunicationID is the communication the deal was made for; zero = none known, what is known stays. One that does not exist is passed over, so is
	// one that happened after the deal was created.
	CommunicationID core.CommunicationID
	// History are the stages it has been in, the whole of it, in order; nil = not told. Stages nobody knows are left out, the present one is added
	// at the end if it is missing there.
	History []StageEntry
}

// StageEntry is the coming of a deal to a stage.
type StageEntry struct {
	FunnelExternalID, StageExternalID string
	At                                time.Time
}

// SyncResult says what became of a batch. Lists have external identifiers, each once, in order of appearance.
type SyncResult struct {
	// Made, Changed and Deleted count deals; those that were as the CRM has them are in none.
	Made, Changed, Deleted int
	// UnknownStages are deals left out because nobody knows their funnel or stage: read the catalogue and repeat them.
	UnknownStages []string
	// UnknownEmployees are employees the deals name and nobody knows.
	UnknownEmployees []string
	// ForeignCurrency are deals whose amount is in another currency than the account's; they are kept with an amount of 0.
	ForeignCurrency []string
}

// SyncDeals brings contacts and up to MaxSynced deals into the state their CRM has them in, all or none. What was loaded last is not what counts, but
// what the CRM changed last: a deal whose ModifiedAt is before that of the one loaded changes nothing, nor does one that is as it was. So batches may
// come again, split otherwise and in any order. The history is replaced by the one the CRM tells; where it tells none, the present stage is added to it
// when it is another. Stages passed on the way are added as in uploads. Deals are linked anew and days of reports counted anew as after uploads.
// KindNotFound when the account has no such CRM, KindInvalid (data_limit_exceeded) for a batch too large; what a CRM wrote into a deal is never refused.
func (s *Service) SyncDeals(ctx context.Context, account core.AccountID, crm core.CRMID, b SyncBatch) (SyncResult, error) {
	if len(b.Deals) > MaxSynced {
		return SyncResult{}, core.Invalid("deals", reasonTooMany, "send at most %d at once", MaxSynced).WithValue(len(b.Deals))
	}
	currency, err := s.cfg.Currency(ctx, account)
	if err != nil {
		return SyncResult{}, err
	}
	b = s.cleaned(b)
	var result SyncResult
	err = s.change(ctx, account, crm, func(tx Tx) error {
		y := &syncing{service: s, tx: tx, account: account, crm: crm, currency: currency, now: s.now(), addEmployees: b.AddEmployees}
		defer func() { result = y.result }()
		if err := y.load(ctx, &b); err != nil {
			return err
		}
		for i := range b.Deals {
			y.apply(&b.Deals[i])
		}
		return y.save(ctx, b.Gone)
	})
	if err != nil {
		return SyncResult{}, err
	}
	return result, nil
}

// SetDealsLoad says how loading deals of a CRM stands. A zero moment keeps the last one; text is for people and says what to do about a failure, or what
// of a completed load could not be taken in. A completed load without a text leaves that of the completed one before: it still holds.
func (s *Service) SetDealsLoad(ctx context.Context, account core.AccountID, crm core.CRMID, state LoadState, at time.Time, text string) error {
	var c checks
	c.that(slices.Contains([]LoadState{LoadNone, LoadCompleted, LoadRunning, LoadFailed}, state), "state", string(state), "unknown state %q", state)
	if c.err != nil {
		return c.err
	}
	return s.cfg.Store.ChangeCRM(ctx, account, crm, func(tx Tx) error {
		return noteIn(ctx, tx, func(c *CRM) {
			if text != "" || state != LoadCompleted || c.DealsLoadState != LoadCompleted {
				c.DealsLoadError = cut(text, maxName)
			}
			c.DealsLoadState = state
			if !at.IsZero() {
				moment := stored(at)
				c.DealsLoadedAt = &moment
			}
		})
	})
}

// StageCount is how many deals are in a stage.
type StageCount struct {
	FunnelExternalID, FunnelName string
	StageExternalID, StageName   string
	Count                        int
}

// CountStages counts the deals of a CRM created from a moment on and before another by the stage they are in; stages without any are missing.
func (s *Service) CountStages(ctx context.Context, account core.AccountID, crm core.CRMID, from, to time.Time) ([]StageCount, error) {
	return s.cfg.Store.CountStages(ctx, account, crm, from, to)
}

// ModifiedTimes returns when deals were changed in their CRM, as far as has been loaded, by external identifier; deals that are not there are missing.
func (s *Service) ModifiedTimes(ctx context.Context, account core.AccountID, crm core.CRMID, externalIDs []string) (map[string]time.Time, error) {
	if len(externalIDs) == 0 {
		return map[string]time.Time{}, nil
	}
	return s.cfg.Store.ModifiedTimes(ctx, account, crm, externalIDs)
}
