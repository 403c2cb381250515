package visits

import "strings"

// medium is what a word of utm_medium means.
type medium struct {
	channel Channel
	paid    bool
}

// loadMedia lists the words of utm_medium, folded like those of utm_source.
func loadMedia() map[string]medium {
	media := map[string]medium{}
	add := func(m medium, words string) {
		for _, w := range strings.Fields(words) {
			media[foldWord(w)] = m
		}
	}
	add(medium{ChannelPaid, true}, `cpc ppc cpp sem срс cpс сpc сpс retargeting remarketing adwords ads ad adv advert advertising context contextual kontekst контекст
		target targeting targeted таргет targetads search_cpc cpc_search smm_paid social_paid social_cpc socialads promopost promo_post
		promoted sponsored boost direct_cpc yandex_direct direct rsya рся poisk shopping pla lookalike marketplace_ads leadform lead_form`)
	add(medium{ChannelDisplay, true}, `display banner banners баннер banner_ad cpm cpv media medijka медийка mediynaya expandable interstitial teaser teasers тизер
		programmatic rtb video videoad preroll pre-roll olv native richmedia dooh`)
	add(medium{ChannelAffiliate, true}, `affiliate affiliates partner partners partnerka партнер партнёр cpa cpo cps cpl cpi revshare referral_program`)
	add(medium{ChannelEmail, false}, `email e-mail mail newsletter newsletters mailing mailings emailing рассылка rassylka rassilka e-mailing digest
		trigger trigger_email email_trigger email_newsletter mailer письмо`)
	add(medium{ChannelMessenger, false}, `messenger messengers мессенджер whatsapp wa telegram tg tg_channel tgchannel viber max bot chatbot chat sms смс push webpush
		web_push push_notification pushnotifications notification mobile_push waba`)
	add(medium{ChannelSocial, false}, `social soc social-network social-media social_net socialnetwork socialnetworks socialmedia sm smm смм
		post posts пост story stories сторис reels clips wall group community bio profile smo influencer influencers blogger bloggers блогер posev посев`)
	add(medium{ChannelRecommendation, false}, `recommendation recommendations recommend feed discover dzen zen дзен news_exchange`)
	add(medium{ChannelOrganic, false}, `organic seo free search organic_search`)
	add(medium{ChannelReferral, false}, `referral ref link links site article статья pr catalog catalogue каталог map maps qr qrcode qr_code offline офлайн print flyer
		listovka листовка radio tv card profile_link widget button button_link partner_site ai forum blog press presentation pdf`)
	add(medium{ChannelDirect, false}, `(none) none typein (not_set)`)
	return media
}

// medium finds the meaning of a word; words that begin with "paid" or "cpc" or end in "cpc" mean paid clicks.
func (c *Classifier) medium(word string) (medium, bool) {
	folded := foldWord(word)
	if m, ok := c.media[folded]; ok {
		return m, true
	}
	for _, start := range [...]string{"paid", "cpc", "ppc", "retarget", "remarket"} {
		if strings.HasPrefix(folded, start) {
			return medium{ChannelPaid, true}, true
		}
	}
	switch {
	case strings.HasSuffix(folded, "cpc"), strings.HasSuffix(folded, "ppc"), strings.HasSuffix(folded, "paid"):
		return medium{ChannelPaid, true}, true
	case strings.HasPrefix(folded, "banner"), strings.HasPrefix(folded, "display"):
		return medium{ChannelDisplay, true}, true
	case strings.HasPrefix(folded, "email"):
		return medium{ChannelEmail, false}, true
	case strings.HasPrefix(folded, "social"):
		return medium{ChannelSocial, false}, true
	}
	return medium{}, false
}

type parameterRole uint8

const (
	roleOther parameterRole = iota
	roleUTM
	roleOpenStat
	roleFrom
	// roleAdClick is a click somebody paid for.
	roleAdClick
	// roleMark tells where a click came from, though nobody paid for it.
	roleMark
	// roleID is kept, but tells nothing about the way.
	roleID
)

// isAdvertising says whether the parameter makes an arrival even of a link inside the site.
func (r parameterRole) isAdvertising() bool {
	return r == roleUTM || r == roleOpenStat || r == roleAdClick
}

// parameter is what the presence of a parameter of an address means.
type parameter struct {
	role    parameterRole
	channel Channel
	// source is the word of the source, engine the advertising system; empty when the parameter doesn't tell.
	source, engine string
}

func loadParameters() map[string]parameter {
	params := map[string]parameter{"_openstat": {role: roleOpenStat}, "openstat": {role: roleOpenStat}, "from": {role: roleFrom}}
	for _, name := range [...]string{"source", "medium", "campaign", "term", "content", "referrer", "expid", "id", "source_platform", "creative_format", "marketing_tactic"} {
		params["utm_"+name] = parameter{role: roleUTM}
	}
	ad := func(source, engine string, channel Channel, names ...string) {
		for _, n := range names {
			params[n] = parameter{role: roleAdClick, channel: channel, source: source, engine: engine}
		}
	}
	mark := func(source string, channel Channel, names ...string) {
		for _, n := range names {
			params[n] = parameter{role: roleMark, channel: channel, source: source}
		}
	}
	ad("google", "google.ads", ChannelPaid, "gclid", "gbraid", "wbraid", "gad_source", "gad_campaignid", "gclsrc")
	ad("google", "google.ads", ChannelDisplay, "dclid")
	ad("yandex", "yandex.direct", ChannelPaid, "yclid")
	ad("yandex.market", "yandex.market", ChannelPaid, "ymclid")
	ad("bing", "microsoft.ads", ChannelPaid, "msclkid")
	ad("tiktok", "tiktok.ads", ChannelPaid, "ttclid")
	ad("linkedin", "linkedin.ads", ChannelPaid, "li_fat_id")
	ad("x", "x.ads", ChannelPaid, "twclid")
	ad("vk", "vk.ads", ChannelPaid, "vkclid", "vk_click_id")
	ad("vk.ads", "vk.ads", ChannelPaid, "rb_clickid")
	ad("snapchat", "snapchat.ads", ChannelPaid, "sccid")
	ad("reddit", "reddit.ads", ChannelPaid, "rdt_cid")
	ad("quora", "quora.ads", ChannelPaid, "qclid")
	ad("taboola", "taboola", ChannelPaid, "tblci")
	ad("outbrain", "outbrain", ChannelPaid, "obclid", "dicbo")
	ad("", "", ChannelPaid, "roistat", "calltouch_tm", "cm_id", "ef_id", "s_kwcid", "k50id")
	ad("admitad", "admitad", ChannelAffiliate, "admitad_uid", "tagtag_uid")
	ad("actionpay", "actionpay", ChannelAffiliate, "actionpay")
	ad("cityads", "cityads", ChannelAffiliate, "click_id_cityads")
	mark("yandex", ChannelOrganic, "ysclid", "yrclid", "etext")
	mark("google.com", ChannelOrganic, "srsltid")
	mark("facebook.com", ChannelSocial, "fbclid")
	mark("instagram.com", ChannelSocial, "igshid", "igsh")
	mark("pinterest.com", ChannelSocial, "epik")
	mark("mailchimp", ChannelEmail, "mc_cid", "mc_eid")
	mark("marketo", ChannelEmail, "mkt_tok")
	mark("hubspot", ChannelEmail, "_hsenc")
	for _, n := range [...]string{"_ym_uid", "calltouch_session_id", "ctm_session", "roistat_visit", "_ga", "_gl"} {
		params[n] = parameter{role: roleID}
	}
	return params
}
