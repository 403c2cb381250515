package useragent

import (
	"strings"

	"github.com/mileusna/useragent"
)

func read(ua string) Info {
	reason := botReason(ua)
	info := Info{Bot: reason != "", BotReason: reason, DeviceType: Other}
	if reason == BotMissing || len(ua) > MaxLength {
		return info
	}
	parsed := useragent.Parse(ua)
	info.DeviceType = deviceType(ua, parsed)
	info.Browser = browser(ua, parsed)
	info.OS = system(ua, parsed)
	return info
}

func deviceType(ua string, parsed useragent.UserAgent) DeviceType {
	switch {
	case isTelevision(ua):
		return Other
	case parsed.Tablet, strings.Contains(ua, "iPad"), strings.Contains(ua, "Android") && !strings.Contains(ua, "Mobile") && !parsed.Desktop && !isApp(ua):
		return Tablet
	case parsed.Mobile, isApp(ua), isApple(ua):
		return Mobile
	case parsed.Desktop, strings.Contains(ua, "X11;"):
		return Desktop
	}
	return Other
}

func isTelevision(ua string) bool {
	for _, mark := range [...]string{"SmartTV", "SMART-TV", "Smart TV", "Web0S", "HbbTV", "AppleTV", "Android TV", "BRAVIA", "PlayStation", "Xbox", "Nintendo"} {
		if strings.Contains(ua, mark) {
			return true
		}
	}
	return false
}

func isApp(ua string) bool {
	return strings.Contains(ua, "Telegram-Android/") || strings.Contains(ua, "FBAN/FBIOS") || strings.Contains(ua, "VKAndroidApp/")
}

// named are browsers and apps that call themselves by a token of their own next to those of the browser they are built on.
// The first one found counts: what is built on something comes before it.
var named = []struct{ token, name string }{
	{"YaApp_Android/", "Yandex App"},
	{"YaApp_iOS/", "Yandex App"},
	{"YandexSearch/", "Yandex App"},
	{"YaSearchApp/", "Yandex App"},
	{"YaSearchBrowser/", "Yandex App"},
	{"YaBrowser/", "Yandex Browser"},
	{"VKAndroidApp/", "VK App"},
	{"VKiOSApp/", "VK App"},
	{"VKClient/", "VK App"},
	{"com.vk.vkclient/", "VK App"},
	{"OKAndroid/", "OK App"},
	{"OdklAndroid/", "OK App"},
	{"OKApp/", "OK App"},
	{"Telegram-Android/", "Telegram App"},
	{"Telegram-iOS/", "Telegram App"},
	{"Instagram ", "Instagram App"},
	{"Barcelona ", "Threads App"},
	{"FBAV/", "Facebook App"},
	{"FB4A;FBAV/", "Facebook App"},
	{"musical_ly_", "TikTok App"},
	{"trill_", "TikTok App"},
	{"BytedanceWebview/", "TikTok App"},
	{"Pinterest/", "Pinterest App"},
	{"Snapchat/", "Snapchat App"},
	{"LinkedInApp/", "LinkedIn App"},
	{"Viber/", "Viber App"},
	{"Line/", "Line App"},
	{"MicroMessenger/", "WeChat App"},
	{"GSA/", "Google App"},
	{"DuckDuckGo/", "DuckDuckGo"},
	{"Ddg/", "DuckDuckGo"},
	{"SamsungBrowser/", "Samsung Internet"},
	{"MiuiBrowser/", "Mi Browser"},
	{"HuaweiBrowser/", "Huawei Browser"},
	{"HeyTapBrowser/", "HeyTap Browser"},
	{"VivoBrowser/", "Vivo Browser"},
	{"UCBrowser/", "UC Browser"},
	{"UBrowser/", "UC Browser"},
	{"QQBrowser/", "QQ Browser"},
	{"Whale/", "Whale"},
	{"Vivaldi/", "Vivaldi"},
	{"Atom/", "Atom"},
	{"SberBrowser/", "SberBrowser"},
	{"Sputnik/", "Sputnik"},
	{"Maxthon/", "Maxthon"},
	{"Brave/", "Brave"},
	{"OPiOS/", "Opera Mini"},
	{"Opera Mini/", "Opera Mini"},
	{"OPT/", "Opera Touch"},
	{"OPX/", "Opera GX"},
	{"OPR/", "Opera"},
	{"EdgA/", "Edge"},
	{"EdgiOS/", "Edge"},
	{"Edg/", "Edge"},
	{"Edge/", "Edge"},
	{"FxiOS/", "Firefox"},
	{"Focus/", "Firefox Focus"},
	{"Klar/", "Firefox Focus"},
	{"SeaMonkey/", "SeaMonkey"},
	{"Firefox/", "Firefox"},
	{"CriOS/", "Chrome"},
	{"HeadlessChrome/", "Headless Chrome"},
}

func browser(ua string, parsed useragent.UserAgent) string {
	for _, b := range named {
		if at := strings.Index(ua, b.token); at >= 0 {
			return withVersion(b.name, major(ua[at+len(b.token):]))
		}
	}
	switch {
	case strings.Contains(ua, "Trident/7.0"):
		return "Internet Explorer 11"
	case strings.Contains(ua, "Android") && strings.Contains(ua, "; wv)"):
		return withVersion("Android WebView", versionAfter(ua, "Chrome/"))
	case strings.Contains(ua, "Chrome/"):
		return withVersion("Chrome", versionAfter(ua, "Chrome/"))
	case strings.Contains(ua, "Safari/") && strings.Contains(ua, "Version/"):
		return withVersion("Safari", versionAfter(ua, "Version/"))
	case strings.Contains(ua, "TV Safari/"):
		return "Safari"
	case isApple(ua):
		// The window an app of iOS shows pages in: it has a version of the system alone.
		return "iOS WebView"
	}
	return withVersion(parsed.Name, major(parsed.Version))
}

func isApple(ua string) bool {
	return strings.Contains(ua, "iPhone") || strings.Contains(ua, "iPad") || strings.Contains(ua, "iPod")
}

func system(ua string, parsed useragent.UserAgent) string {
	switch {
	case strings.Contains(ua, "Tizen"):
		return withVersion("Tizen", versionAfter(ua, "Tizen "))
	case strings.Contains(ua, "Web0S"):
		return "webOS"
	case strings.Contains(ua, "OpenHarmony"), strings.Contains(ua, "HarmonyOS"):
		return withVersion("HarmonyOS", versionAfter(ua, "OpenHarmony "))
	case strings.Contains(ua, "Android"):
		return withVersion("Android", versionAfter(ua, "Android "))
	case isApple(ua):
		return withVersion("iOS", appleVersion(ua))
	case strings.Contains(ua, "Mac OS X"):
		return withVersion("macOS", twoParts(versionText(ua, "Mac OS X ")))
	case strings.Contains(ua, "Windows NT "):
		return windows(ua)
	case strings.Contains(ua, "CrOS"):
		return "ChromeOS"
	case strings.Contains(ua, "Ubuntu"):
		return "Ubuntu"
	case strings.Contains(ua, "Linux"):
		return "Linux"
	}
	return withVersion(parsed.OS, parsed.OSVersion)
}

// windows turns the kernel's version into the one people know. Windows 11 calls itself 10, too.
func windows(ua string) string {
	switch versionText(ua, "Windows NT ") {
	case "10.0":
		return "Windows 10"
	case "6.3":
		return "Windows 8.1"
	case "6.2":
		return "Windows 8"
	case "6.1":
		return "Windows 7"
	case "6.0":
		return "Windows Vista"
	case "5.1", "5.2":
		return "Windows XP"
	}
	return "Windows"
}

// appleVersion reads "CPU iPhone OS 17_5_1 like" and "CPU OS 17_5 like".
func appleVersion(ua string) string {
	return twoParts(versionText(ua, " OS "))
}

func withVersion(name, version string) string {
	if name == "" || version == "" {
		return name
	}
	return name + " " + version
}

func versionAfter(ua, token string) string { return major(versionText(ua, token)) }

// versionText is what follows the token up to the first sign that can't belong to a version.
func versionText(ua, token string) string {
	_, rest, found := strings.Cut(ua, token)
	if !found {
		return ""
	}
	end := strings.IndexFunc(rest, func(r rune) bool { return (r < '0' || r > '9') && r != '.' && r != '_' })
	if end >= 0 {
		rest = rest[:end]
	}
	return rest
}

// major is the leading number of a version, at most six digits.
func major(version string) string {
	end := 0
	for end < len(version) && end < 6 && version[end] >= '0' && version[end] <= '9' {
		end++
	}
	return version[:end]
}

// twoParts makes "17_5_1" "17.5".
func twoParts(version string) string {
	parts := strings.FieldsFunc(version, func(r rune) bool { return r == '_' || r == '.' })
	if len(parts) > 2 {
		parts = parts[:2]
	}
	return strings.Join(parts, ".")
}
