package reports

import (
	"github.com/skvoz/skvoz/core/attribution"
)

// makeModels makes the models that are built from all paths: of channels, over the facts that were loaded. Paths that are alike are put together.
func (q *query) makeModels(l *loaded) error {
	for i := range q.models {
		m := &q.models[i]
		if m.id != attribution.MarkovRemovalEffect {
			continue
		}
		var err error
		if m.comm, err = markovOf(q.commPaths(l)); err != nil {
			return err
		}
		if m.deal, err = markovOf(q.dealPaths(l)); err != nil {
			return err
		}
	}
	return nil
}

func markovOf(p *pathSet) (attribution.Weigher, error) {
	m, err := attribution.NewMarkov(p.paths, 1)
	if err != nil {
		return nil, err
	}
	return m, nil
}

// pathSet puts paths that are alike together.
type pathSet struct {
	ids   map[string]int
	paths []attribution.ChannelPath
	key   []byte
}

func newPathSet() *pathSet { return &pathSet{ids: map[string]int{}} }

// add counts a path that ended in a conversion worth value.
func (s *pathSet) add(channels []int32, value float64) {
	s.key = s.key[:0]
	for _, c := range channels {
		s.key = append(s.key, byte(c), byte(c>>8), byte(c>>16), byte(c>>24))
	}
	i, ok := s.ids[string(s.key)]
	if !ok {
		i = len(s.paths)
		s.ids[string(s.key)] = i
		s.paths = append(s.paths, attribution.ChannelPath{Channels: append([]int32(nil), channels...)})
	}
	s.paths[i].Conversions++
	s.paths[i].Value += value
}

// channelsOf appends the channels of the touches of a row from moment − look-back to moment, consecutive repeats once.
func (q *query) channelsOf(dst []int32, t *Touches, row int, moment int64, code func(o Origin) int32) []int32 {
	for i := t.Start[row]; i < t.Start[row+1]; i++ {
		if at := t.At[i]; at < moment-q.lookback || at > moment {
			continue
		}
		c := code(t.Origins[t.OriginOf[i]])
		if len(dst) == 0 || dst[len(dst)-1] != c {
			dst = append(dst, c)
		}
	}
	return dst
}

func (q *query) channelCode(o Origin) int32 { return q.trafficOf(o.Traffic).touchCode() }

func (q *query) commPaths(l *loaded) *pathSet {
	out := newPathSet()
	var channels []int32
	for _, d := range l.comms {
		for i := range d.ID {
			if at := d.at(i); q.isCohort() || l.in.has(at) {
				channels = q.channelsOf(channels[:0], &d.Touches, i, at, q.channelCode)
				out.add(channels, 0)
			}
		}
	}
	return out
}

func (q *query) dealPaths(l *loaded) *pathSet {
	out := newPathSet()
	var channels []int32
	for _, d := range l.deals {
		for i := range d.ID {
			if at := d.at(i); at < l.in.from || !q.isCohort() && at >= l.in.to || !q.countsFunnel(d.Funnel[i]) {
				continue
			}
			channels = q.channelsOf(channels[:0], &d.Touches, i, q.moment(d, i), q.channelCode)
			out.add(channels, float64(d.Revenue[i]))
		}
	}
	return out
}
