package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/calltracking"
	"github.com/skvoz/skvoz/internal/phonenum"
)

// service is the use cases over the database.
func (p *pooled) service() *calltracking.Service {
	return calltracking.NewService(calltracking.Deps{
		Store: p.db, Clock: p.clock, ReadPhone: func(raw string) (string, bool) { return phonenum.Normalize(raw, "") },
	})
}

func (p *pooled) static(list string) []calltracking.VirtualNumber {
	p.t.Helper()
	out, err := p.service().CreateNumbers(p.t.Context(), p.account, calltracking.NumbersInput{List: list, Usage: calltracking.UsageStatic, SiteID: p.site.ID})
	require.NoError(p.t, err)
	return out
}

func TestRC7_CallerIDIsTheNumberLastUsedWithTheContact(t *testing.T) {
	t.Parallel()
	inPools(t, 1, func(t *testing.T, p *pooled) {
		s, ctx := p.service(), t.Context()
		const contact = core.Phone("79261112233")
		_, err := s.CallerID(ctx, p.account, contact, 5)
		require.Equal(t, core.KindInvalid, core.KindOf(err))
		require.Equal(t, "no_caller_id", core.AsError(err).Reason)

		list := p.static("+7 495 200-00-01\n+7 495 200-00-02, 8 800 200 00 03; +7 495 200-00-04")
		require.NoError(t, p.db.Gorm().Exec(`UPDATE virtual_numbers SET integration_id = 5 WHERE id IN ?`, []core.VirtualNumberID{list[0].ID, list[1].ID, list[2].ID}).Error)
		for i, n := range list { // the newest with the last, which is not bound to the CRM
			end := p.clock.Now()
			p.call(i+1, n.ID, contact, p.clock.Now().Add(time.Duration(i)*time.Minute), &end, 0)
		}
		n, err := s.CallerID(ctx, p.account, contact, 5)
		require.NoError(t, err)
		require.Equal(t, core.Phone("74952000002"), n.Number, "8 800 can't be shown, the newest is not the CRM's")
		n, err = s.CallerID(ctx, p.account, contact, 0)
		require.NoError(t, err)
		require.Equal(t, core.Phone("74952000004"), n.Number, "of all")

		_, err = s.CallerID(ctx, p.account, "79990000000", 5)
		require.Equal(t, "no_caller_id", core.AsError(err).Reason)
		_, err = s.UpdateNumbers(ctx, p.account, []core.VirtualNumberID{list[3].ID}, calltracking.NumberUpdate{IsDefault: core.Some(true)})
		require.NoError(t, err)
		n, err = s.CallerID(ctx, p.account, "79990000000", 5)
		require.NoError(t, err)
		require.Equal(t, list[3].ID, n.ID, "the account's default")
		_, err = s.UpdateNumbers(ctx, p.account, []core.VirtualNumberID{list[2].ID}, calltracking.NumberUpdate{IsDefault: core.Some(true)})
		require.Equal(t, "toll_free", core.AsError(err).Reason)
		other := p.static("+7 495 200-00-09")
		_, err = s.UpdateNumbers(ctx, p.account, []core.VirtualNumberID{other[0].ID}, calltracking.NumberUpdate{IsDefault: core.Some(true)})
		require.NoError(t, err)
		n, err = s.CallerID(ctx, p.account, "", 0)
		require.NoError(t, err)
		require.Equal(t, other[0].ID, n.ID, "there is one default")
		_, err = s.CallerID(ctx, p.account+1, contact, 0)
		require.Equal(t, "no_caller_id", core.AsError(err).Reason, "another account's calls say nothing")
	})
}

func TestRC16_NumbersAreAddedFromAPastedList(t *testing.T) {
	t.Parallel()
	inPools(t, 1, func(t *testing.T, p *pooled) {
		s, ctx := p.service(), t.Context()
		for _, tc := range []struct {
			rule   string
			in     calltracking.NumbersInput
			kind   core.Kind
			reason string
		}{
			{"a line that is no number", calltracking.NumbersInput{List: "+7 495 300-00-01\nнет", Usage: calltracking.UsageReserve}, core.KindInvalid, "bad_number"},
			{"nothing", calltracking.NumbersInput{List: " ;, ", Usage: calltracking.UsageReserve}, core.KindInvalid, "required"},
			{"a number that is there", calltracking.NumbersInput{List: "+7 495 300-00-01\n" + string(p.numbers[0].Number), Usage: calltracking.UsageReserve}, core.KindConflict, "number_taken"},
			{"a pool that is not", calltracking.NumbersInput{List: "+7 495 300-00-01", Usage: calltracking.UsagePool, PoolID: 12345}, core.KindInvalid, "not_found"},
			{"a pool's number without a pool", calltracking.NumbersInput{List: "+7 495 300-00-01", Usage: calltracking.UsagePool}, core.KindInvalid, "required"},
			{"a campaign of no site", calltracking.NumbersInput{List: "+7 495 300-00-01", Usage: calltracking.UsageStatic, CampaignID: 7}, core.KindInvalid, "required"},
			{"another site's campaign", calltracking.NumbersInput{List: "+7 495 300-00-01", Usage: calltracking.UsageStatic, CampaignID: 7, SiteID: p.site.ID}, core.KindInvalid, "not_found"},
			{"a usage that is none", calltracking.NumbersInput{List: "+7 495 300-00-01", Usage: "lost"}, core.KindInvalid, "bad_usage"},
		} {
			_, err := s.CreateNumbers(ctx, p.account, tc.in)
			require.Equal(t, tc.kind, core.KindOf(err), tc.rule)
			require.Equal(t, tc.reason, core.AsError(err).Reason, tc.rule)
		}
		list, err := s.CreateNumbers(ctx, p.account, calltracking.NumbersInput{
			List: "8 (495) 300-00-02\r\n+7 495 300 00 01; 84953000001", Usage: calltracking.UsagePool, PoolID: p.pool.ID, CampaignID: 9, Quarantine: true,
		})
		require.NoError(t, err)
		require.Len(t, list, 2, "a repeated one counts once")
		page, err := s.Numbers(ctx, p.account, calltracking.NumberFilter{Search: "(495) 300"}, core.PageRequest{First: 1})
		require.NoError(t, err)
		require.True(t, page.HasNext)
		n := page.Nodes[0]
		require.Equal(t, core.Phone("74953000001"), n.Number)
		require.Equal(t, p.site.ID, n.SiteID, "the pool's")
		require.Zero(t, n.CampaignID, "a pool's number is nobody's campaign's")
		require.Equal(t, calltracking.StateQuarantine, n.State)
		page, err = s.Numbers(ctx, p.account, calltracking.NumberFilter{Search: "(495) 300"}, core.PageRequest{First: 1, After: page.EndCursor})
		require.NoError(t, err)
		require.False(t, page.HasNext)
		require.Equal(t, core.Phone("74953000002"), page.Nodes[0].Number)
		_, err = s.Numbers(ctx, p.account, calltracking.NumberFilter{}, core.PageRequest{First: 1, After: "!"})
		require.Equal(t, "bad_cursor", core.AsError(err).Reason)
		p.take(1)
		require.True(t, p.take(2).IsShared, "new ones wait")
		p.clock.Advance(7*24*time.Hour + time.Second)
		require.False(t, p.take(3).IsShared)
		require.False(t, p.take(4).IsShared)
		p.holds()
	})
}

func TestRC16_PoolsAndBlocksHaveAnOrder(t *testing.T) {
	t.Parallel()
	inPools(t, 1, func(t *testing.T, p *pooled) {
		s, ctx := p.service(), t.Context()
		block := func(name string) calltracking.Block {
			b, err := s.CreateBlock(ctx, p.account, calltracking.BlockInput{SiteID: p.site.ID, Name: name, By: calltracking.PlaceByClass, Value: "phone"})
			require.NoError(t, err)
			return b
		}
		one, two := block("one"), block("two")
		blocks, err := s.OrderBlocks(ctx, p.account, p.site.ID, []core.BlockID{two.ID, one.ID})
		require.NoError(t, err)
		require.Equal(t, []string{"two", "one"}, []string{blocks[0].Name, blocks[1].Name})
		_, err = s.OrderBlocks(ctx, p.account, p.site.ID, []core.BlockID{two.ID})
		require.Equal(t, "bad_order", core.AsError(err).Reason)
		pool, err := s.CreatePool(ctx, p.account, calltracking.PoolInput{SiteID: p.site.ID, BlockID: one.ID, Name: "Second"})
		require.NoError(t, err)
		require.Equal(t, 2, pool.Position)
		require.Equal(t, calltracking.OverflowDedicated, pool.Overflow)
		require.Equal(t, 180*time.Second, pool.Hold)
		pools, err := s.OrderPools(ctx, p.account, p.site.ID, []core.PoolID{pool.ID, p.pool.ID})
		require.NoError(t, err)
		require.Equal(t, pool.ID, pools[0].ID)
		require.Equal(t, "in_use", core.AsError(s.DeleteBlock(ctx, p.account, one.ID)).Reason)
		pool, err = s.UpdatePool(ctx, p.account, pool.ID, calltracking.PoolUpdate{
			BlockID: core.Some(core.BlockID(0)), Segment: core.Some(calltracking.Segment{Countries: []string{"ru", " "}, URL: "/a"}), HoldSeconds: core.Some(60),
		})
		require.NoError(t, err)
		require.Equal(t, calltracking.Segment{Countries: []string{"RU"}, URL: "/a", Match: "contains"}, pool.Segment)
		require.NoError(t, s.DeleteBlock(ctx, p.account, one.ID))
		_, err = s.UpdatePool(ctx, p.account, pool.ID, calltracking.PoolUpdate{HoldSeconds: core.Some(59)})
		require.Equal(t, "out_of_range", core.AsError(err).Reason)
		_, err = s.CreateBlock(ctx, p.account, calltracking.BlockInput{SiteID: p.site.ID, Name: "x", By: calltracking.PlaceByNumber, Value: "phone"})
		require.Equal(t, "bad_number", core.AsError(err).Reason)
		_, err = s.UpdateBlock(ctx, p.account, two.ID, calltracking.BlockUpdate{Wording: core.Some("call us")})
		require.Equal(t, "no_phone", core.AsError(err).Reason)
		_, err = s.UpdateBlock(ctx, p.account+1, two.ID, calltracking.BlockUpdate{})
		require.Equal(t, core.KindNotFound, core.KindOf(err))
	})
}

func TestRC16_SettingsAreTheAccounts(t *testing.T) {
	t.Parallel()
	inPools(t, 1, func(t *testing.T, p *pooled) {
		s, ctx := p.service(), t.Context()
		settings, err := s.Settings(ctx, p.account)
		require.NoError(t, err)
		require.Equal(t, calltracking.DefaultSettings(), settings)
		changed, err := s.UpdateSettings(ctx, p.account, calltracking.SettingsUpdate{Threshold: core.Some(0.9)})
		require.NoError(t, err)
		require.InDelta(t, 0.9, changed.Threshold, 0)
		changed, err = s.UpdateSettings(ctx, p.account, calltracking.SettingsUpdate{HoldSeconds: core.Some(600)})
		require.NoError(t, err)
		require.InDelta(t, 0.9, changed.Threshold, 0)
		require.Equal(t, 600, changed.HoldSeconds)
		_, err = s.UpdateSettings(ctx, p.account, calltracking.SettingsUpdate{Threshold: core.Some(0.4)})
		require.Equal(t, "threshold", core.AsError(err).Field)
	})
}

func TestRC16_FiguresOfAPool(t *testing.T) {
	t.Parallel()
	inPools(t, 2, func(t *testing.T, p *pooled) {
		today := core.DateOf(p.clock.Now())
		a := p.take(1)
		p.take(2)
		p.clock.Advance(time.Minute)
		p.take(3)
		end := p.clock.Now()
		p.call(1, a.NumberID, "79261112233", p.clock.Now(), &end, 1)
		p.call(2, a.NumberID, "79261112244", p.clock.Now(), &end, 0)
		require.NoError(t, p.db.Gorm().Exec(`UPDATE calls SET attribution = 'ambiguous' WHERE id = 2`).Error)
		p.clock.Advance(time.Hour)
		f, err := p.service().PoolFigures(t.Context(), p.account, p.pool.ID, today, today)
		require.NoError(t, err)
		require.Equal(t, 2, f.Calls)
		require.Equal(t, 1, f.Ambiguous)
		require.Zero(t, f.Held)
		require.Equal(t, 4, f.Recommended, "three at once and one for overflow")
		_, err = p.service().PoolFigures(t.Context(), p.account, 77, today, today)
		require.Equal(t, core.KindNotFound, core.KindOf(err))
		_, err = p.service().PoolFigures(t.Context(), p.account, p.pool.ID, today, core.Date{Year: 2025, Month: 1, Day: 1})
		require.Equal(t, core.KindInvalid, core.KindOf(err))
	})
}

func TestRC16_AttributionKnowsTheCallerAndTheEarlierCall(t *testing.T) {
	t.Parallel()
	inPools(t, 0, func(t *testing.T, p *pooled) {
		n := p.take(1).NumberID
		p.take(2)
		require.Equal(t, calltracking.MethodAmbiguous, p.attribution(n, "79261112233").Method)
		require.NoError(t, p.db.Gorm().Exec(`INSERT INTO visitor_contacts (account_id, visitor_id, kind, value, first_at, origin) VALUES (?, 2, 'phone', '79261112233', 0, 'call')`, p.account).Error)
		a := p.attribution(n, "79261112233")
		require.Equal(t, calltracking.MethodKnownPhone, a.Method)
		require.Equal(t, core.VisitorID(2), a.VisitorID)
		require.Len(t, a.Candidates, 2)

		_, err := p.db.KeepLeases(t.Context(), calltracking.Keep{AccountID: p.account, VisitorID: 1, SessionID: 1, Pools: []core.PoolID{p.pool.ID}, Clicked: p.numbers[0].Number})
		require.NoError(t, err)
		require.Equal(t, calltracking.MethodTelClick, p.attribution(n, "79260000000").Method)

		end := p.clock.Now()
		p.call(1, n, "79265556677", p.clock.Now(), &end, 2)
		p.clock.Advance(3 * time.Hour)
		a = p.attribution(n, "79265556677")
		require.Equal(t, calltracking.MethodRepeat, a.Method)
		require.Equal(t, core.VisitorID(2), a.VisitorID)
		require.Equal(t, calltracking.MethodUnknown, p.attribution(12345, "79265556677").Method, "a number nobody has")
	})
}
