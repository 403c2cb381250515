package integrations

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/deals"
)

// Deals takes in what is read from CRMs (deals.Service).
type Deals interface {
	SyncCatalogue(ctx context.Context, account core.AccountID, crm core.CRMID, c deals.Catalogue) error
	SyncDeals(ctx context.Context, account core.AccountID, crm core.CRMID, b deals.SyncBatch) (deals.SyncResult, error)
	SetDealsLoad(ctx context.Context, account core.AccountID, crm core.CRMID, state deals.LoadState, at time.Time, text string) error
	CountStages(ctx context.Context, account core.AccountID, crm core.CRMID, from, to time.Time) ([]deals.StageCount, error)
	ModifiedTimes(ctx context.Context, account core.AccountID, crm core.CRMID, externalIDs []string) (map[string]time.Time, error)
	Funnels(ctx context.Context, account core.AccountID, crm core.CRMID) ([]deals.Funnel, error)
}

// SentDeals finds the communications deals were made for (Store).
type SentDeals interface {
	SentDeals(ctx context.Context, account core.AccountID, id core.IntegrationID, deals []string) (map[string]core.CommunicationID, error)
}

// ReaderConfig is what a Reader is made of.
type ReaderConfig struct {
	// Drivers are all systems: readings follow their policies.
	Drivers []Driver
	Deals   Deals
	Sent    SentDeals
	Clock   core.Clock
}

// Reader reads deals and what they refer to from CRMs. Whatever is read twice, late or in another order ends the same, so every reading may be broken
// off and begun again. It is safe for concurrent use. Its errors are *Failure, of kind FailInternal for faults of ours, or the context's.
type Reader struct{ cfg ReaderConfig }

// NewReader returns a reader.
func NewReader(cfg ReaderConfig) *Reader { return &Reader{cfg: cfg} }

// failed makes an error one of a Reader's: the context's and failures stay as they are.
func failed(err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return AsFailure(err)
}

// target checks that an integration has a place for deals.
func target(i Integration) error {
	if i.CRMID == 0 {
		return &Failure{Kind: FailSettings, Field: KeyDealsIn}
	}
	return nil
}

func (r *Reader) policies(kind Kind) Policies {
	for i := range r.cfg.Drivers {
		if r.cfg.Drivers[i].Kind == kind {
			return r.cfg.Drivers[i].Policies
		}
	}
	return Policies{}
}

// Catalogue reads funnels, stages and users. New funnels appear in reports if the settings choose them, or choose none.
func (r *Reader) Catalogue(ctx context.Context, i Integration, source DealSource) error {
	if err := target(i); err != nil {
		return err
	}
	c, err := source.Catalogue(ctx)
	if err != nil {
		return failed(err)
	}
	return failed(r.cfg.Deals.SyncCatalogue(ctx, i.AccountID, i.CRMID, catalogueOf(c, i.Settings.List(KeyReportFunnels))))
}

func catalogueOf(c Catalogue, inReports []string) deals.Catalogue {
	var out deals.Catalogue
	for _, f := range c.Funnels {
		funnel := deals.CatalogueFunnel{ExternalID: f.ID, Name: f.Name}
		for _, st := range f.Stages {
			funnel.Stages = append(funnel.Stages, deals.CatalogueStage{ExternalID: st.ID, Name: st.Name, Status: st.Status})
		}
		out.Funnels = append(out.Funnels, funnel)
	}
	for _, e := range c.Employees {
		out.Employees = append(out.Employees, deals.CatalogueEmployee{ExternalID: e.ID, Name: e.Name})
	}
	if len(inReports) > 0 {
		out.InReports = func(id string) bool { return slices.Contains(inReports, id) }
	}
	return out
}

// Pull reads some deals. Those that are not there any more are deleted here, unless the driver's policy keeps them.
func (r *Reader) Pull(ctx context.Context, i Integration, source DealSource, ids []string) error {
	if err := target(i); err != nil {
		return err
	}
	one := r.begin(i, source)
	for part := range slices.Chunk(ids, deals.MaxSynced) {
		page, err := source.DealsByID(ctx, part)
		if err != nil {
			return failed(err)
		}
		if err := one.take(ctx, page); err != nil {
			return failed(err)
		}
	}
	return nil
}

// CatchUp reads the deals changed since a moment, and those changed a little before it (Policies.Overlap). It returns up to when changes have been read
// now: by the vendor's clock, that of the newest change seen. Vendors need not tell changes in order, so a reading that was broken off has read up to
// since, and the next one reads all of it again.
func (r *Reader) CatchUp(ctx context.Context, i Integration, source DealSource, since time.Time) (time.Time, error) {
	if err := target(i); err != nil {
		return since, err
	}
	one, q, upTo := r.begin(i, source), ChangesQuery{Since: since.Add(-r.policies(i.Kind).Overlap)}, since
	err := one.pages(ctx, q, func(p DealPage) error {
		for j := range p.Deals {
			if at := p.Deals[j].ModifiedAt; at.After(upTo) {
				upTo = at
			}
		}
		return nil
	})
	if err != nil {
		return since, r.noteFailure(ctx, i, err)
	}
	if now := r.now(); upTo.After(now) { // a vendor's clock that is fast, or a moment somebody made up, must not hide changes to come
		upTo = now
	}
	if upTo.Before(since) {
		upTo = since
	}
	if i.Sync.Import == nil || i.Sync.Import.Finished != nil {
		err = r.note(ctx, i, deals.LoadCompleted, one.text())
	}
	return upTo, failed(err)
}

// Import reads the deals created since a moment (progress.Since), page by page; save keeps on disk how far it has come after each. A broken off import
// goes on with the page it was at.
func (r *Reader) Import(ctx context.Context, i Integration, source DealSource, progress ImportProgress, save func(ImportProgress) error) error {
	if err := target(i); err != nil {
		return err
	}
	if progress.Finished != nil {
		return nil
	}
	if progress.Started.IsZero() {
		progress.Started = r.now()
	}
	if progress.Since.IsZero() {
		progress.Since = progress.Started.AddDate(0, -progress.Months, 0)
	}
	if err := r.note(ctx, i, deals.LoadRunning, ""); err != nil {
		return failed(err)
	}
	one := r.begin(i, source)
	err := one.pages(ctx, ChangesQuery{Since: progress.Since, ByCreation: true, Cursor: progress.Cursor}, func(p DealPage) error {
		progress.Done += len(p.Deals)
		if p.Total > 0 {
			progress.Total = p.Total
		}
		if progress.Total > 0 {
			progress.Total = max(progress.Total, progress.Done)
		}
		if progress.Cursor = p.Next; p.Next != "" {
			return save(progress)
		}
		return nil
	})
	if err != nil {
		return r.noteFailure(ctx, i, err)
	}
	now := r.now()
	progress.Finished, progress.Total = &now, progress.Done
	if err := save(progress); err != nil {
		return failed(err)
	}
	return failed(r.note(ctx, i, deals.LoadCompleted, one.text()))
}

// Loaded returns when the deals that have been loaded were changed at the vendor, by the vendor's ids.
func (r *Reader) Loaded(ctx context.Context, i Integration, ids []string) (map[string]time.Time, error) {
	if err := target(i); err != nil {
		return nil, err
	}
	times, err := r.cfg.Deals.ModifiedTimes(ctx, i.AccountID, i.CRMID, ids)
	return times, failed(err)
}

func (r *Reader) now() time.Time { return r.cfg.Clock.Now().Truncate(time.Millisecond) }

// note keeps how loading stands with the CRM.
func (r *Reader) note(ctx context.Context, i Integration, state deals.LoadState, text string) error {
	at := time.Time{}
	if state != deals.LoadRunning {
		at = r.now()
	}
	return r.cfg.Deals.SetDealsLoad(ctx, i.AccountID, i.CRMID, state, at, text)
}

// noteFailure keeps why a reading failed and returns it as an error of a Reader. That it is kept is no more than a courtesy: it is the reading that failed.
func (r *Reader) noteFailure(ctx context.Context, i Integration, err error) error {
	if err = failed(err); ctx.Err() == nil {
		_ = r.note(ctx, i, deals.LoadFailed, AsFailure(err).Error())
	}
	return err
}

// text says which deals could not be taken in as they are.
func (o *oneReading) text() string {
	var out []string
	if len(o.unknown) > 0 {
		out = append(out, "left out, their funnel or stage is not in the CRM's list: "+some(o.unknown))
	}
	if len(o.foreign) > 0 {
		out = append(out, "counted with revenue 0, it is in another currency than the account's: "+some(o.foreign))
	}
	return strings.Join(out, "; ")
}

// some names the first few of a list.
func some(list []string) string {
	const few = 10
	if len(list) <= few {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:few], ", "), len(list)-few)
}
