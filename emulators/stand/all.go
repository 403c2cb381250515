package stand

import (
	amocrm "github.com/skvoz/skvoz/connectors/amocrm/emulator"
	bitrix24 "github.com/skvoz/skvoz/connectors/bitrix24/emulator"
	"github.com/skvoz/skvoz/internal/emulation"
	pbxsim "github.com/skvoz/skvoz/pbx/ctpbx/emulator"
	mango "github.com/skvoz/skvoz/pbx/mango/emulator"
	uis "github.com/skvoz/skvoz/pbx/uis/emulator"
)

// All returns the emulators there are. New ones are added at the end, so that the ports of the others stay.
func All() []Maker {
	return []Maker{
		{Kind: "amocrm", New: func(kit *emulation.Kit, baseURL string) emulation.Vendor {
			return amocrm.New(kit, amocrm.Options{BaseURL: baseURL, AnyLoopbackRedirect: true})
		}},
		{Kind: "bitrix24", New: func(kit *emulation.Kit, baseURL string) emulation.Vendor {
			return bitrix24.New(kit, bitrix24.Options{BaseURL: baseURL})
		}},
		{Kind: "uis", New: func(kit *emulation.Kit, baseURL string) emulation.Vendor {
			return uis.New(kit, uis.Options{BaseURL: baseURL})
		}},
		{Kind: "pbxsim", New: func(kit *emulation.Kit, baseURL string) emulation.Vendor {
			return pbxsim.New(kit, pbxsim.Options{BaseURL: baseURL})
		}},
		{Kind: "mango", New: func(kit *emulation.Kit, baseURL string) emulation.Vendor {
			return mango.New(kit, mango.Options{BaseURL: baseURL})
		}},
	}
}
