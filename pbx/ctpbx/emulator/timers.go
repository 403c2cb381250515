package emulator

import (
	"container/heap"
	"time"
)

// timer is something that will happen. A nil timer is one that is off.
type timer struct {
	due  time.Time
	made int // those due at once go in the order they were made
	at   int // in the heap; -1 = not there
	fn   func()
}

// timers are what will happen, by the emulation's clock and in order: a clock moved by an hour lets each thing happen at its own time.
type timers struct {
	heap    timerHeap
	made    int
	now     time.Time // the time of the timer under way; zero = the clock's
	running bool      // a goroutine waits for the next one
	wake    chan struct{}
}

type timerHeap []*timer

func (h timerHeap) Len() int { return len(h) }

func (h timerHeap) Less(i, j int) bool {
	if h[i].due.Equal(h[j].due) {
		return h[i].made < h[j].made
	}
	return h[i].due.Before(h[j].due)
}

func (h timerHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].at, h[j].at = i, j
}

// Push implements [heap.Interface].
func (h *timerHeap) Push(x any) {
	t := x.(*timer)
	t.at = len(*h)
	*h = append(*h, t)
}

// Pop implements [heap.Interface].
func (h *timerHeap) Pop() any {
	last := len(*h) - 1
	t := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	t.at = -1
	return t
}

// now is the time at the provider's, to the millisecond.
func (s *Server) now() time.Time {
	if !s.timers.now.IsZero() {
		return s.timers.now
	}
	return s.kit.Clock.Now().Truncate(time.Millisecond)
}

// after lets something happen later, under the lock; at the earliest when the caller is done.
func (s *Server) after(d time.Duration, fn func()) *timer {
	s.timers.made++
	t := &timer{due: s.now().Add(max(d, 0)), made: s.timers.made, fn: fn}
	heap.Push(&s.timers.heap, t)
	switch {
	case s.closed:
	case !s.timers.running:
		s.timers.running = true
		s.running.Go(s.wait)
	default:
		s.timers.signal()
	}
	return t
}

// off keeps a timer from happening.
func (s *Server) off(timers ...*timer) {
	for _, t := range timers {
		if t != nil && t.at >= 0 {
			heap.Remove(&s.timers.heap, t.at)
		}
	}
}

func (t *timers) signal() {
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

func (t *timers) clear() {
	for _, one := range t.heap {
		one.at = -1
	}
	t.heap = nil
}

// catchUp lets everything happen that is due.
func (s *Server) catchUp() (happened bool) {
	for len(s.timers.heap) > 0 && !s.closed {
		next := s.timers.heap[0]
		if next.due.After(s.kit.Clock.Now()) {
			break
		}
		heap.Pop(&s.timers.heap)
		s.timers.now = next.due
		next.fn()
		s.timers.now = time.Time{}
		happened = true
	}
	return happened
}

// wait lets things happen as their time comes, until there is nothing to wait for.
func (s *Server) wait() {
	for {
		due, more := s.next()
		if !more {
			return
		}
		offset := s.kit.Clock.Offset()
		fired, cancel := s.kit.Clock.After(due.Sub(s.kit.Clock.Now()))
		if s.kit.Clock.Offset() == offset { // else it was moved before it knew of us
			select {
			case <-fired:
			case <-s.timers.wake:
			case <-s.stop:
			}
		}
		cancel()
	}
}

func (s *Server) next() (due time.Time, more bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.catchUp() {
		s.touch()
	}
	if s.closed || len(s.timers.heap) == 0 {
		s.timers.running = false
		return time.Time{}, false
	}
	return s.timers.heap[0].due, true
}
