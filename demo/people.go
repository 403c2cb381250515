package demo

import (
	"fmt"
	"strconv"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/visits"
)

type person struct {
	id    core.PersonID
	name  string
	phone core.Phone
	email core.Email
	crm   *customer
	talks *caller
}

type given struct{ first, last, latin string }

const (
	// knownPeople is how many people are remembered to come back on another device, and comesBack how often that happens.
	knownPeople = 400
	comesBack   = 0.12
	// phoneStep walks through all seven-digit numbers without meeting one twice: it has no factor in common with 10^7.
	phoneStep = 7919
)

// person draws somebody: now and then one who left contacts before, on another device.
func (g *generator) person() person {
	if len(g.known) > 0 && g.rng.Float64() < comesBack {
		return g.known[g.rng.IntN(len(g.known))]
	}
	return g.newPerson()
}

// newPerson makes somebody with a phone of a range that belongs to nobody (999) and an address at a domain that can't exist.
func (g *generator) newPerson() person {
	n := pick(g.rng, names, func(given) float64 { return 1 })
	g.people++
	p := person{id: core.PersonID(g.id()), name: n.first + " " + n.last, crm: &customer{}, talks: &caller{}}
	if g.rng.Float64() < 0.9 {
		p.phone = core.Phone(fmt.Sprintf("7999%07d", g.people*phoneStep%10_000_000))
	}
	if p.phone == "" || g.rng.Float64() < 0.55 {
		p.email = core.Email(n.latin + strconv.Itoa(g.people) + "@mail.example")
	}
	return p
}

// remember keeps somebody who left contacts.
func (g *generator) remember(p person) {
	if len(g.known) < knownPeople {
		g.known = append(g.known, p)
		return
	}
	g.known[g.rng.IntN(knownPeople)] = p
}

var names = []given{
	{"Анна", "Смирнова", "a.smirnova"},
	{"Иван", "Петров", "i.petrov"},
	{"Мария", "Кузнецова", "m.kuznetsova"},
	{"Дмитрий", "Соколов", "d.sokolov"},
	{"Елена", "Попова", "e.popova"},
	{"Алексей", "Лебедев", "a.lebedev"},
	{"Ольга", "Новикова", "o.novikova"},
	{"Сергей", "Морозов", "s.morozov"},
	{"Татьяна", "Волкова", "t.volkova"},
	{"Андрей", "Зайцев", "a.zaytsev"},
	{"Наталья", "Павлова", "n.pavlova"},
	{"Михаил", "Семёнов", "m.semenov"},
	{"Юлия", "Голубева", "y.golubeva"},
	{"Николай", "Виноградов", "n.vinogradov"},
	{"Светлана", "Богданова", "s.bogdanova"},
	{"Павел", "Воробьёв", "p.vorobyev"},
	{"Ирина", "Фёдорова", "i.fedorova"},
	{"Роман", "Михайлов", "r.mikhaylov"},
	{"Екатерина", "Беляева", "e.belyaeva"},
	{"Олег", "Тарасов", "o.tarasov"},
	{"Ксения", "Белова", "k.belova"},
	{"Григорий", "Комаров", "g.komarov"},
	{"Вера", "Орлова", "v.orlova"},
	{"Тимур", "Алиев", "t.aliev"},
}

type place struct {
	region, city string
	weight       float64
}

// client draws a browser, a system and a place. Addresses are of the ranges set aside for documentation.
func (g *generator) client() visits.Client {
	c := pick(g.rng, clients, func(c weighted[visits.Client]) float64 { return c.weight }).value
	at := pick(g.rng, places, func(p place) float64 { return p.weight })
	c.Country, c.Region, c.City, c.Language = "RU", at.region, at.city, "ru-RU"
	c.IP = pick(g.rng, []string{"192.0.2.", "198.51.100.", "203.0.113."}, even) + strconv.Itoa(1+g.rng.IntN(254))
	return c
}

type weighted[T any] struct {
	weight float64
	value  T
}

var clients = []weighted[visits.Client]{
	{30, visits.Client{DeviceType: visits.DeviceMobile, Browser: "Chrome 143", OS: "Android 15", Screen: "412x915"}},
	{18, visits.Client{DeviceType: visits.DeviceMobile, Browser: "Safari 26", OS: "iOS 26", Screen: "390x844"}},
	{14, visits.Client{DeviceType: visits.DeviceMobile, Browser: "Yandex Browser 25", OS: "Android 14", Screen: "360x800"}},
	{17, visits.Client{DeviceType: visits.DeviceDesktop, Browser: "Chrome 143", OS: "Windows 11", Screen: "1920x1080"}},
	{12, visits.Client{DeviceType: visits.DeviceDesktop, Browser: "Yandex Browser 25", OS: "Windows 10", Screen: "1920x1080"}},
	{4, visits.Client{DeviceType: visits.DeviceDesktop, Browser: "Safari 26", OS: "macOS 26", Screen: "1512x982"}},
	{3, visits.Client{DeviceType: visits.DeviceDesktop, Browser: "Firefox 146", OS: "Linux", Screen: "2560x1440"}},
	{2, visits.Client{DeviceType: visits.DeviceTablet, Browser: "Safari 26", OS: "iPadOS 26", Screen: "820x1180"}},
}

var places = []place{
	{"Москва", "Москва", 38},
	{"Санкт-Петербург", "Санкт-Петербург", 17},
	{"Московская область", "Химки", 9},
	{"Свердловская область", "Екатеринбург", 7},
	{"Новосибирская область", "Новосибирск", 6},
	{"Республика Татарстан", "Казань", 6},
	{"Нижегородская область", "Нижний Новгород", 5},
	{"Краснодарский край", "Краснодар", 6},
	{"Самарская область", "Самара", 4},
	{"Ростовская область", "Ростов-на-Дону", 2},
}
