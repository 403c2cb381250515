package exchange

// Answer answers a telephone that rings.
func (b *Board) Answer(c *Call, l *Leg) error {
	b.Settle()
	if l.State != LegRinging {
		return stageError(c, "ringing there")
	}
	b.answered(c, l)
	b.Settle()
	return nil
}

// HangUp ends one leg as if its party hung up (or refused the call), or by command; a call goes on without it as calls do.
func (b *Board) HangUp(c *Call, l *Leg, why Reason) error {
	b.Settle()
	if !l.Live() || !c.Live() {
		return stageError(c, "live")
	}
	b.gone(c, l, why)
	b.Settle()
	return nil
}

// Finish ends a call by command.
func (b *Board) Finish(c *Call) error {
	b.Settle()
	if !c.Live() {
		return stageError(c, "live")
	}
	c.Reason = ReasonCommand
	b.finish(c, nil)
	return nil
}

// Hold lets the contact listen to music.
func (b *Board) Hold(c *Call) error {
	b.Settle()
	if c.Stage != StageTalk {
		return stageError(c, "a talk")
	}
	contact := c.LiveLeg(Contact)
	contact.State, c.Stage = LegHeld, StageHold
	b.tell(LegIsHeld, c, contact, c.Talk())
	return nil
}

// Unhold lets the contact talk again.
func (b *Board) Unhold(c *Call) error {
	b.Settle()
	if c.Stage != StageHold {
		return stageError(c, "on hold")
	}
	b.resume(c)
	return nil
}

func (b *Board) resume(c *Call) {
	contact := c.LiveLeg(Contact)
	contact.State, c.Stage, c.Transfer = LegTalking, StageTalk, ""
	b.tell(LegIsBack, c, contact, c.Talk())
}

// Consult rings a third party for the employee whose contact is on hold.
func (b *Board) Consult(c *Call, t Target) error {
	b.Settle()
	if c.Stage != StageHold {
		return stageError(c, "on hold")
	}
	c.Stage, c.Transfer = StageConsultDialing, "consultative"
	b.ring(c, Third, t)
	b.Settle()
	return nil
}

// Transfer hands the contact over to the third party; one that still rings gets it when it answers.
func (b *Board) Transfer(c *Call) error {
	b.Settle()
	if c.Stage != StageConsult && c.Stage != StageConsultDialing {
		return stageError(c, "in a consultation")
	}
	b.handOver(c, c.LiveLeg(Employee), ReasonTransferred)
	b.Settle()
	return nil
}

// Restore leaves the third party and returns to the contact.
func (b *Board) Restore(c *Call) error {
	b.Settle()
	if c.Stage != StageConsult && c.Stage != StageConsultDialing {
		return stageError(c, "in a consultation")
	}
	b.end(c, c.LiveLeg(Third), ReasonCommand)
	b.resume(c)
	return nil
}

// Blind hands the contact over to a telephone that rings from now on. If nobody answers, the employee's rings again.
func (b *Board) Blind(c *Call, t Target) error {
	b.Settle()
	employee, contact := c.LiveLeg(Employee), c.LiveLeg(Contact)
	if c.Stage != StageTalk && c.Stage != StageHold {
		return stageError(c, "a talk")
	}
	b.endTalk(c)
	contact.State, c.Stage, c.Transfer = LegAnswered, StageDialing, "blind"
	c.back = &Target{Number: employee.Number, Owner: employee.Owner, Calling: employee.Calling}
	b.end(c, employee, ReasonTransferred)
	c.plan = []Step{{Role: Employee, Targets: []Target{t}}}
	b.ringNext(c)
	b.Settle()
	return nil
}

// Reroute sends an inbound call elsewhere while nobody has answered; all the telephones ring at once.
func (b *Board) Reroute(c *Call, to ...Target) error {
	b.Settle()
	if c.Direction != In || c.Stage != StageDialing || len(c.Talks) > 0 {
		return stageError(c, "waiting for its first answer")
	}
	for _, l := range c.Legs {
		if l.State == LegRinging {
			b.end(c, l, ReasonRerouted)
		}
	}
	c.plan = []Step{{Role: Employee, Parallel: true, Targets: to}}
	b.ringNext(c)
	b.Settle()
	return nil
}

// Digits sends digits from a leg.
func (b *Board) Digits(c *Call, l *Leg, digits string) error {
	b.Settle()
	if !c.Live() || !l.Live() || l.State == LegRinging {
		return stageError(c, "answered")
	}
	b.Hear(Event{Kind: DigitsSent, At: b.Now(), Call: c, Leg: l, Digits: digits})
	return nil
}

// Record switches recording on or off. What was recorded of a talk is kept.
func (b *Board) Record(c *Call, on bool) error {
	b.Settle()
	if !c.Live() {
		return stageError(c, "live")
	}
	c.Recording = on
	if t := c.Talk(); t != nil && on && !t.Recorded {
		t.Recorded = true
		b.tell(RecordStarts, c, c.Leg(t.Legs[1]), t)
	}
	return nil
}
