package useragent_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/internal/useragent"
)

const (
	chromeWindows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36"
	webViewTail   = " AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/142.0.7444.102 Mobile Safari/537.36"
	iPhone        = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
)

func TestTR_4_PeoplesBrowsersAreReadToTheirDeviceBrowserAndSystem(t *testing.T) {
	t.Parallel()
	parser := useragent.New(0)
	for _, sample := range []struct {
		ua     string
		device useragent.DeviceType
		want   string
	}{
		{chromeWindows, useragent.Desktop, "Chrome 143 on Windows 10"},
		{"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36", useragent.Desktop, "Chrome 143 on macOS 10.15"},
		{"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36", useragent.Desktop, "Chrome 143 on Linux"},
		{"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36", useragent.Desktop, "Chrome 142 on ChromeOS"},
		{"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Mobile Safari/537.36", useragent.Mobile, "Chrome 143 on Android 10"},
		{"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36", useragent.Tablet, "Chrome 143 on Android 10"},
		{"Mozilla/5.0 (Linux; Android 14; Pixel 8 Pro) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.6778.135 Mobile Safari/537.36", useragent.Mobile, "Chrome 131 on Android 14"},
		{iPhone + " CriOS/143.0.7499.92 Mobile/15E148 Safari/604.1", useragent.Mobile, "Chrome 143 on iOS 18.6"},
		{iPhone + " Version/18.6 Mobile/15E148 Safari/604.1", useragent.Mobile, "Safari 18 on iOS 18.6"},
		{"Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1", useragent.Mobile, "Safari 26 on iOS 18.7"},
		{"Mozilla/5.0 (iPad; CPU OS 16_7_10 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1", useragent.Tablet, "Safari 16 on iOS 16.7"},
		{"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15", useragent.Desktop, "Safari 26 on macOS 10.15"},
		{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 YaBrowser/25.10.0.0 Safari/537.36", useragent.Desktop, "Yandex Browser 25 on Windows 10"},
		{"Mozilla/5.0 (Windows NT 6.1; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/108.0.0.0 YaBrowser/23.1.5.708 Yowser/2.5 Safari/537.36", useragent.Desktop, "Yandex Browser 23 on Windows 7"},
		{"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 YaBrowser/25.8.0.0 Safari/537.36", useragent.Desktop, "Yandex Browser 25 on macOS 10.15"},
		{"Mozilla/5.0 (Linux; arm_64; Android 14; SM-A546E) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.7204.971 YaBrowser/25.7.6.971.00 SA/3 Mobile Safari/537.36", useragent.Mobile, "Yandex Browser 25 on Android 14"},
		{"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 YaBrowser/24.6.4.520.10 SA/3 Mobile/15E148 Safari/604.1", useragent.Mobile, "Yandex Browser 24 on iOS 17.5"},
		{"Mozilla/5.0 (Linux; arm_64; Android 13; 2201117TY) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/136.0.7103.960 YaApp_Android/25.60.1 YaSearchBrowser/25.60.1 BroPP/1.0 SA/3 Mobile Safari/537.36", useragent.Mobile, "Yandex App 25 on Android 13"},
		{"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 YaBrowser/25.5.2.2 YaApp_iOS/2505.0 YaApp_iOS_Browser/2505.0 Safari/604.1 SA/3", useragent.Mobile, "Yandex App 2505 on iOS 18.5"},
		{"Mozilla/5.0 (Linux; Android 13; SAMSUNG SM-S901B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36", useragent.Mobile, "Samsung Internet 28 on Android 13"},
		{"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36", useragent.Mobile, "Samsung Internet 27 on Android 10"},
		{"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0", useragent.Desktop, "Firefox 145 on Windows 10"},
		{"Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0", useragent.Desktop, "Firefox 144 on Ubuntu"},
		{"Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:145.0) Gecko/20100101 Firefox/145.0", useragent.Desktop, "Firefox 145 on macOS 10.15"},
		{"Mozilla/5.0 (Android 14; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0", useragent.Mobile, "Firefox 145 on Android 14"},
		{iPhone + " FxiOS/145.0 Mobile/15E148 Safari/605.1.15", useragent.Mobile, "Firefox 145 on iOS 18.6"},
		{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.3595.94", useragent.Desktop, "Edge 142 on Windows 10"},
		{"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36 EdgA/142.0.0.0", useragent.Mobile, "Edge 142 on Android 10"},
		{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 OPR/125.0.0.0", useragent.Desktop, "Opera 125 on Windows 10"},
		{"Mozilla/5.0 (Linux; Android 12; M2007J20CG) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Mobile Safari/537.36 OPR/91.0.0.0", useragent.Mobile, "Opera 91 on Android 12"},
		{"Mozilla/5.0 (Linux; U; Android 13; ru-ru; 22101316G Build/TP1A.220624.014) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/112.0.5615.136 Mobile Safari/537.36 XiaoMi/MiuiBrowser/14.22.1-gn", useragent.Mobile, "Mi Browser 14 on Android 13"},
		{"Mozilla/5.0 (Linux; Android 10; HarmonyOS; NOH-NX9; HMSCore 6.13.0.302) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.5735.196 HuaweiBrowser/15.0.4.301 Mobile Safari/537.36", useragent.Mobile, "Huawei Browser 15 on HarmonyOS"},
		{"Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko", useragent.Desktop, "Internet Explorer 11 on Windows 10"},
		{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Vivaldi/7.6.3797.58", useragent.Desktop, "Vivaldi 7 on Windows 10"},
		{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/134.0.0.0 Safari/537.36 Atom/34.0.0.8", useragent.Desktop, "Atom 34 on Windows 10"},
		{"Mozilla/5.0 (Linux; Android 14; SM-S918B Build/UP1A.231005.007; wv)" + webViewTail, useragent.Mobile, "Android WebView 142 on Android 14"},
		{iPhone + " Mobile/15E148", useragent.Mobile, "iOS WebView on iOS 18.6"},
		{"Mozilla/5.0 (Linux; Android 14; 23053RN02Y Build/UP1A.231005.007; wv)" + webViewTail + " VKAndroidApp/8.146-28512", useragent.Mobile, "VK App 8 on Android 14"},
		{"Mozilla/5.0 (Linux; Android 13; RMX3890; wv)" + webViewTail + " Telegram-Android/11.14.1 (Realme RMX3890; Android 13; SDK 33; AVERAGE)", useragent.Mobile, "Telegram App 11 on Android 13"},
		{"Mozilla/5.0 (Linux; Android 13; SM-A125F Build/TP1A.220624.014; wv)" + webViewTail + " Instagram 402.0.0.50.72 Android (33/13; 300dpi; 720x1465; samsung; SM-A125F; a12s; exynos850; ru_RU; 800000000)", useragent.Mobile, "Instagram App 402 on Android 13"},
		{iPhone + " Mobile/22G86 Instagram 400.0.0.22.80 (iPhone14,5; iOS 18_6; ru_RU; ru; scale=3.00; 1170x2532; 790000000)", useragent.Mobile, "Instagram App 400 on iOS 18.6"},
		{iPhone + " Mobile/22G86 [FBAN/FBIOS;FBAV/535.0.0.38.107;FBBV/800000000;FBDV/iPhone15,2;FBMD/iPhone;FBSN/iOS;FBSV/18.6;FBSS/3;FBCR/;FBID/phone;FBLC/ru_RU;FBOP/80]", useragent.Mobile, "Facebook App 535 on iOS 18.6"},
		{iPhone + " GSA/395.0.820 Mobile/15E148 Safari/604.1", useragent.Mobile, "Google App 395 on iOS 18.6"},
		{"Mozilla/5.0 (Linux; Android 12; Redmi Note 9 Pro Build/SKQ1.211019.001; wv)" + webViewTail + " musical_ly_2024105030 JsSdk/1.0 NetType/WIFI Channel/googleplay", useragent.Mobile, "TikTok App 202410 on Android 12"},
		{"Mozilla/5.0 (SMART-TV; LINUX; Tizen 6.5) AppleWebKit/537.36 (KHTML, like Gecko) 85.0.4183.93/6.5 TV Safari/537.36", useragent.Other, "Safari on Tizen 6"},
		{"Mozilla/5.0 (Linux; Android 13; CUBOT KINGKONG STAR) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile Safari/537.36", useragent.Mobile, "Chrome 138 on Android 13"},
	} {
		info := parser.Parse(sample.ua)
		require.False(t, info.Bot, "%s: %s", info.BotReason, sample.ua)
		require.Equal(t, sample.want, info.Browser+" on "+info.OS, sample.ua)
		require.Equal(t, sample.device, info.DeviceType, sample.ua)
	}
}

func TestTR_8_RobotsAreToldByReason(t *testing.T) {
	t.Parallel()
	parser := useragent.New(0)
	for ua, want := range map[string]useragent.BotReason{
		"":                  useragent.BotMissing,
		"  ":                useragent.BotMissing,
		"Mozilla/5.0":       useragent.BotLength,
		"- 1234567890 (5.)": useragent.BotNoLetters,
		chromeWindows + strings.Repeat(" x", 300):                                                                       useragent.BotLength,
		"Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)":                                              useragent.BotCrawler,
		"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)":                                      useragent.BotCrawler,
		"Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)":                                       useragent.BotCrawler,
		"Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)":                                            useragent.BotCrawler,
		"Mozilla/5.0 (compatible; SemrushBot/7~bl; +http://www.semrush.com/bot.html)":                                   useragent.BotCrawler,
		"TelegramBot (like TwitterBot)":                                                                                 useragent.BotCrawler,
		"WhatsApp/2.24.10.82 A":                                                                                         useragent.BotCrawler,
		"facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)":                                     useragent.BotCrawler,
		"Mozilla/5.0 (compatible; vkShare; +http://vk.com/dev/Share)":                                                   useragent.BotCrawler,
		"Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)":        useragent.BotCrawler,
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/120.0.0.0 Safari/537.36": useragent.BotAutomated,
		"Mozilla/5.0 (Unknown; Linux x86_64) AppleWebKit/538.1 (KHTML, like Gecko) PhantomJS/2.1.1 Safari/538.1":        useragent.BotAutomated,
		"curl/8.5.0":                           useragent.BotClientLibrary,
		"Wget/1.21.4":                          useragent.BotClientLibrary,
		"python-requests/2.32.3":               useragent.BotClientLibrary,
		"Go-http-client/1.1":                   useragent.BotClientLibrary,
		"okhttp/4.12.0":                        useragent.BotClientLibrary,
		"GuzzleHttp/7":                         useragent.BotClientLibrary,
		"PostmanRuntime/7.43.0":                useragent.BotClientLibrary,
		"1C+Enterprise/8.3":                    useragent.BotClientLibrary,
		"MyApp/1 CFNetwork/1496.0.7 https://e": useragent.BotContainsURL,
	} {
		info := parser.Parse(ua)
		require.Equal(t, want, info.BotReason, ua)
		require.True(t, info.Bot, ua)
	}
}

func TestParse_ARememberedHeaderCostsNoAllocation(t *testing.T) {
	parser := useragent.New(16)
	first := parser.Parse(chromeWindows)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		if parser.Parse(chromeWindows) != first {
			t.Error("another answer than at first")
		}
	}))
}

func FuzzParse(f *testing.F) {
	f.Add(chromeWindows)
	f.Add("Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X)")
	f.Add("curl/8.5.0")
	f.Add("\xff\x00 OS ()")
	parser := useragent.New(16)
	f.Fuzz(func(t *testing.T, ua string) {
		info := parser.Parse(ua)
		require.Equal(t, info.Bot, info.BotReason != "")
		require.NotEmpty(t, info.DeviceType)
		require.Equal(t, info, parser.Parse(ua))
	})
}

func BenchmarkParse(b *testing.B) {
	parser := useragent.New(0)
	b.Run("remembered", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			parser.Parse(chromeWindows)
		}
	})
	b.Run("new", func(b *testing.B) {
		b.ReportAllocs()
		one := useragent.New(1)
		for b.Loop() {
			one.Parse(chromeWindows)
			one.Parse(iPhone + " Version/18.6 Mobile/15E148 Safari/604.1")
		}
	})
}
