package calltracking

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
)

// Plan is how one site shows numbers: what a visit gets follows from it without a statement. It never changes.
type Plan struct {
	AccountID core.AccountID
	SiteID    core.SiteID
	// Blocks are the site's, in order.
	Blocks []Block
	// Pools are the enabled pools with numbers, in order of priority.
	Pools []Pool
	// Statics are the site's static numbers that may be shown.
	Statics []VirtualNumber
}

// Choice is what a block is to show.
type Choice struct {
	Block Block
	// Pool is the pool to borrow from; nil = none is for this visit.
	Pool *Pool
	// Static is shown when nothing is borrowed; nil = the page's own number stays.
	Static *VirtualNumber
}

// NeedsVisit reports whether choosing depends on more than the page.
func (p *Plan) NeedsVisit() bool {
	return slices.ContainsFunc(p.Pools, func(pool Pool) bool { return pool.Segment.NeedsVisit() }) ||
		slices.ContainsFunc(p.Statics, func(n VirtualNumber) bool { return n.CampaignID != 0 })
}

// Choose says what each block is to show to a visit.
func (p *Plan) Choose(v Visit) []Choice {
	out := make([]Choice, len(p.Blocks))
	for i, b := range p.Blocks {
		out[i] = Choice{Block: b, Pool: p.pool(b, v), Static: p.static(b, v)}
	}
	return out
}

func (p *Plan) pool(b Block, v Visit) *Pool {
	for i := range p.Pools {
		if pool := &p.Pools[i]; (pool.BlockID == 0 || pool.BlockID == b.ID) && pool.Segment.Matches(v) {
			return pool
		}
	}
	return nil
}

// static finds the number of the visit's campaign, else of the whole site: one of the block before one of all blocks, the default one first.
func (p *Plan) static(b Block, v Visit) *VirtualNumber {
	var best *VirtualNumber
	rank := func(n *VirtualNumber) int {
		r := 0
		for i, good := range []bool{n.IsDefault, n.BlockID != 0, n.CampaignID != 0} {
			if good {
				r |= 1 << i
			}
		}
		return r
	}
	for i := range p.Statics {
		n := &p.Statics[i]
		if (n.BlockID != 0 && n.BlockID != b.ID) || (n.CampaignID != 0 && n.CampaignID != v.CampaignID) {
			continue
		}
		if best == nil || cmp.Or(cmp.Compare(rank(n), rank(best)), cmp.Compare(best.ID, n.ID)) > 0 {
			best = n
		}
	}
	return best
}

// formatter writes numbers the way a block wants them.
type formatter func(core.Phone) string

// format writes a number by a block's mask where it fits, else as the formatter does.
func (f formatter) format(b Block, p core.Phone) string {
	if text, ok := fillMask(b.Mask, string(p)); ok {
		return text
	}
	if f == nil {
		return "+" + string(p)
	}
	return f(p)
}

// fillMask writes digits into the signs # of a mask. Fewer signs than digits take the last digits; more do not fit.
func fillMask(mask, digits string) (string, bool) {
	n := strings.Count(mask, "#")
	if n == 0 || n > len(digits) {
		return "", false
	}
	rest := digits[len(digits)-n:]
	var out strings.Builder
	for _, r := range mask {
		if r != '#' {
			out.WriteRune(r)
			continue
		}
		out.WriteByte(rest[0])
		rest = rest[1:]
	}
	return out.String(), true
}

// Interval is how often a browser should ask while it shows a number that is held so long.
func Interval(hold time.Duration) time.Duration {
	return min(30*time.Second, max(10*time.Second, hold*2/5))
}
