package emulator_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/pbx/ctpbx/emulator"
)

// act does an action by the control API.
func (s *sim) act(name, values string) answer {
	s.t.Helper()
	return s.send(http.MethodPost, "/_ctl/pbxsim/actions/"+name, "", "", values)
}

func TestControl_EverythingByHTTP(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{Numbers: []string{}, Lines: []emulator.Line{}})
	do := func(name, values string) object {
		t.Helper()
		r := s.act(name, values)
		require.Equal(t, http.StatusOK, r.status, r.text)
		result, _ := r.json(t)["result"].(object)
		return result
	}
	do("add_number", `{"number":"+7 495 000-00-01"}`)
	do("add_line", `{"ext":"201","name":"Олег"}`)
	do("add_line", `{"ext":"202"}`)
	do("connect", `{"address":"`+s.to.url+`/tel/v1/conn2/events","secret":"`+secret+`"}`)
	do("fallback", `{"phones":"201, 202"}`)
	s.to.answer("new_call", ring("parallel", "201"))
	id := do("place_call", `{"from":"79000000001","to":"74950000001"}`)["call_id"].(string)
	s.rings("201")
	do("answer", `{"phone":"201"}`)
	do("hold", `{"phone":"201"}`)
	do("resume", `{"phone":"201"}`)
	do("press", `{"phone":"79000000001","digits":"1"}`)
	do("rule", `{"phone":"202","act":"answer","after_ms":0,"hang_up_after_ms":60000}`)
	do("transfer", `{"phone":"201","to":"202","attended":"yes"}`)
	s.event(id, "talk_started", 2)
	do("complete_transfer", `{"phone":"201"}`)
	s.event(id, "talk_started", 3)
	do("hang_up", `{"phone":"79000000001"}`)
	s.event(id, "call_finished", 1)
	do("available", `{"phone":"201","available":"no"}`)
	require.Equal(t, "unavailable", s.phone("201").State)
	do("end_all", `{}`)
	state := do("look", `{}`)
	require.Equal(t, s.to.url+"/tel/v1/conn2", state["connection"].(object)["address"])
	require.NotEmpty(t, state["events"])
	refused := s.act("answer", `{"phone":"201"}`)
	require.Equal(t, http.StatusUnprocessableEntity, refused.status)
	require.Contains(t, refused.text, "does not ring")
	for _, table := range s.Tables() {
		require.NotEmpty(t, table.Rows, table.Name)
	}
}

func TestControl_LookWaitsForAChange(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{Lines: []emulator.Line{{Ext: "101"}}})
	s.await("calm", func() bool { return s.delivery("line_state").State == emulator.DeliveryDelivered })
	before := s.State().Version
	changed := make(chan emulator.State, 1)
	go func() { changed <- s.StateAfter(t.Context(), before, time.Minute) }()
	require.NoError(t, s.SetAvailable("101", false))
	require.Equal(t, "unavailable", (<-changed).Phones[0].State)
}

func TestPage_IsServedToPeople(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	for path, want := range map[string]string{"/": "Telephone simulator", "/?lang=ru": "Симулятор телефонии", "/phones.js": "'use strict'", "/phones.css": ":root"} {
		r := s.send(http.MethodGet, path, "", "", "")
		require.Equal(t, http.StatusOK, r.status)
		require.Contains(t, r.text, want)
	}
	require.Equal(t, http.StatusNotFound, s.send(http.MethodGet, "/nothing", "", "", "").status)
	page := s.send(http.MethodGet, "/", "", "", "")
	require.Contains(t, page.header.Get("Content-Security-Policy"), "default-src 'none'")
	require.NotContains(t, page.text, "<no value>", "a word is missing")
}

func TestReset_ForgetsCallsButNotTheOptions(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	s.talking()
	s.Reset()
	require.Empty(t, s.Calls())
	require.Equal(t, "free", s.phone("101").State)
	require.True(t, s.State().Connection.Connected)
	s.talking()
}

func TestConnect_WhatCantBe(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	require.ErrorContains(t, s.Connect("skvoz", secret), "no address")
	require.ErrorContains(t, s.Connect("https://skvoz.example/tel/v1/x", "secret"), "whsec_")
	require.True(t, s.State().Connection.Connected, "the old one stays")
	require.NoError(t, s.Connect("", ""))
	require.False(t, s.State().Connection.Connected)
	_, err := s.PlaceCall(caller, did, 0)
	require.NoError(t, err)
	require.Equal(t, "finished", s.Calls()[0].State, "nobody can be asked, and there is no fallback")
	require.ErrorContains(t, s.SetRule("101", emulator.Rule{Act: "explode"}), "unknown rule")
	require.ErrorContains(t, s.Answer("12"), "no phone")
	require.ErrorContains(t, s.Press("101", "abc"), "no digits")
}
