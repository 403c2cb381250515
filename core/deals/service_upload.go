package deals

import (
	"context"
	"fmt"

	"github.com/skvoz/skvoz/core"
)

// UploadDeals takes 1 to MaxAtOnce states of deals in, all or none: the first record of a deal makes it, later ones change it; what they do not give
// stays. Stages passed on the way are added to its history. A record that was loaded before adds nothing. The rules are in docs/user/deals.md; an
// error names the first record that breaks one. The state of loading is kept with the CRM, that of a refused upload, too.
func (s *Service) UploadDeals(ctx context.Context, account core.AccountID, crm core.CRMID, in []DealRecord) error {
	err := s.uploadDeals(ctx, account, crm, in)
	if err == nil || !isRefusal(err) {
		return err
	}
	now, text := s.now(), loadError(err)
	s.noteLoad(ctx, account, crm, func(c *CRM) { c.DealsLoadState, c.DealsLoadedAt, c.DealsLoadError = LoadFailed, &now, text })
	return err
}

func isRefusal(err error) bool {
	switch core.KindOf(err) {
	case core.KindInvalid, core.KindNotFound, core.KindConflict:
		return true
	}
	return false
}

// loadError says what was wrong and where: which record and which of its fields.
func loadError(err error) string {
	if field := core.AsError(err).Field; field != "" {
		return field + ": " + err.Error()
	}
	return err.Error()
}

// noteLoad keeps the outcome of a refused upload. That the upload was refused is what its sender must know; a failure to note it is not.
func (s *Service) noteLoad(ctx context.Context, account core.AccountID, crm core.CRMID, set func(*CRM)) {
	_ = s.cfg.Store.ChangeCRM(ctx, account, crm, func(tx Tx) error { return noteIn(ctx, tx, set) })
}

func noteIn(ctx context.Context, tx Tx, set func(*CRM)) error {
	c, err := tx.CRM(ctx)
	if err != nil {
		return err
	}
	set(&c)
	return tx.PutCRM(ctx, c, false)
}

func (s *Service) uploadDeals(ctx context.Context, account core.AccountID, crm core.CRMID, in []DealRecord) error {
	if err := checkBatch("deals", len(in)); err != nil {
		return err
	}
	now, records, wanted := s.now(), append([]DealRecord(nil), in...), newNames()
	for i := range records {
		if err := records[i].check(fmt.Sprintf("deals.%d.", i), now); err != nil {
			return err
		}
		wanted.ofDeal(&records[i])
	}
	currency, err := s.cfg.Currency(ctx, account)
	if err != nil {
		return err
	}
	return s.change(ctx, account, crm, func(tx Tx) error {
		u := &uploading{account: account, crm: crm, currency: currency, now: now, newID: tx.NewID}
		if err := u.load(ctx, tx, wanted); err != nil {
			return err
		}
		for i := range records {
			if err := u.apply(fmt.Sprintf("deals.%d.", i), &records[i]); err != nil {
				return err
			}
		}
		if err := tx.SaveDeals(ctx, u.changed); err != nil {
			return err
		}
		return noteIn(ctx, tx, func(c *CRM) { c.DealsLoadState, c.DealsLoadedAt, c.DealsLoadError = LoadCompleted, &now, "" })
	})
}

func (n names) ofDeal(r *DealRecord) {
	note(n.deals, r.ExternalID)
	note(n.employees, r.EmployeeExternalID)
	note(n.companies, r.CompanyExternalID)
	note(n.contacts, r.ContactExternalIDs...)
	note(n.communications, r.Communication.ID)
}

func (u *uploading) load(ctx context.Context, tx Tx, wanted names) error {
	refs, err := wanted.load(ctx, tx, FieldOfDeal)
	if err != nil {
		return err
	}
	u.references = refs
	u.funnels, u.deals, err = funnelsAndDeals(ctx, tx, list(wanted.deals))
	return err
}

// DeleteDeal deletes a deal with its history, links and path. KindNotFound (entity_not_found) when there is none.
func (s *Service) DeleteDeal(ctx context.Context, account core.AccountID, crm core.CRMID, externalID string) error {
	return s.change(ctx, account, crm, func(tx Tx) error {
		found, err := tx.Loaded(ctx, []string{externalID})
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return missing("deal", "ext_id", externalID)
		}
		return tx.DeleteDeal(ctx, found[0].Deal)
	})
}
