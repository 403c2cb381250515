package reports

// SetBitmapWords bounds the bitmaps visitors are counted with, so that tests can go the ways of large accounts.
func (s *Service) SetBitmapWords(n int) { s.bitmapWords = n }

// Metrics and Dimensions are all there are.
func Metrics() (out []Metric) {
	for _, m := range metrics {
		out = append(out, m.Metric)
	}
	return out
}

// Dimensions are all there are.
func Dimensions() (out []Dimension) {
	for _, d := range dimensions {
		out = append(out, d.Dimension)
	}
	return out
}
