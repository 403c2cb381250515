package demo

import (
	"fmt"
	"strings"

	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/core/sites"
	"github.com/skvoz/skvoz/core/visits"
)

// Profile is how a made-up site works: who comes from where, what they look at, how many of them leave a request.
type Profile struct {
	// Domain and Name are those of the site.
	Domain, Name string
	// Weight is the site's share of all visitors.
	Weight float64
	// BounceRate is the chance to leave after each page, ReturnRate to come again, Conversion to send a request in a first session.
	BounceRate, ReturnRate, Conversion float64
	Arrivals                           []Arrival
	Pages                              []Page
	Goals                              []GoalPlan
	Campaigns                          []CampaignPlan
	Forms, Requests                    []string
	Chats                              [][]string
	Sales                              DealPlan
}

// returnRate is the chance to come again, which is better for those who left contacts.
func (p *Profile) returnRate(known bool) float64 {
	if known {
		return (p.ReturnRate + 1) / 2.4
	}
	return p.ReturnRate
}

// Arrival is one way to come to a site.
type Arrival struct {
	Weight float64
	// Quality multiplies the conversion; 0 stands for 1. Trend is how the weight changes over the period, −1 to 1.
	Quality, Trend float64
	// Value multiplies what those are worth who first came this way; 0 = by the kind of source. Reminds multiplies the weight for those who come back.
	Value, Reminds float64
	Source         visits.TrafficSource
	// Campaign is the name of the campaign that counts it; empty = none. Query is the address's query on landing.
	Campaign, Query string
}

// Page is a page of the site; Entrance and Inner weigh how often it is landed on and gone on to.
type Page struct {
	Path, Title     string
	Entrance, Inner float64
}

// GoalPlan is a goal to set up.
type GoalPlan struct {
	Name       string
	Type       goals.Type
	Conditions goals.Conditions
}

// CampaignPlan is a campaign to set up. Click is what a click costs in minor units, ClickRate what part of those who saw the advertisement clicked.
type CampaignPlan struct {
	Name       string
	Conditions []sites.Condition
	Click      float64
	ClickRate  float64
}

func text(s string) *string { return &s }

func utm(source, medium, campaign, term, engine string, paid bool, channel visits.Channel, domain string) visits.TrafficSource {
	return visits.TrafficSource{Channel: channel, Source: source, Medium: medium, Campaign: campaign, Term: term, Engine: engine, IsPaid: paid, ReferrerDomain: domain}
}

func byUTM(campaign string) []sites.Condition {
	return []sites.Condition{{Parameter: sites.ParameterUTMTags, Key: "utm_campaign", Operator: sites.OperatorContains, Value: campaign}}
}

// common are the ways people come to any site.
func common(brand string) []Arrival {
	direct := visits.TrafficSource{Channel: visits.ChannelDirect}
	organic := func(engine, source, domain, term string) visits.TrafficSource {
		return visits.TrafficSource{Channel: visits.ChannelOrganic, Source: source, Term: term, SearchEngine: engine, ReferrerDomain: domain, Referrer: "https://" + domain + "/"}
	}
	social := func(source, domain string) visits.TrafficSource {
		return visits.TrafficSource{Channel: visits.ChannelSocial, Source: source, ReferrerDomain: domain, Referrer: "https://" + domain + "/"}
	}
	return []Arrival{
		{Weight: 9, Quality: 1.3, Source: direct},
		{Weight: 24, Quality: 1.1, Trend: .2, Source: organic("yandex", "yandex", "ya.ru", brand)},
		{Weight: 9, Source: organic("google.com", "google", "google.com", "")},
		{Weight: 1, Source: organic("mail.ru", "mail.ru", "go.mail.ru", "")},
		{Weight: 7, Quality: .35, Value: .75, Reminds: 3, Source: social("vk.com", "vk.com")},
		{Weight: 2, Quality: .4, Trend: .5, Reminds: 1, Source: visits.TrafficSource{Channel: visits.ChannelRecommendation, Source: "dzen.ru", ReferrerDomain: "dzen.ru", Referrer: "https://dzen.ru/"}},
		{Weight: 3, Quality: .8, Trend: .6, Reminds: 3, Source: visits.TrafficSource{Channel: visits.ChannelMessenger, Source: "telegram", ReferrerDomain: "t.me", Referrer: "https://t.me/"}},
		{Weight: 4, Quality: .8, Source: visits.TrafficSource{Channel: visits.ChannelReferral, Source: "2gis.ru", ReferrerDomain: "2gis.ru", Referrer: "https://2gis.ru/"}},
	}
}

// varied splits every arrival by an advertisement into n, as accounts with many advertisements have them.
func (p Profile) varied(n int) Profile {
	var out []Arrival
	for _, a := range p.Arrivals {
		if a.Campaign == "" {
			out = append(out, a)
			continue
		}
		a.Weight /= float64(n)
		for i := range n {
			b, label := a, fmt.Sprintf("%s_%02d", a.Source.Campaign, i+1)
			b.Source.Campaign, b.Query = label, strings.Replace(a.Query, "utm_campaign="+a.Source.Campaign, "utm_campaign="+label, 1)
			b.Quality *= .6 + .8*float64(i)/float64(n)
			out = append(out, b)
		}
	}
	p.Arrivals = out
	return p
}

// Profiles are the three sites of the demo account.
func Profiles() []Profile { return []Profile{windows(), clinic(), furniture()} }

func windows() Profile {
	return Profile{
		Domain: "okna.example", Name: "Окна «Светлица»", Weight: 5, BounceRate: .225, ReturnRate: .3, Conversion: .029,
		Arrivals: append(common("пластиковые окна"),
			Arrival{Weight: 18, Quality: 1.1, Trend: .3, Value: 1.5, Campaign: "Директ: поиск", Query: "?utm_source=yandex&utm_medium=cpc&utm_campaign=okna_search&utm_term=%D0%BE%D0%BA%D0%BD%D0%B0", Source: utm("yandex", "cpc", "okna_search", "окна пвх цена", "yandex.direct", true, visits.ChannelPaid, "yandex.ru")},
			Arrival{Weight: 13, Quality: .3, Trend: -.6, Value: .7, Reminds: .8, Campaign: "Директ: РСЯ", Query: "?utm_source=yandex&utm_medium=cpc&utm_campaign=okna_rsya", Source: utm("yandex", "cpc", "okna_rsya", "", "yandex.direct", true, visits.ChannelPaid, "yandex.ru")},
			Arrival{Weight: 6, Quality: .5, Value: .8, Reminds: 2, Campaign: "VK Реклама", Query: "?utm_source=vk&utm_medium=cpc&utm_campaign=vk_okna", Source: utm("vk", "cpc", "vk_okna", "", "vk.ads", true, visits.ChannelPaid, "vk.com")},
			Arrival{Weight: 2, Quality: 1.1, Reminds: 9, Campaign: "Рассылка", Query: "?utm_source=newsletter&utm_medium=email&utm_campaign=autumn", Source: utm("newsletter", "email", "autumn", "", "", false, visits.ChannelEmail, "")},
		),
		Pages: []Page{
			{"/", "Пластиковые окна в Москве", 50, 8},
			{"/catalog/", "Каталог окон", 12, 20},
			{"/price/", "Цены на окна", 18, 18},
			{"/balkony/", "Остекление балконов", 12, 10},
			{"/calculator/", "Калькулятор стоимости", 5, 16},
			{"/reviews/", "Отзывы", 1, 9},
			{"/contacts/", "Контакты", 2, 12},
			{"/credit/", "Рассрочка", 0, 5},
		},
		Goals: []GoalPlan{
			{"Расчёт в калькуляторе", goals.TypeTrackEvent, goals.Conditions{Category: text("calculator"), Action: text("done")}},
			{"Открыты контакты", goals.TypePage, goals.Conditions{URL: "/contacts/", URLMatch: goals.URLContains}},
			{"Две минуты на сайте", goals.TypeTimeOnSite, goals.Conditions{Seconds: 120}},
		},
		Campaigns: []CampaignPlan{
			{"Директ: поиск", byUTM("okna_search"), 70_000, .09}, {"Директ: РСЯ", byUTM("okna_rsya"), 45_000, .006}, {"VK Реклама", byUTM("vk_okna"), 40_000, .011}, {"Рассылка", byUTM("autumn"), 2_500, .12},
		},
		Forms:    []string{"Вызов замерщика", "Рассчитать стоимость", "Обратный звонок"},
		Requests: []string{"Нужно остеклить балкон 6 метров, когда может приехать замерщик?", "Сколько стоит окно 1,5 × 1,4 м с установкой?", "Посчитайте три окна в дом из бруса", "Перезвоните после 18:00"},
		Chats: [][]string{
			{"Здравствуйте! Делаете в рассрочку?", "Добрый день! Да, до 12 месяцев без переплаты.", "А замер платный?", "Бесплатно по городу. Когда вам удобно?"},
			{"Какой срок изготовления?", "Обычно 5–7 рабочих дней.", "Спасибо, подумаю"},
		},
		Sales: DealPlan{Names: []string{"Остекление квартиры", "Остекление балкона", "Окна в дом", "Замена стеклопакета", "Два окна с установкой"}, Bill: 2_100_000},
	}
}

func clinic() Profile {
	return Profile{
		Domain: "clinic.example", Name: "Клиника «Здравница»", Weight: 3, BounceRate: .2, ReturnRate: .4, Conversion: .036,
		Arrivals: append(common("клиника рядом"),
			Arrival{Weight: 14, Quality: 1.1, Value: 1.3, Campaign: "Директ: врачи", Query: "?utm_source=yandex&utm_medium=cpc&utm_campaign=doctors", Source: utm("yandex", "cpc", "doctors", "невролог запись", "yandex.direct", true, visits.ChannelPaid, "yandex.ru")},
			Arrival{Weight: 6, Quality: 1.2, Trend: .7, Value: .8, Reminds: 1, Campaign: "Карты", Query: "?utm_source=yandex_maps&utm_medium=referral&utm_campaign=maps", Source: utm("yandex_maps", "referral", "maps", "", "", false, visits.ChannelReferral, "yandex.ru")},
			Arrival{Weight: 5, Quality: .6, Trend: -.3, Campaign: "Партнёры", Query: "?utm_source=prodoctors&utm_medium=affiliate&utm_campaign=partners", Source: utm("prodoctors", "affiliate", "partners", "", "", true, visits.ChannelAffiliate, "partners.example")},
		),
		Pages: []Page{
			{"/", "Клиника «Здравница»", 38, 8},
			{"/doctors/", "Врачи", 20, 22},
			{"/price/", "Цены на услуги", 14, 17},
			{"/zapis/", "Запись на приём", 8, 20},
			{"/analizy/", "Анализы", 16, 9},
			{"/contacts/", "Адрес и телефон", 4, 12},
		},
		Goals: []GoalPlan{
			{"Выбран врач", goals.TypeTrackEvent, goals.Conditions{Category: text("doctor"), Action: text("choose")}},
			{"Открыта запись", goals.TypePage, goals.Conditions{URL: "/zapis/", URLMatch: goals.URLContains}},
		},
		Campaigns: []CampaignPlan{{"Директ: врачи", byUTM("doctors"), 22_000, .08}, {"Карты", byUTM("maps"), 9_000, .05}, {"Партнёры", byUTM("partners"), 18_000, .03}},
		Forms:     []string{"Запись на приём", "Вопрос врачу"},
		Requests:  []string{"Хочу записаться к неврологу на субботу", "Есть ли приём терапевта вечером?", "Нужны анализы крови, нужна ли запись?", "Запишите ребёнка к педиатру"},
		Chats: [][]string{
			{"Принимает ли сегодня ЛОР?", "Да, с 15:00 до 20:00. Записать вас?", "Да, на 17:00", "Оставьте, пожалуйста, телефон"},
			{"Сколько стоит УЗИ?", "От 1 800 ₽, зависит от области."},
		},
		Sales: DealPlan{Names: []string{"Приём невролога", "Приём терапевта", "УЗИ", "Анализы", "Курс массажа"}, Bill: 340_000},
	}
}

func furniture() Profile {
	return Profile{
		Domain: "mebel.example", Name: "Мебель «Уют»", Weight: 4, BounceRate: .18, ReturnRate: .35, Conversion: .022,
		Arrivals: append(common("купить диван"),
			Arrival{Weight: 15, Quality: 1, Trend: .1, Value: 1.3, Campaign: "Google Ads", Query: "?utm_source=google&utm_medium=cpc&utm_campaign=sofa&gclid=demo", Source: utm("google", "cpc", "sofa", "диван угловой", "google.ads", true, visits.ChannelPaid, "google.com")},
			Arrival{Weight: 10, Quality: .9, Campaign: "Маркет", Query: "?utm_source=market&utm_medium=cpc&utm_campaign=market_feed", Source: utm("market", "cpc", "market_feed", "", "yandex.market", true, visits.ChannelPaid, "market.yandex.ru")},
			Arrival{Weight: 8, Quality: .2, Trend: -.4, Value: .6, Reminds: 2, Campaign: "Баннеры", Query: "?utm_source=mail&utm_medium=display&utm_campaign=banner", Source: utm("mail", "display", "banner", "", "mytarget", true, visits.ChannelDisplay, "mail.ru")},
			Arrival{Weight: 4, Quality: .8, Trend: .5, Reminds: 2, Campaign: "Блогеры", Query: "?utm_source=telegram&utm_medium=post&utm_campaign=bloggers", Source: utm("telegram", "post", "bloggers", "", "", true, visits.ChannelMessenger, "t.me")},
		),
		Pages: []Page{
			{"/", "Мебель «Уют»", 30, 6},
			{"/divany/", "Диваны", 24, 22},
			{"/divany/uglovoy-verona/", "Угловой диван «Верона»", 14, 18},
			{"/krovati/", "Кровати", 12, 14},
			{"/shkafy/", "Шкафы", 10, 12},
			{"/cart/", "Корзина", 1, 14},
			{"/delivery/", "Доставка", 1, 8},
		},
		Goals: []GoalPlan{
			{"Товар в корзине", goals.TypeTrackEvent, goals.Conditions{Category: text("cart"), Action: text("add")}},
			{"Открыта корзина", goals.TypePage, goals.Conditions{URL: "/cart/", URLMatch: goals.URLContains}},
			{"Звонок по ссылке", goals.TypeLink, goals.Conditions{URL: "tel:", URLMatch: goals.URLStarts}},
		},
		Campaigns: []CampaignPlan{{"Google Ads", byUTM("sofa"), 24_000, .06}, {"Маркет", byUTM("market_feed"), 16_000, .025}, {"Баннеры", byUTM("banner"), 24_000, .004}, {"Блогеры", byUTM("bloggers"), 35_000, .02}},
		Forms:     []string{"Купить в один клик", "Подбор мебели"},
		Requests:  []string{"Есть ли «Верона» в сером цвете?", "Нужна доставка в Тулу, сколько стоит?", "Хочу шкаф по своим размерам: 2,4 × 0,6 × 2,7 м"},
		Chats: [][]string{
			{"Добрый вечер, диван раскладывается?", "Да, механизм «дельфин», спальное место 1,5 × 2 м.", "Отлично, оформлю заказ"},
			{"А примерка ткани есть?", "Пришлём образцы бесплатно, оставьте адрес."},
		},
		Sales: DealPlan{Names: []string{"Угловой диван «Верона»", "Кровать 160 × 200", "Шкаф на заказ", "Гостиная", "Диван и кресло"}, Bill: 1_490_000},
	}
}
