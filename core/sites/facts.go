package sites

// Tag is one parameter of an address: "utm_source" = "yandex".
type Tag struct {
	// Key is the parameter's name in lower case.
	Key string
	// Value is decoded.
	Value string
}

// Facts are what campaign conditions look at: the first page of a session and where the visitor came from. Empty strings mean "none".
type Facts struct {
	// EntrancePage is the whole address of the session's first page.
	EntrancePage string
	// Referrer is the whole referrer, ReferrerDomain its host without "www.", internationalised names in punycode.
	Referrer       string
	ReferrerDomain string
	// SearchEngine is the original's word (yandex, google.com, …).
	SearchEngine string
	SearchQuery  string
	// Engine is the advertising system (yandex.direct, google.ads, …).
	Engine string
	// Channel is one of the twelve channels' words.
	Channel string
	// Country is an ISO 3166 code; Region and City are names. A location condition holds if it holds for one of the three.
	Country, Region, City string
	// UTM are the utm_ parameters, OpenStat the four decoded parts of _openstat (service, campaign, ad, source), Other all other parameters.
	UTM, OpenStat, Other []Tag
}
