package tracker

import (
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/core/visits"
	"github.com/skvoz/skvoz/internal/useragent"
)

// maxDelay is the longest time between a view and its sending, ms.
const maxDelay = 86_400_000

// view is a page view on its way to the store; it describes the session that the view may open.
type view struct {
	input    visits.HitInput
	class    visits.Classification
	site     *goals.TrackedSite
	agent    useragent.Info
	places   Places
	ip       netip.Addr
	screen   string
	language string
	referrer string
}

// hit answers /cs/h.
func (s *Server) hit(w http.ResponseWriter, q *request) *refusal {
	if bad := s.findSite(q); bad != nil {
		return bad
	}
	v, bad := s.readView(&q.params, q.site, q.ip, q.UserAgent())
	if bad != nil {
		return bad
	}
	v.input.At = s.cfg.Clock.Now().Add(-time.Duration(q.params.millis("d", maxDelay)) * time.Millisecond)
	if reason := s.unwanted(q, v.agent); reason != "" {
		s.keepRefusal(q, v, reason)
		return notCounted(reason)
	}
	result, err := s.cfg.Hits.Hit(&v.input)
	if err != nil {
		return asRefusal(err)
	}
	s.metrics.hits.Inc()
	var space [160]byte
	body := append(space[:0], `{"v":`...)
	body = strconv.AppendInt(body, int64(result.VisitorID), 10)
	body = strconv.AppendInt(append(body, `,"s":`...), int64(result.SessionID), 10)
	body = strconv.AppendInt(append(body, `,"t":`...), result.StartedAt.Unix(), 10)
	body = strconv.AppendInt(append(body, `,"h":`...), int64(result.HitID), 10)
	answerJSON(w, q.wantsPicture(), append(body, '}'))
	return nil
}

// readView reads what a hit says.
func (s *Server) readView(p *params, site *goals.TrackedSite, ip netip.Addr, userAgent string) (*view, *refusal) {
	nonce, ok := p.nonce("n")
	if !ok {
		return nil, invalid("n must be 12 to 32 of [a-z0-9]")
	}
	address := p.text("u", maxAddress)
	if !strings.Contains(address, "://") {
		return nil, invalid("u, the page's address, is missing or none")
	}
	seed, _ := p.nonce("f")
	visitor, session := p.known("v"), p.known("s")
	v := &view{
		site: site, agent: s.cfg.Agents.Parse(userAgent), places: s.cfg.Places, ip: ip,
		screen: p.text("w", 20), language: p.text("la", 35), referrer: p.text("r", maxAddress),
	}
	v.class = s.cfg.Classifier.Classify(visits.Arrival{
		PageURL: address, Referrer: v.referrer, SiteDomain: site.Domain, ExcludedReferrers: site.Settings.ExcludedReferrers,
	})
	v.input = visits.HitInput{
		AccountID: site.AccountID, SiteID: site.ID, Nonce: nonce, Seed: seed,
		VisitorID: core.VisitorID(visitor), SessionID: core.SessionID(session), URL: address, Title: p.text("ti", maxTitle),
		GAClientID: p.text("ga", maxText), YMClientID: p.text("ym", maxText),
		Timeout: site.Settings.SessionTimeout(), CampaignLifetime: time.Duration(site.Settings.CampaignLifetimeDays) * 24 * time.Hour, Opener: v,
	}
	if v.class.IsArrival {
		v.input.Class = &v.class
	}
	return v, nil
}

// known reads an identifier the sender was told; nonsense counts as none, since a cookie may hold anything.
func (p *params) known(key string) int64 {
	id, _ := p.id(key)
	return id
}

// Opening implements visits.Opener.
func (v *view) Opening(*visits.HitInput) visits.Opening {
	o := visits.Opening{Class: v.class, Client: visits.Client{
		DeviceType: visits.DeviceType(v.agent.DeviceType), Browser: v.agent.Browser, OS: v.agent.OS, Language: v.language, Screen: v.screen,
	}}
	if v.ip.IsValid() {
		o.Client.IP = v.ip.String()
	}
	if v.places != nil {
		o.Client.Country, o.Client.Region, o.Client.City = v.places.Lookup(v.ip)
	}
	arrival := visits.Arrival{PageURL: v.input.URL, Referrer: v.referrer, SiteDomain: v.site.Domain}
	o.CampaignID, _ = v.site.Matcher.Match(v.class.Facts(arrival, o.Client))
	return o
}

// unwanted says why a hit is not counted; empty = it is.
func (s *Server) unwanted(q *request, agent useragent.Info) visits.Reason {
	switch {
	case q.site.IgnoresIP(q.ip):
		return visits.ReasonIPIgnored
	case isPrefetch(q.Header):
		return visits.ReasonPrefetch
	case agent.Bot:
		return botReason(agent.BotReason)
	case q.params.raw("wd") == "1":
		return visits.ReasonBotWebdriver
	case q.site.Settings.RespectDoNotTrack && (isOne(q.Header["Dnt"]) || isOne(q.Header["Sec-Gpc"])):
		return visits.ReasonDoNotTrack
	}
	return ""
}

func isOne(values []string) bool { return len(values) > 0 && values[0] == "1" }

func isPrefetch(h http.Header) bool {
	for _, name := range [...]string{"Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"} {
		if v := h[name]; len(v) > 0 && (strings.HasPrefix(v[0], "prefetch") || strings.HasPrefix(v[0], "preview")) {
			return true
		}
	}
	return false
}

func botReason(r useragent.BotReason) visits.Reason {
	switch r {
	case useragent.BotMissing:
		return visits.ReasonUAMissing
	case useragent.BotLength:
		return visits.ReasonUALength
	default:
		return visits.ReasonBotUA
	}
}
