package useragent

import (
	"strings"

	agents "github.com/monperrus/crawler-user-agents"
)

// libraries are beginnings of what libraries and tools call themselves, in lower case.
var libraries = []string{
	"curl/", "wget/", "python", "aiohttp/", "httpx/", "go-http-client/", "okhttp/", "java/", "apache-httpclient/", "jakarta", "libwww-perl/", "lwp::",
	"php/", "guzzlehttp", "symfony", "node-fetch", "node/", "undici", "axios/", "got ", "superagent", "ruby", "faraday", "rest-client", "restsharp", "postmanruntime/", "insomnia/",
	"httpie/", "winhttp", "powershell", "mozilla/5.0 (windows nt; windows nt 10.0; ru-ru) windowspowershell", "dart/", "reqwest", "hyper/", "ureq/", "perl", "scrapy/", "colly",
	"1c+enterprise", "1c:enterprise", "1c-bitrix", "bitrix", "wordpress/", "drupal", "zgrab", "masscan", "nmap", "nikto", "sqlmap", "cfnetwork/", "urlgrabber", "libcurl", "pycurl", "fasthttp", "resty", "vegeta", "k6/", "apachebench/", "hey/", "wrk/",
}

// automated are marks of browsers nobody sits at, in lower case.
var automated = []string{"headlesschrome", "phantomjs", "puppeteer", "playwright", "selenium", "webdriver", "slimerjs", "electron-prerender", "cypress/", "splash"}

// botReason says why the header is a robot's, "" for a person's browser.
func botReason(ua string) BotReason {
	trimmed := strings.TrimSpace(ua)
	if trimmed == "" {
		return BotMissing
	}
	lower := strings.ToLower(trimmed)
	switch {
	case startsWithAny(lower, libraries):
		return BotClientLibrary
	case containsAny(lower, automated):
		return BotAutomated
	case !containsLetter(lower):
		return BotNoLetters
	case len(trimmed) > MaxLength:
		return BotLength
	case agents.IsCrawler(trimmed):
		return BotCrawler
	case len(trimmed) < MinLength:
		return BotLength
	case containsAny(lower, []string{"http://", "https://", "www."}):
		return BotContainsURL
	}
	return ""
}

func startsWithAny(s string, beginnings []string) bool {
	for _, b := range beginnings {
		if strings.HasPrefix(s, b) {
			return true
		}
	}
	return false
}

func containsAny(s string, marks []string) bool {
	for _, m := range marks {
		if strings.Contains(s, m) {
			return true
		}
	}
	return false
}

func containsLetter(lower string) bool {
	return strings.IndexFunc(lower, func(r rune) bool { return r >= 'a' && r <= 'z' }) >= 0
}
