package attribution

// Assists tells what part each channel had in one conversion: it calls visit once for each different channel on the path, in the order in which
// they first appear.
//
//   - assisted: the channel is on the path anywhere except as the final interaction.
//   - first: it began the path; this is a kind of assist, unless the path has one touch only.
//   - last: it is the final interaction.
//
// A channel that is on the path earlier and last as well has both assisted and last, and so counts in both columns. Summed over channels, assisted
// conversions may therefore exceed the conversions there were: show the distinct number beside them.
func Assists(p Path, visit func(channel int32, assisted, first, last bool)) {
	n := len(p.Touches)
	for i := range p.Touches {
		if previous(p.Touches, i) >= 0 {
			continue
		}
		c := p.Touches[i].Channel
		visit(c, i < n-1, i == 0, p.Touches[n-1].Channel == c)
	}
}
