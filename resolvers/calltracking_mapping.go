package resolvers

import (
	"strconv"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/calltracking"
	"github.com/skvoz/skvoz/graph/model"
	"github.com/skvoz/skvoz/internal/phonenum"
)

// argument is an optional argument of a field.
func argument(v *string) core.Opt[string] {
	if v == nil {
		return core.Opt[string]{}
	}
	return core.Some(*v)
}

// idOrNull writes an identifier of which 0 is none.
func idOrNull[T ~int64](id T) *string {
	if id == 0 {
		return nil
	}
	text := strconv.FormatInt(int64(id), 10)
	return &text
}

func virtualNumber(n calltracking.VirtualNumber) *model.VirtualNumber {
	return &model.VirtualNumber{
		ID: n.ID.String(), Number: string(n.Number), Text: phonenum.Format(string(n.Number)), Name: n.Name, ConnectionID: idOrNull(n.ConnectionID), SiteID: idOrNull(n.SiteID),
		Usage: n.Usage, CampaignID: idOrNull(n.CampaignID), PoolID: idOrNull(n.PoolID), BlockID: idOrNull(n.BlockID), IsOverflow: n.IsOverflow, IsDefault: n.IsDefault,
		State: n.State, QuarantineUntil: n.QuarantineUntil, ScenarioID: idOrNull(n.ScenarioID), IntegrationID: idOrNull(n.IntegrationID), Records: n.Records,
		LastLeasedAt: n.LastLeasedAt, CreatedAt: n.CreatedAt,
	}
}

func virtualNumbers(list []calltracking.VirtualNumber) []model.VirtualNumber {
	out := make([]model.VirtualNumber, len(list))
	for i, n := range list {
		out[i] = *virtualNumber(n)
	}
	return out
}

func virtualNumbersPayload(list []calltracking.VirtualNumber, err error) (*model.VirtualNumbersPayload, error) {
	if err != nil {
		return nil, err
	}
	return &model.VirtualNumbersPayload{Numbers: virtualNumbers(list)}, nil
}

// idReader reads the identifiers of inputs one after another and keeps the first error.
type idReader struct{ err error }

func readID[T ~int64](r *idReader, field string, text core.Opt[string]) core.Opt[T] {
	if r.err != nil {
		return core.Opt[T]{}
	}
	var id core.Opt[T]
	id, r.err = changedID[T](field, text)
	return id
}

func numberFilter(in *model.VirtualNumberFilter) (calltracking.NumberFilter, error) {
	if in == nil {
		return calltracking.NumberFilter{}, nil
	}
	var r idReader
	f := calltracking.NumberFilter{
		SiteID: readID[core.SiteID](&r, "siteId", given(in.SiteID)).Value, PoolID: readID[core.PoolID](&r, "poolId", given(in.PoolID)).Value,
		CampaignID:    readID[core.CampaignID](&r, "campaignId", given(in.CampaignID)).Value,
		ConnectionID:  readID[core.ConnectionID](&r, "connectionId", given(in.ConnectionID)).Value,
		IntegrationID: readID[core.IntegrationID](&r, "integrationId", given(in.IntegrationID)).Value,
		Usage:         given(in.Usage).Value, State: given(in.State).Value, Search: given(in.Search).Value,
	}
	return f, r.err
}

func numbersInput(in model.CreateVirtualNumbersInput) (calltracking.NumbersInput, error) {
	var r idReader
	out := calltracking.NumbersInput{
		List: in.Numbers, Name: given(in.Name).Value, Usage: in.Usage, IsOverflow: in.IsOverflow, Records: in.Records, Quarantine: in.Quarantine,
		ConnectionID: readID[core.ConnectionID](&r, "connectionId", given(in.ConnectionID)).Value, SiteID: readID[core.SiteID](&r, "siteId", given(in.SiteID)).Value,
		CampaignID: readID[core.CampaignID](&r, "campaignId", given(in.CampaignID)).Value, PoolID: readID[core.PoolID](&r, "poolId", given(in.PoolID)).Value,
		BlockID: readID[core.BlockID](&r, "blockId", given(in.BlockID)).Value, ScenarioID: readID[core.ScenarioID](&r, "scenarioId", given(in.ScenarioID)).Value,
		IntegrationID: readID[core.IntegrationID](&r, "integrationId", given(in.IntegrationID)).Value,
	}
	return out, r.err
}

func numberUpdate(in model.UpdateVirtualNumbersInput) (calltracking.NumberUpdate, error) {
	var r idReader
	u := calltracking.NumberUpdate{
		Name: given(in.Name), Usage: given(in.Usage), IsOverflow: given(in.IsOverflow), IsDefault: given(in.IsDefault), State: given(in.State), Records: given(in.Records),
		ConnectionID: readID[core.ConnectionID](&r, "connectionId", given(in.ConnectionID)), SiteID: readID[core.SiteID](&r, "siteId", given(in.SiteID)),
		CampaignID: readID[core.CampaignID](&r, "campaignId", given(in.CampaignID)), PoolID: readID[core.PoolID](&r, "poolId", given(in.PoolID)),
		BlockID: readID[core.BlockID](&r, "blockId", given(in.BlockID)), ScenarioID: readID[core.ScenarioID](&r, "scenarioId", given(in.ScenarioID)),
		IntegrationID: readID[core.IntegrationID](&r, "integrationId", given(in.IntegrationID)),
	}
	return u, r.err
}

func numberPool(p calltracking.Pool) *model.NumberPool {
	return &model.NumberPool{
		ID: p.ID.String(), SiteID: p.SiteID.String(), BlockID: idOrNull(p.BlockID), Name: p.Name, Position: p.Position, IsEnabled: p.IsEnabled,
		HoldSeconds: int(p.Hold / time.Second), StickyDays: p.StickyDays, LateHours: int(p.Late / time.Hour), Overflow: p.Overflow, Segment: segment(p.Segment),
		NumberCount: p.Numbers, OverflowNumberCount: p.OverflowNumbers, CreatedAt: p.CreatedAt,
	}
}

func numberPools(list []calltracking.Pool) []model.NumberPool {
	out := make([]model.NumberPool, len(list))
	for i, p := range list {
		out[i] = *numberPool(p)
	}
	return out
}

func numberPoolPayload(p calltracking.Pool, err error) (*model.NumberPoolPayload, error) {
	if err != nil {
		return nil, err
	}
	return &model.NumberPoolPayload{Pool: numberPool(p)}, nil
}

func segment(s calltracking.Segment) *model.Segment {
	out := &model.Segment{
		CampaignIds: make([]string, len(s.Campaigns)), Channels: notNull(s.Channels), Sources: notNull(s.Sources), Utm: make([]model.UtmCondition, len(s.UTM)),
		Countries: notNull(s.Countries), Regions: notNull(s.Regions), Cities: notNull(s.Cities), URL: unlessZero(s.URL), URLMatch: unlessZero(s.Match),
	}
	for i, id := range s.Campaigns {
		out.CampaignIds[i] = id.String()
	}
	for i, c := range s.UTM {
		out.Utm[i] = model.UtmCondition{Tag: c.Tag, Values: notNull(c.Values)}
	}
	return out
}

// notNull is an empty list for none.
func notNull[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func segmentInput(in *model.SegmentInput) (calltracking.Segment, error) {
	if in == nil {
		return calltracking.Segment{}, nil
	}
	campaigns, err := changedIDs[core.CampaignID]("segment.campaignIds", givenList(in.CampaignIds))
	s := calltracking.Segment{
		Campaigns: campaigns.Value, Channels: givenList(in.Channels).Value, Sources: givenList(in.Sources).Value, Countries: givenList(in.Countries).Value,
		Regions: givenList(in.Regions).Value, Cities: givenList(in.Cities).Value, URL: given(in.URL).Value, Match: given(in.URLMatch).Value,
	}
	for _, c := range givenList(in.Utm).Value {
		s.UTM = append(s.UTM, calltracking.UTMCondition{Tag: c.Tag, Values: c.Values})
	}
	return s, err
}

func poolInput(in model.CreateNumberPoolInput) (calltracking.PoolInput, error) {
	var r idReader
	out := calltracking.PoolInput{
		SiteID: readID[core.SiteID](&r, "siteId", core.Some(in.SiteID)).Value, BlockID: readID[core.BlockID](&r, "blockId", given(in.BlockID)).Value, Name: in.Name,
		HoldSeconds: given(in.HoldSeconds), StickyDays: given(in.StickyDays), LateHours: given(in.LateHours), Overflow: in.Overflow,
	}
	if r.err != nil {
		return out, r.err
	}
	segment, _ := in.Segment.ValueOK()
	var err error
	out.Segment, err = segmentInput(segment)
	return out, err
}

func poolUpdate(in model.UpdateNumberPoolInput) (calltracking.PoolUpdate, error) {
	var r idReader
	u := calltracking.PoolUpdate{
		BlockID: readID[core.BlockID](&r, "blockId", given(in.BlockID)), Name: given(in.Name), IsEnabled: given(in.IsEnabled), HoldSeconds: given(in.HoldSeconds),
		StickyDays: given(in.StickyDays), LateHours: given(in.LateHours), Overflow: given(in.Overflow),
	}
	if r.err != nil {
		return u, r.err
	}
	if s, ok := in.Segment.ValueOK(); ok && s != nil {
		parsed, err := segmentInput(s)
		if err != nil {
			return u, err
		}
		u.Segment = core.Some(parsed)
	}
	return u, nil
}

func poolFigures(f calltracking.PoolFigures, err error) (*model.PoolFigures, error) {
	if err != nil {
		return nil, err
	}
	out := &model.PoolFigures{
		Numbers: f.Numbers, OverflowNumbers: f.OverflowNumbers, Held: f.Held, Visits: f.Visits, Days: make([]model.PoolDay, len(f.Days)), Calls: f.Calls,
		AmbiguousCalls: f.Ambiguous, RecommendedNumbers: unlessZero(f.Recommended),
	}
	if all := f.Numbers + f.OverflowNumbers; all > 0 {
		out.Utilisation = min(1, float64(f.Held)/float64(all))
	}
	if f.Calls > 0 {
		share := float64(f.Ambiguous) / float64(f.Calls)
		out.AmbiguousShare = &share
	}
	for i, d := range f.Days {
		out.Days[i] = model.PoolDay{Date: d.Day, Leases: int(d.Leases), Overflowed: int(d.Overflowed), Refused: int(d.Refused), Peak: d.Peak}
	}
	return out, nil
}

func siteBlock(b calltracking.Block) *model.SiteBlock {
	return &model.SiteBlock{
		ID: b.ID.String(), SiteID: b.SiteID.String(), Name: b.Name, Position: b.Position, By: b.By, Value: b.Value, Template: b.Template, Mask: b.Mask,
		Wording: b.Wording, CreatedAt: b.CreatedAt,
	}
}

func siteBlocks(list []calltracking.Block) []model.SiteBlock {
	out := make([]model.SiteBlock, len(list))
	for i, b := range list {
		out[i] = *siteBlock(b)
	}
	return out
}

func siteBlockPayload(b calltracking.Block, err error) (*model.SiteBlockPayload, error) {
	if err != nil {
		return nil, err
	}
	return &model.SiteBlockPayload{Block: siteBlock(b)}, nil
}

func calltrackingSettings(s calltracking.Settings, err error) (*model.CalltrackingSettings, error) {
	if err != nil {
		return nil, err
	}
	return &model.CalltrackingSettings{
		HoldSeconds: s.HoldSeconds, StickyDays: s.StickyDays, LateHours: s.LateHours, NewQuarantineDays: s.NewQuarantineDays, LeftQuarantineDays: s.LeftQuarantineDays,
		HorizonDays: s.HorizonDays, RepeatDays: s.RepeatDays, TelClickSeconds: s.TelClickSeconds, WeightSeconds: s.WeightSeconds, ShownFactor: s.ShownFactor,
		Threshold: s.Threshold, UnshownProbability: s.UnshownProbability, RepeatProbability: s.RepeatProbability, TelClickProbability: s.TelClickProbability,
		KnownPhoneProbability: s.KnownPhoneProbability, LateProbability: s.LateProbability, LateFall: s.LateFall, LateLeast: s.LateLeast,
	}, nil
}

func settingsOfCalltracking(in model.UpdateCalltrackingSettingsInput) calltracking.SettingsUpdate {
	return calltracking.SettingsUpdate{
		HoldSeconds: given(in.HoldSeconds), StickyDays: given(in.StickyDays), LateHours: given(in.LateHours), NewQuarantineDays: given(in.NewQuarantineDays),
		LeftQuarantineDays: given(in.LeftQuarantineDays), HorizonDays: given(in.HorizonDays), RepeatDays: given(in.RepeatDays), TelClickSeconds: given(in.TelClickSeconds),
		WeightSeconds: given(in.WeightSeconds), ShownFactor: given(in.ShownFactor), Threshold: given(in.Threshold), UnshownProbability: given(in.UnshownProbability),
		RepeatProbability: given(in.RepeatProbability), TelClickProbability: given(in.TelClickProbability), KnownPhoneProbability: given(in.KnownPhoneProbability),
		LateProbability: given(in.LateProbability), LateFall: given(in.LateFall), LateLeast: given(in.LateLeast),
	}
}
