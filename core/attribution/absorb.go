package attribution

// maxDense is the greatest number of states for which a full matrix (8 bytes for each pair) is made.
const maxDense = 2048

// absorb returns the removal effect of each channel: the part of all conversions whose paths come by it. There are two exact ways, and what each costs
// decides:
//
//   - elimination of states, which costs the cube of their number at worst but gives all channels together: order 1;
//   - sweeps over the transitions until an error bound says that about twelve digits are right, which cost transitions × channels: many states with few
//     transitions each, as orders 2 and 3 have.
func absorb(c *chain) ([]float64, error) {
	lost := make([]float64, c.channels)
	chance := c.chance()
	if chance == 0 {
		return lost, nil
	}
	if c.denseIsCheaper() {
		eliminate(c, lost)
	} else if err := sweep(c, lost); err != nil {
		return nil, err
	}
	for i, x := range lost {
		lost[i] = max(0, min(1, x/chance))
	}
	return lost, nil
}

func (c *chain) denseIsCheaper() bool {
	const sweepsExpected, fill = 40, 0.25
	n := float64(len(c.channel))
	return n <= maxDense && fill*n*n*n <= sweepsExpected*float64(len(c.to))*float64(c.channels)
}
