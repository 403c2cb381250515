package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"strconv"

	amocrm "github.com/skvoz/skvoz/connectors/amocrm/emulator"
	"github.com/skvoz/skvoz/emulators/stand"
	"github.com/skvoz/skvoz/internal/emulation"
)

// perSecond is the vendor's limit.
const perSecond = 7

// place says how to reach the emulator.
type place struct{ URL, Token, Funnel, Stage string }

// counts are what the emulator was asked and made, all there ever was.
type counts struct{ Requests, Contacts, Deals, Notes int }

// emulate runs the emulator until ctx ends or the other process does. It says in one line of JSON how to reach it, and answers each line of its input
// with its counts.
func emulate(ctx context.Context, hurry string) error {
	times, err := strconv.Atoi(hurry)
	if err != nil {
		return err
	}
	running, err := stand.Start(ctx, stand.Config{Makers: []stand.Maker{{Kind: "amocrm", New: func(kit *emulation.Kit, base string) emulation.Vendor {
		return amocrm.New(kit, amocrm.Options{BaseURL: base, Rate: perSecond * times, AccountRate: 50 * times, BanAfter: -1})
	}}}})
	if err != nil {
		return err
	}
	crm := running.Vendor("amocrm").(*amocrm.Server)
	line := crm.Pipelines()[0]
	out := json.NewEncoder(os.Stdout)
	err = out.Encode(place{running.URL("amocrm"), crm.Token(), strconv.FormatInt(line.ID, 10), strconv.FormatInt(line.Statuses[1].ID, 10)})
	for asked := bufio.NewScanner(os.Stdin); err == nil && asked.Scan(); {
		_, last := running.Kit("amocrm").Journal.Bounds()
		made := crm.Counts()
		err = out.Encode(counts{last, made.Contacts, made.Leads, made.Notes})
	}
	return errors.Join(err, running.Close())
}

// vendor is the emulator, in a process of its own.
type vendor struct {
	place
	process *exec.Cmd
	in      io.Writer
	out     *json.Decoder
}

func startVendor(ctx context.Context, hurry int) (*vendor, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	v := &vendor{process: exec.CommandContext(ctx, self, emulatorFlag, strconv.Itoa(hurry))}
	v.process.Stderr = os.Stderr
	if v.in, err = v.process.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := v.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := v.process.Start(); err != nil {
		return nil, err
	}
	v.out = json.NewDecoder(out)
	if err := v.out.Decode(&v.place); err != nil {
		v.close()
		return nil, err
	}
	return v, nil
}

func (v *vendor) close() {
	_ = v.process.Process.Kill()
	_ = v.process.Wait() // it was killed
}

func (v *vendor) counts() (c counts, err error) {
	if _, err = io.WriteString(v.in, "counts\n"); err != nil {
		return c, err
	}
	return c, v.out.Decode(&c)
}
