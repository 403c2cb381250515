/** A goal as the test server keeps it. */
export interface Goal {
  id: string;
  name: string;
  type: string;
  isGoal: boolean;
  isEnabled: boolean;
  conditions: Record<string, unknown>;
  createdAt: string;
  reachedLast30Days: number;
}

/** A campaign as the test server keeps it. */
export interface Campaign {
  id: string;
  name: string;
  description: string;
  status: 'ACTIVE' | 'ARCHIVED';
  include: unknown[];
  exclude: unknown[];
  costs: { id: string; from: string; to: string; amount: { amount: string; currency: string } }[];
  createdAt: string;
}

/** Goals of every kind. */
export function goals(): Goal[] {
  const common = { isGoal: true, isEnabled: true, createdAt: '2026-01-10T09:00:00.000Z' };
  return [
    {
      ...common,
      id: '30',
      name: 'Заказ оформлен',
      type: 'PAGE',
      conditions: { url: '/spasibo', urlMatch: 'CONTAINS' },
      reachedLast30Days: 1284,
    },
    {
      ...common,
      id: '31',
      name: 'Клик по «Купить»',
      type: 'CLICK',
      isGoal: false,
      conditions: { selector: '.buy-button', url: '/bukety', urlMatch: 'STARTS' },
      reachedLast30Days: 5310,
    },
    {
      ...common,
      id: '32',
      name: 'Отправлена заявка',
      type: 'SYSTEM',
      conditions: { systemEvent: 'OFFLINE_REQUEST' },
      reachedLast30Days: 92,
    },
    {
      ...common,
      id: '33',
      name: 'Прочитали до конца',
      type: 'SCROLL',
      isEnabled: false,
      conditions: { scrollToEnd: true },
      reachedLast30Days: 0,
    },
    {
      ...common,
      id: '34',
      name: 'Пять минут на сайте',
      type: 'TIME_ON_SITE',
      conditions: { seconds: 300 },
      reachedLast30Days: 415,
    },
    {
      ...common,
      id: '35',
      name: 'Видео досмотрено',
      type: 'TRACK_EVENT',
      conditions: { category: 'video', action: 'end' },
      reachedLast30Days: 37,
    },
  ];
}

/** Campaigns with rules, exclusions and costs. */
export function campaigns(): Campaign[] {
  const utm = (key: string, value: string, operator = 'EQUALS') => ({
    parameter: 'UTM_TAGS',
    key,
    operator,
    value,
  });
  return [
    {
      id: '40',
      name: 'Яндекс Директ: весна',
      description: 'Поиск и сети, Москва и область',
      status: 'ACTIVE',
      include: [
        { conditions: [utm('utm_source', 'yandex'), utm('utm_campaign', 'vesna', 'CONTAINS')] },
        { conditions: [{ parameter: 'ENGINE', key: null, operator: 'EQUALS', value: 'yandex.direct' }] },
      ],
      exclude: [
        { conditions: [{ parameter: 'LOCATION', key: null, operator: 'CONTAINS', value: 'Казань' }] },
      ],
      costs: [
        {
          id: '50',
          from: '2026-03-01',
          to: '2026-03-31',
          amount: { amount: '125000.50', currency: 'RUB' },
        },
        { id: '51', from: '2026-02-01', to: '2026-02-28', amount: { amount: '98000.00', currency: 'RUB' } },
      ],
      createdAt: '2026-01-10T09:00:00.000Z',
    },
    {
      id: '41',
      name: 'Прошлогодняя акция',
      description: '',
      status: 'ARCHIVED',
      include: [{ conditions: [utm('utm_campaign', '^promo-\\d+$', 'REGEXP')] }],
      exclude: [],
      costs: [],
      createdAt: '2025-01-10T09:00:00.000Z',
    },
  ];
}
