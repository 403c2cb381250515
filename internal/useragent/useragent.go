// Package useragent reads browsers' User-Agent headers: which device, browser and system it is, and whether it is a robot.
package useragent

import (
	"strings"

	lru "github.com/hashicorp/golang-lru/v2"
)

// DeviceType is the kind of a device.
type DeviceType string

// The kinds of device.
const (
	Desktop DeviceType = "desktop"
	Mobile  DeviceType = "mobile"
	Tablet  DeviceType = "tablet"
	Other   DeviceType = "other"
)

// BotReason says why a User-Agent is taken for a robot's; it is empty for a person's browser.
type BotReason string

// The reasons.
const (
	// BotMissing: there is no User-Agent.
	BotMissing BotReason = "missing"
	// BotLength: shorter than any browser's (MinLength) or longer (MaxLength).
	BotLength BotReason = "length"
	// BotNoLetters: nothing a browser would call itself.
	BotNoLetters BotReason = "no_letters"
	// BotCrawler: a known crawler, monitor or link preview.
	BotCrawler BotReason = "crawler"
	// BotClientLibrary: a library or a tool that fetches addresses: curl, python-requests, Go-http-client, ….
	BotClientLibrary BotReason = "client_library"
	// BotAutomated: a browser without a person: Headless Chrome, PhantomJS, ….
	BotAutomated BotReason = "automated"
	// BotContainsURL: it names an address, as decent robots do and browsers never.
	BotContainsURL BotReason = "contains_url"
)

// Bounds of what browsers send, in bytes.
const (
	MinLength = 16
	MaxLength = 512
)

// Info is what a User-Agent tells.
type Info struct {
	Bot       bool
	BotReason BotReason
	// DeviceType is Other when nothing is known.
	DeviceType DeviceType
	// Browser and OS are names with version, "Chrome 143", "Windows 10"; empty when unknown.
	Browser, OS string
}

// Parser reads User-Agents and remembers the most recent ones. It may be used by several goroutines.
type Parser struct {
	cache *lru.Cache[string, Info]
}

// DefaultCacheSize is enough for what a busy server meets in an hour.
const DefaultCacheSize = 8192

// New makes a parser that remembers up to cacheSize User-Agents, DefaultCacheSize when it isn't positive.
func New(cacheSize int) *Parser {
	if cacheSize <= 0 {
		cacheSize = DefaultCacheSize
	}
	cache, err := lru.New[string, Info](cacheSize)
	if err != nil {
		panic(err) // only for a size that isn't positive
	}
	return &Parser{cache: cache}
}

// Parse reads one header.
func (p *Parser) Parse(ua string) Info {
	if info, ok := p.cache.Get(ua); ok {
		return info
	}
	info := read(ua)
	if len(ua) <= MaxLength {
		p.cache.Add(strings.Clone(ua), info)
	}
	return info
}
