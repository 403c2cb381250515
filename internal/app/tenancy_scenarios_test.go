package app_test

import "fmt"

// draw draws a scenario, adds a sound and blocks a caller.
func (r *running) draw(x *tenant) {
	r.t.Helper()
	x.ids["mediaFile"] = []string{r.gql(x, fmt.Sprintf(`mutation { uploadMediaFile(input: {fileName: %q, content: "UklGRg=="}) { mediaFile { id } } }`, x.marker+" sound.wav"), "uploadMediaFile.mediaFile.id")}
	x.ids["scenario"] = []string{r.gql(x, fmt.Sprintf(`mutation { createScenario(input: {name: %q, graph: {start: "p", operations: [
		{id: "p", type: "play", title: %q, settings: [{key: "media", values: [%q]}], exits: [{name: "done", to: "bye"}]}, {id: "bye", type: "hangup"}]}}) { scenario { id } } }`,
		x.marker+" scenario", x.marker+" operation", x.ids["mediaFile"][0]), "createScenario.scenario.id")}
	r.gql(x, fmt.Sprintf(`mutation { blockCaller(input: {phone: "+7 926 555-44-33", note: %q}) { blockedCaller { phone } } }`, x.marker+" blocked"), "blockCaller.blockedCaller.phone")
}
