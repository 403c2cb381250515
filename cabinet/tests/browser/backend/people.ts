/** A visitor as the test server keeps it. */
export interface Visitor {
  id: string;
  siteId: string;
  name: string;
  contacts: { kind: string; value: string; firstAt: string; origin: string; isJoining: boolean }[];
  firstSeenAt: string;
  lastSeenAt: string;
  sessionCount: number;
  hitCount: number;
  isOnline: boolean;
  firstSource: Source;
  lastSource: Source;
  client: Record<string, string>;
  properties: { name: string; value: string | null }[];
  sessions: Record<string, unknown>[];
  goalReaches: Record<string, unknown>[];
  isSeparate: boolean;
}

/** Where a session came from. */
export type Source = Record<string, string | boolean>;

/** A communication as the test server keeps it. */
export interface Communication {
  id: string;
  kind: string;
  at: string;
  visitorId: string | null;
  name: string;
  phone: string;
  email: string;
  [field: string]: unknown;
}

/** A refused request as the test server keeps it. */
export interface Refusal {
  id: string;
  siteId: string;
  at: string;
  reason: string;
  ip: string;
  userAgent: string;
  url: string;
  referrer: string;
  reincludedAt: string | null;
}

const start = Date.parse('2026-03-14T12:00:00.000Z');
const at = (minutesBefore: number) => new Date(start - minutesBefore * 60_000).toISOString();

/** A source with everything empty but what is given. */
export function source(given: Source): Source {
  return {
    channel: 'DIRECT',
    source: '',
    medium: '',
    campaign: '',
    term: '',
    content: '',
    referrer: '',
    referrerDomain: '',
    searchEngine: '',
    engine: '',
    isPaid: false,
    ...given,
  };
}

const sources = [
  source({
    channel: 'PAID',
    source: 'yandex',
    medium: 'cpc',
    campaign: 'vesna-moskva',
    term: 'доставка роз недорого',
    engine: 'yandex.direct',
    referrer: 'https://yandex.ru/search/?text=rozy',
    referrerDomain: 'yandex.ru',
    isPaid: true,
  }),
  source({
    channel: 'ORGANIC',
    source: 'google.com',
    searchEngine: 'google.com',
    referrerDomain: 'google.com',
  }),
  source({}),
  source({ channel: 'SOCIAL', source: 'vk.com', referrer: 'https://vk.com/', referrerDomain: 'vk.com' }),
];

const clients = [
  {
    deviceType: 'DESKTOP',
    browser: 'Chrome 142',
    os: 'Windows 11',
    language: 'ru-RU',
    screen: '1920x1080',
    ip: '198.51.100.20',
    country: 'RU',
    region: 'Московская область',
    city: 'Химки',
  },
  {
    deviceType: 'MOBILE',
    browser: 'Safari 19',
    os: 'iOS 19.1',
    language: 'ru-RU',
    screen: '393x852',
    ip: '2001:db8::42',
    country: 'RU',
    region: 'Татарстан',
    city: 'Казань',
  },
  {
    deviceType: 'TABLET',
    browser: '',
    os: '',
    language: '',
    screen: '',
    ip: '',
    country: '',
    region: '',
    city: '',
  },
];

/** Sixty visitors: more than a page. */
export function visitors(): Visitor[] {
  return Array.from({ length: 60 }, (_, index) => visitor(index));
}

function visitor(index: number): Visitor {
  const id = String(7_000_000_000_000_000 + index * 7919);
  const known = index % 3 === 0;
  const contact = { firstAt: at(index * 90 + 5), isJoining: true };
  const name = known
    ? (['Мария Кузнецова', 'Иван Петров', 'Елена Орлова'][index % 9 === 0 ? 0 : index % 2] ?? '')
    : '';
  return {
    id,
    siteId: '10',
    name,
    contacts: known
      ? [
          {
            ...contact,
            kind: 'PHONE',
            value: `7926${String(1_234_567 + index)}`,
            origin: 'OFFLINE_REQUEST',
          },
          {
            ...contact,
            kind: 'EMAIL',
            value: `client${index}@mail.example`,
            origin: 'VISITOR_INFO',
            isJoining: index !== 3,
          },
        ]
      : [],
    firstSeenAt: at(index * 90 + 9000),
    lastSeenAt: at(index * 90),
    sessionCount: index === 0 ? 14 : 1 + (index % 5),
    hitCount: 4 + index * 3,
    isOnline: index < 3,
    firstSource: source({ channel: 'REFERRAL', source: 'cvety-otzyvy.example' }),
    lastSource: sources[index % sources.length] ?? source({}),
    client: clients[index % clients.length] ?? {},
    properties:
      index === 0
        ? [
            { name: 'тариф', value: 'золотой' },
            { name: 'подписан', value: null },
          ]
        : [],
    sessions: Array.from({ length: index === 0 ? 14 : 1 + (index % 5) }, (_, number) =>
      session(id, index, number),
    ),
    goalReaches: index % 3 === 0 ? [reach('1', index), reach('2', index)] : [],
    isSeparate: false,
  };
}

function session(visitorId: string, visitor: number, number: number): Record<string, unknown> {
  const begin = visitor * 90 + number * 3000;
  return {
    id: `${visitor}${number}5${visitor}`,
    visitorId,
    siteId: '10',
    number: 14 - number,
    startedAt: at(begin),
    lastActivityAt: at(begin - 10),
    hitCount: number === 0 ? 34 : 2,
    durationSeconds: 95 + number * 400,
    entrancePage: 'https://romashka.example/',
    exitPage: 'https://romashka.example/kontakty',
    source: sources[(visitor + number) % sources.length],
    campaign: number % 2 === 0 ? { id: '40', name: 'Яндекс Директ: весна' } : null,
    client: clients[(visitor + number) % clients.length],
    hits: Array.from({ length: number === 0 ? 34 : 2 }, (_, hit) => ({
      id: `${visitor}${number}00${hit}`,
      at: at(begin - hit),
      url: `https://romashka.example/bukety/${hit}`,
      title: hit % 2 === 0 ? `Букет № ${hit + 1}: розы, тюльпаны и эвкалипт` : '',
      durationSeconds: 12 + hit * 7,
    })),
    goalReaches: number === 0 ? [reach(`s${number}`, visitor)] : [],
  };
}

function reach(id: string, visitor: number): Record<string, unknown> {
  return {
    id: `${visitor}r${id}`,
    at: at(visitor * 90 + 3),
    sessionId: `${visitor}05${visitor}`,
    pageUrl: 'https://romashka.example/spasibo',
    event: id === '2' ? 'video / end' : '',
    isGoal: id !== '2',
    goal: id === '2' ? null : { id: '30', name: 'Заказ оформлен' },
  };
}

/** Communications of every kind. */
export function communications(): Communication[] {
  const [first] = visitors();
  const common = {
    siteId: '10',
    visitorId: first?.id ?? null,
    sessionId: '0050',
    source: sources[0],
    campaign: { id: '40', name: 'Яндекс Директ: весна' },
    goal: null,
    message: '',
    formName: '',
    saleAmount: null,
    userFields: [],
    pageUrl: 'https://romashka.example/bukety/rozy',
    messages: [],
  };
  const person = { name: 'Мария Кузнецова', phone: '79261234567', email: 'client0@mail.example' };
  return [
    {
      ...common,
      ...person,
      id: '60',
      kind: 'OFFLINE_REQUEST',
      at: at(5),
      formName: 'Быстрый заказ',
      message: 'Нужен букет к 19:00, доставка на Тверскую. Позвоните за час, пожалуйста.',
      saleAmount: { amount: '5400.00', currency: 'RUB' },
      userFields: [
        { name: 'Открытка', value: 'С днём рождения!' },
        { name: 'Район', value: 'Центр' },
      ],
    },
    {
      ...common,
      ...person,
      id: '61',
      kind: 'CHAT',
      at: at(65),
      message: 'Здравствуйте! Есть ли пионы?',
      messages: [
        { at: at(65), sender: 'VISITOR', text: 'Здравствуйте! Есть ли пионы?' },
        { at: at(64), sender: 'OPERATOR', text: 'Добрый день! Да, привезём сегодня.\nСколько нужно?' },
        { at: at(63), sender: 'SYSTEM', text: 'Оператор передал чат флористу' },
      ],
    },
    { ...common, ...person, id: '62', kind: 'GOAL', at: at(120), goal: { id: '30', name: 'Заказ оформлен' } },
    {
      ...common,
      id: '63',
      kind: 'CALL',
      at: at(400),
      name: '',
      phone: '74955140578',
      email: '',
      visitorId: null,
      sessionId: null,
      source: null,
      campaign: null,
    },
  ];
}

/** Refused requests for several reasons. */
export function refusals(): Refusal[] {
  const reasons = ['bot_ua', 'ip_ignored', 'do_not_track', 'bot_webdriver', 'some_new_reason'];
  return Array.from({ length: 24 }, (_, index) => ({
    id: `70${index}`,
    siteId: '10',
    at: at(index * 37),
    reason: reasons[Math.floor(Math.sqrt(index)) % reasons.length] ?? 'bot_ua',
    ip: `203.0.113.${index}`,
    userAgent: 'Mozilla/5.0 (compatible; ExampleBot/2.1; +https://bot.example/about) AppleWebKit/537.36',
    url: `https://romashka.example/bukety/${index}`,
    referrer: index % 2 === 0 ? 'https://spam.example/' : '',
    reincludedAt: index === 2 ? at(1) : null,
  }));
}
