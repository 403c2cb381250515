package deals

import (
	"context"
	"time"

	"github.com/skvoz/skvoz/core"
)

// Config is what a Service is made of.
type Config struct {
	Store Store
	Clock core.Clock
	// ReadPhone and ReadEmail bring phones and e-mails people wrote into their one form; false = it is none.
	ReadPhone, ReadEmail func(raw string) (string, bool)
	// Currency tells the currency of an account.
	Currency func(ctx context.Context, account core.AccountID) (string, error)
	// Marked, when given, is called after a change that left deals to be linked anew.
	Marked func()
}

// Service takes deals in and reads them. It is safe for concurrent use.
//
// Its errors are those of the Data API: Reason is the mnemonic (entity_not_found, duplicate_entity, dependency_error, invalid_parameter_value,
// invalid_date_time, required_parameter_missed, invalid_parameters_combination, data_limit_exceeded, forbidden), Field the dotted path of the
// parameter in the Data API's words, Value what was sent.
type Service struct{ cfg Config }

// NewService returns a service.
func NewService(cfg Config) *Service { return &Service{cfg: cfg} }

// customName is the name "Другая CRM" has in the cabinet until it is given another.
const customName = "Другая CRM"

// Custom returns the account's "Другая CRM"; it is made at first use.
func (s *Service) Custom(ctx context.Context, account core.AccountID) (CRM, error) {
	list, err := s.CRMs(ctx, account)
	if err != nil {
		return CRM{}, err
	}
	for _, c := range list {
		if c.Kind == KindCustom {
			return c, nil
		}
	}
	return s.cfg.Store.CreateCRM(ctx, s.newCRM(account, NewCRM{Kind: KindCustom, Name: customName, ConversionModel: LastBeforeDeal}), true)
}

func (s *Service) newCRM(account core.AccountID, in NewCRM) CRM {
	return CRM{
		AccountID: account, Kind: in.Kind, Name: in.Name, Description: in.Description, URL: in.URL, ConversionModel: in.ConversionModel,
		IgnoreOutgoingCalls: in.IgnoreOutgoingCalls, IgnoreOutgoingChats: in.IgnoreOutgoingChats, Terms: TermsDeals,
		DealsLoadState: LoadNone, LeadsLoadState: LoadNone, CreatedAt: s.now(),
	}
}

// CRMs returns the CRMs of an account, oldest first.
func (s *Service) CRMs(ctx context.Context, account core.AccountID) ([]CRM, error) {
	return s.cfg.Store.CRMs(ctx, account)
}

// CRM returns one CRM. KindNotFound (entity_not_found) when the account has none with this identifier.
func (s *Service) CRM(ctx context.Context, account core.AccountID, crm core.CRMID) (CRM, error) {
	list, err := s.CRMs(ctx, account)
	if err != nil {
		return CRM{}, err
	}
	for _, c := range list {
		if c.ID == crm {
			return c, nil
		}
	}
	return CRM{}, missing("CRM", "id", int64(crm))
}

// CreateCRM makes a CRM. An empty kind is custom, an empty model last_before_deal. KindInvalid for unknown words and a missing name.
func (s *Service) CreateCRM(ctx context.Context, account core.AccountID, in NewCRM) (CRM, error) {
	if in.Kind == KindUnknown {
		in.Kind = KindCustom
	}
	if in.ConversionModel == "" {
		in.ConversionModel = LastBeforeDeal
	}
	c := s.newCRM(account, in)
	if err := checkCRM(c); err != nil {
		return CRM{}, err
	}
	return s.cfg.Store.CreateCRM(ctx, c, false)
}

// UpdateCRM changes a CRM; what is not set stays. Deals are linked anew where the change asks for it.
func (s *Service) UpdateCRM(ctx context.Context, account core.AccountID, crm core.CRMID, p CRMPatch) (CRM, error) {
	var c CRM
	err := s.change(ctx, account, crm, func(tx Tx) error {
		old, err := tx.CRM(ctx)
		if err != nil {
			return err
		}
		c = p.apply(old)
		if err := checkCRM(c); err != nil {
			return err
		}
		return tx.PutCRM(ctx, c, linksDifferently(old, c))
	})
	return c, err
}

// DeleteCRM deletes a CRM. KindConflict (dependency_error) while it has deals or funnels: what was set up is not lost by one call.
func (s *Service) DeleteCRM(ctx context.Context, account core.AccountID, crm core.CRMID) error {
	return s.change(ctx, account, crm, func(tx Tx) error {
		used, err := tx.IsUsed(ctx, PartDeal, 0)
		if err != nil {
			return err
		}
		if used {
			return dependent("the CRM has deals; delete them first", "id", int64(crm))
		}
		funnels, err := tx.Funnels(ctx, nil)
		if err != nil {
			return err
		}
		if len(funnels) > 0 {
			return dependent("the CRM has funnels; delete them first", "id", int64(crm))
		}
		return tx.DeleteCRM(ctx)
	})
}

// InProcessing returns how many deals of a CRM wait for their links and path to be computed.
func (s *Service) InProcessing(ctx context.Context, account core.AccountID, crm core.CRMID) (int, error) {
	waiting, err := s.Waiting(ctx, account)
	return waiting[crm], err
}

// Waiting returns how many deals of each CRM wait for their links and path to be computed; CRMs without any are missing.
func (s *Service) Waiting(ctx context.Context, account core.AccountID) (map[core.CRMID]int, error) {
	return s.cfg.Store.WaitingDeals(ctx, account)
}

// Counts returns how many deals each CRM has; CRMs without any are missing.
func (s *Service) Counts(ctx context.Context, account core.AccountID) (map[core.CRMID]int, error) {
	return s.cfg.Store.DealCounts(ctx, account)
}

func (s *Service) now() time.Time { return s.cfg.Clock.Now().Truncate(time.Millisecond) }

// change runs one transaction and wakes who links deals.
func (s *Service) change(ctx context.Context, account core.AccountID, crm core.CRMID, fn func(Tx) error) error {
	if err := s.cfg.Store.ChangeCRM(ctx, account, crm, fn); err != nil {
		return err
	}
	if s.cfg.Marked != nil {
		s.cfg.Marked()
	}
	return nil
}
