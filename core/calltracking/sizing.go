package calltracking

import "math"

// MaxSize is the largest pool Size finds.
const MaxSize = 10_000

// Blocking returns the probability that none of n numbers is free at an offered load of so many visits at once (Erlang's formula B).
func Blocking(n int, load float64) float64 {
	if load <= 0 {
		return 0
	}
	b := 1.0
	for i := 1; i <= n; i++ {
		b = load * b / (float64(i) + load*b)
	}
	return b
}

// Sizing is what a pool of a size can be expected to do.
type Sizing struct {
	// Load is how many visits hold a number at once, on average.
	Load float64
	// Numbers is the size.
	Numbers int
	// Blocking is the share of visits for which no number will be free.
	Blocking float64
}

// Size finds the smallest pool at which no more than the target share of visits finds no number free. Lambda is new visits an hour in the busiest
// hour; visit and hold are how long a visit lasts and a number is held after it, in minutes. Target is a share, 0.01 = 1 %. At most MaxSize
// numbers are found; values below zero count as zero.
func Size(lambda, visit, hold, target float64) Sizing {
	load := max(0, lambda) / 60 * (max(0, visit) + max(0, hold))
	if math.IsNaN(load) || math.IsInf(load, 0) {
		load = 0
	}
	s := Sizing{Load: load, Numbers: 1, Blocking: 1}
	b := 1.0
	for n := 1; n <= MaxSize; n++ {
		if load > 0 {
			b = load * b / (float64(n) + load*b)
		} else {
			b = 0
		}
		s.Numbers, s.Blocking = n, b
		if b <= target {
			break
		}
	}
	return s
}
