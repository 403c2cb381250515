// Package reports counts: end-to-end analytics, summary, deal analysis, associated conversions and attribution models, over day segments of facts
// (see SegmentStore), by any dimensions, under any attribution model, and shows the rows any figure was made of.
package reports
