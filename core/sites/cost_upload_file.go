package sites

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/skvoz/skvoz/core"
)

const (
	// MaxCostLines is how many lines of costs a file may have.
	MaxCostLines = 10_000
	// maxCostProblems is how many problems of a file are told.
	maxCostProblems = 500
)

// UploadedCost is a cost read from a file.
type UploadedCost struct {
	Cost
	// Line is its line in the file, counted from 1.
	Line     int
	Campaign Ref
	// Replaces says that a cost of exactly this period is replaced.
	Replaces bool
}

// CostProblem is something wrong with a file of costs.
type CostProblem struct {
	// Line counts from 1; 0 = the file as a whole.
	Line int
	// Column is the header of the column at fault; empty = the whole line.
	Column string
	// Message is for people; Reason is its machine word.
	Message string
	Reason  string
}

// CostFile is what a file of costs says.
type CostFile struct {
	// Costs are the lines that can be read, in their order.
	Costs []UploadedCost
	// Problems are in the order of lines.
	Problems []CostProblem
	// Saved is true when there are no problems and it was not just a trial.
	Saved bool
}

// UploadCostFile reads costs of campaigns from the rows of a spreadsheet, whose first filled row names the columns, and puts them, all or none. A
// cost of exactly the same campaign and period is replaced, and removed when the new amount is zero. With dryRun nothing is put. What is wrong with
// the rows comes as problems, not as an error.
func (s *Service) UploadCostFile(ctx context.Context, account core.AccountID, rows [][]string, dryRun bool) (CostFile, error) {
	r := costReader{account: account}
	if !r.readHeader(rows) {
		return r.file, nil
	}
	if err := s.loadCampaigns(ctx, &r); err != nil {
		return CostFile{}, err
	}
	r.readLines(rows)
	if err := s.compareCosts(ctx, &r); err != nil {
		return CostFile{}, err
	}
	if dryRun || len(r.file.Problems) > 0 {
		return r.result(), nil
	}
	return s.putCostFile(ctx, r)
}

// loadCampaigns reads what lines may name.
func (s *Service) loadCampaigns(ctx context.Context, r *costReader) (err error) {
	if r.currency, err = s.Costs.AccountCurrency(ctx, r.account); err != nil {
		return err
	}
	list, err := s.Store.Sites(ctx, r.account)
	if err != nil {
		return err
	}
	ids := make([]core.SiteID, len(list))
	r.sites = make(map[core.SiteID]Site, len(list))
	for i, site := range list {
		ids[i] = site.ID
		r.sites[site.ID] = site
	}
	all, err := s.Campaigns.Campaigns(ctx, r.account, ids)
	if err != nil {
		return err
	}
	r.names, r.ids = map[string][]Campaign{}, make(map[core.CampaignID]Campaign, len(all))
	for _, c := range all {
		r.names[plainWords(c.Name)] = append(r.names[plainWords(c.Name)], c)
		r.ids[c.ID] = c
	}
	return nil
}

// compareCosts finds lines that contradict each other or what is stored.
func (s *Service) compareCosts(ctx context.Context, r *costReader) error {
	of := map[core.CampaignID][]int{}
	for i, c := range r.file.Costs {
		of[c.CampaignID] = append(of[c.CampaignID], i)
	}
	var ids []core.CampaignID
	for id := range of {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	stored, err := s.Costs.Costs(ctx, r.account, ids)
	if err != nil {
		return err
	}
	storedOf := map[core.CampaignID][]Cost{}
	for _, c := range stored {
		storedOf[c.CampaignID] = append(storedOf[c.CampaignID], c)
	}
	for _, id := range ids {
		r.compareLines(of[id])
		r.compareStored(of[id], storedOf[id])
	}
	return nil
}

// putCostFile puts the costs of a file without problems. Somebody else may have added a cost meanwhile: that is a problem, too.
func (s *Service) putCostFile(ctx context.Context, r costReader) (CostFile, error) {
	order := slices.Clone(r.file.Costs)
	slices.SortStableFunc(order, func(a, b UploadedCost) int { // what is removed makes room for others
		return cmp.Compare(min(a.Amount.Minor, 1), min(b.Amount.Minor, 1))
	})
	costs := make([]Cost, len(order))
	for i, c := range order {
		costs[i] = c.Cost
	}
	err := s.CostUploads.PutCosts(ctx, r.account, costs)
	if core.KindOf(err) == core.KindConflict {
		var n int
		if _, scanErr := fmt.Sscanf(core.AsError(err).Field, "costs.%d.", &n); scanErr != nil || n >= len(order) {
			return CostFile{}, err
		}
		r.problem(order[n].Line, "", "period_overlaps", "another cost of this campaign covers some of these days")
		return r.result(), nil
	}
	if err != nil {
		return CostFile{}, err
	}
	r.file.Saved = true
	return r.file, nil
}

// costReader reads a file of costs line by line.
type costReader struct {
	account  core.AccountID
	currency string
	sites    map[core.SiteID]Site
	names    map[string][]Campaign
	ids      map[core.CampaignID]Campaign
	header   costHeader
	file     CostFile
	lost     int // problems that are not told
}

func (r *costReader) problem(line int, column, reason, format string, args ...any) {
	if len(r.file.Problems) >= maxCostProblems {
		r.lost++
		return
	}
	r.file.Problems = append(r.file.Problems, CostProblem{Line: line, Column: column, Reason: reason, Message: fmt.Sprintf(format, args...)})
}

// result returns the file with its problems in order.
func (r *costReader) result() CostFile {
	slices.SortStableFunc(r.file.Problems, func(a, b CostProblem) int { return cmp.Compare(a.Line, b.Line) })
	if r.lost > 0 {
		r.file.Problems = append(r.file.Problems, CostProblem{Reason: "more_problems", Message: fmt.Sprintf("and %d more problems", r.lost)})
		r.lost = 0
	}
	return r.file
}

// readLines reads the rows below the header.
func (r *costReader) readLines(rows [][]string) {
	lines := 0
	for i := r.header.line; i < len(rows); i++ { // the header's line counts from 1
		if isBlank(rows[i]) {
			continue
		}
		if lines++; lines > MaxCostLines {
			r.problem(0, "", "too_many_lines", "at most %d lines at a time; split the file", MaxCostLines)
			return
		}
		if cost, ok := r.readLine(i+1, rows[i]); ok {
			r.file.Costs = append(r.file.Costs, cost)
		}
	}
	if lines == 0 {
		r.problem(0, "", "no_lines", "there are no costs below the names of the columns")
	}
}

// readLine reads one line; ok is false when something is wrong with it, which is told.
func (r *costReader) readLine(line int, row []string) (cost UploadedCost, ok bool) {
	before := len(r.file.Problems) + r.lost
	campaign := r.readCampaign(line, row)
	cost = UploadedCost{
		Line: line, Campaign: Ref{ID: campaign.ID, Name: campaign.Name},
		Cost: Cost{AccountID: r.account, CampaignID: campaign.ID, Amount: r.readAmount(line, row)},
	}
	cost.From, cost.To = r.readPeriod(line, row)
	cost.Clicks, cost.Impressions = r.readCount(line, row, columnClicks), r.readCount(line, row, columnImpressions)
	return cost, len(r.file.Problems)+r.lost == before
}

func (r *costReader) readCampaign(line int, row []string) Campaign {
	text := r.header.value(row, columnCampaign)
	title := r.header.title(columnCampaign)
	if text == "" {
		r.problem(line, title, "required", "name the campaign")
		return Campaign{}
	}
	found := r.findCampaigns(text)
	if len(found) == 0 {
		r.problem(line, title, "campaign_unknown", "there is no campaign %q; write its name as in the cabinet, or its id", shorten(text))
		return Campaign{}
	}
	if domain := r.header.value(row, columnSite); domain != "" {
		found = slices.DeleteFunc(slices.Clone(found), func(c Campaign) bool { return !r.isSite(c.SiteID, domain) })
		if len(found) == 0 {
			r.problem(line, r.header.title(columnSite), "site_unknown", "the site %q has no campaign %q", shorten(domain), shorten(text))
			return Campaign{}
		}
	}
	if len(found) > 1 {
		r.problem(line, title, "campaign_ambiguous", "several sites have a campaign %q: say which in a column “site”", shorten(text))
		return Campaign{}
	}
	return found[0]
}

// findCampaigns finds campaigns by name, else by id.
func (r *costReader) findCampaigns(text string) []Campaign {
	for _, name := range []string{text, strings.TrimPrefix(text, "'")} { // the mark keeps spreadsheets from taking a name for a formula
		if found := r.names[plainWords(name)]; len(found) > 0 {
			return found
		}
	}
	if id, err := strconv.ParseInt(text, 10, 64); err == nil {
		if c, ok := r.ids[core.CampaignID(id)]; ok {
			return []Campaign{c}
		}
	}
	return nil
}

func (r *costReader) isSite(id core.SiteID, text string) bool {
	site := r.sites[id]
	text = plainWords(text)
	bare := strings.TrimPrefix(strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(text, "https://"), "http://"), "/"), "www.")
	return text == plainWords(site.Name) || bare == strings.TrimPrefix(strings.ToLower(site.Domain), "www.") || text == site.ID.String()
}

// compareLines finds lines of one campaign that cover the same days.
func (r *costReader) compareLines(lines []int) {
	type period struct{ from, to core.Date }
	first := make(map[period]int, len(lines))
	var spending []int
	for _, i := range lines {
		c := r.file.Costs[i]
		p := period{c.From, c.To}
		if other, taken := first[p]; taken {
			r.problem(c.Line, "", "duplicate", "line %d has the same campaign and period already", r.file.Costs[other].Line)
			continue
		}
		first[p] = i
		if c.Amount.Minor > 0 {
			spending = append(spending, i)
		}
	}
	slices.SortStableFunc(spending, func(a, b int) int {
		return cmp.Compare(r.file.Costs[a].From.Number(), r.file.Costs[b].From.Number())
	})
	longest := -1 // the line that ends last so far
	for _, i := range spending {
		c := r.file.Costs[i]
		if longest >= 0 && r.file.Costs[longest].To.Number() >= c.From.Number() {
			late, other := c, r.file.Costs[longest]
			if late.Line < other.Line {
				late, other = other, late
			}
			r.problem(late.Line, "", "lines_overlap", "line %d has costs of this campaign for some of the same days (%s)", other.Line, other.period())
		}
		if longest < 0 || c.To.Number() > r.file.Costs[longest].To.Number() {
			longest = i
		}
	}
}

// compareStored tells which stored costs of one campaign lines replace, and which they contradict.
func (r *costReader) compareStored(lines []int, stored []Cost) {
	type period struct{ from, to core.Date }
	replaced := make(map[period]bool, len(stored))
	for _, c := range stored {
		replaced[period{c.From, c.To}] = false
	}
	for _, i := range lines {
		c := &r.file.Costs[i]
		if _, c.Replaces = replaced[period{c.From, c.To}]; c.Replaces {
			replaced[period{c.From, c.To}] = true
		}
	}
	staying := slices.DeleteFunc(stored, func(c Cost) bool { return replaced[period{c.From, c.To}] })
	slices.SortFunc(staying, func(a, b Cost) int { return cmp.Compare(a.To.Number(), b.To.Number()) })
	for _, i := range lines {
		own := r.file.Costs[i]
		if own.Amount.Minor == 0 {
			continue
		}
		at, _ := slices.BinarySearchFunc(staying, own.From.Number(), func(c Cost, day int) int { return cmp.Compare(c.To.Number(), day) })
		if at < len(staying) && staying[at].From.Number() <= own.To.Number() { // stored costs of a campaign don't overlap each other
			r.problem(own.Line, "", "period_overlaps", "the campaign has a cost for %s already; remove it first, or take exactly these days", staying[at].period())
		}
	}
}

// period is the cost's days in words.
func (c Cost) period() string {
	if c.From == c.To {
		return c.From.String()
	}
	return c.From.String() + " – " + c.To.String()
}
