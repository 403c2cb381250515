import type { SettingFieldFieldsFragment, SettingSectionFieldsFragment } from '@/graphql/generated/graphql';

type Field = SettingFieldFieldsFragment;

/** A system of the test catalogue. */
export interface Driver {
  kind: string;
  title: { ru: string; en: string };
  summary: { ru: string; en: string };
  category: string;
  capabilities: string[];
  sections: SettingSectionFieldsFragment[];
}

const text = (ru: string, en: string) => ({ ru, en });

function field(
  key: string,
  type: Field['type'],
  title: { ru: string; en: string },
  more: Partial<Field> = {},
): Field {
  return {
    key,
    type,
    title,
    hint: text('', ''),
    required: false,
    default: [],
    defaultPairs: [],
    options: [],
    hasRemoteOptions: false,
    dependsOn: [],
    shownWhen: null,
    min: 0,
    max: 0,
    ...more,
  };
}

const section = (
  id: string,
  title: { ru: string; en: string },
  hint: { ru: string; en: string },
  fields: Field[],
  checksConnection = false,
): SettingSectionFieldsFragment => ({ id, title, hint, isStep: true, checksConnection, fields });

const when = (key: string, ...values: string[]) => ({ key, in: values });

/** Every way of entering a setting. */
const access = section(
  'access',
  text('Доступ', 'Access'),
  text('Подключение делает администратор CRM.', 'An administrator of the CRM connects it.'),
  [
    field('address', 'URL', text('Адрес CRM', 'Address of the CRM'), {
      required: true,
      hint: text('Например, https://company.crm.example', 'Like https://company.crm.example'),
    }),
    field('auth', 'SELECT', text('Как подключиться', 'How to connect'), {
      required: true,
      default: ['token'],
      options: [
        { value: 'token', title: text('долгосрочный токен', 'long-lived token'), group: '' },
        { value: 'oauth', title: text('кнопка «Разрешить»', 'the button “Allow”'), group: '' },
      ],
    }),
    field('token', 'SECRET', text('Токен', 'Token'), { required: true, shownWhen: when('auth', 'token') }),
    field('redirect', 'NOTE', text('Ссылка для перенаправления', 'Redirect address'), {
      hint: text('Вставьте её в настройки CRM: {{redirect_url}}', 'Paste it into the CRM: {{redirect_url}}'),
      shownWhen: when('auth', 'oauth'),
    }),
    field('authorize', 'AUTHORIZE', text('Разрешить доступ в CRM', 'Allow access in the CRM'), {
      shownWhen: when('auth', 'oauth'),
    }),
  ],
  true,
);

const goals = section(
  'goals',
  text('Цели', 'Goals'),
  text('Для каких целей создавать сделки.', 'Which goals create deals.'),
  [
    field('deals_out', 'SWITCH', text('Создавать сделки по целям', 'Create deals from goals'), {
      default: ['true'],
    }),
    field('goals', 'MULTI', text('Цели', 'Goals'), {
      required: true,
      hasRemoteOptions: true,
      shownWhen: when('deals_out', 'true'),
    }),
  ],
);

const deals = section(
  'deals',
  text('Сделка', 'Deal'),
  text('Куда попадёт сделка и что в ней будет написано.', 'Where the deal goes and what stands in it.'),
  [
    field('funnel', 'SELECT', text('Воронка', 'Funnel'), { required: true, hasRemoteOptions: true }),
    field('stage', 'SELECT', text('Этап', 'Stage'), {
      required: true,
      hasRemoteOptions: true,
      dependsOn: ['funnel'],
    }),
    field('responsible', 'SELECT', text('Ответственный', 'Responsible'), {
      hasRemoteOptions: true,
      hint: text('Не выбран: решает CRM.', 'None chosen: the CRM decides.'),
    }),
    field('deal_name', 'TEMPLATE', text('Название сделки', 'Name of the deal'), {
      required: true,
      max: 200,
      default: ['{{goal}}: {{contact}}'],
    }),
    field('note', 'TEMPLATE', text('Примечание', 'Note'), {
      max: 2000,
      default: ['{{goal}}\n{{page}}\n{{message}}'],
    }),
  ],
);

const mapping = section(
  'mapping',
  text('Поля', 'Fields'),
  text('Какие поля сделки заполнять и чем.', 'Which fields of the deal to fill, and with what.'),
  [
    field('mapping', 'MAPPING', text('Поля сделки', 'Fields of the deal'), {
      hasRemoteOptions: true,
      defaultPairs: [{ field: 'UTM_SOURCE', template: '{{utm_source}}' }],
      max: 500,
    }),
  ],
);

const reports = section(
  'reports',
  text('Отчёты', 'Reports'),
  text('Сделки из CRM попадают в отчёты о рекламе.', 'Deals of the CRM appear in the reports.'),
  [
    field('deals_in', 'SWITCH', text('Загружать сделки в отчёты', 'Read deals into reports'), {
      default: ['true'],
    }),
    field('import_months', 'NUMBER', text('Загрузить прошлые сделки, месяцев', 'Read past deals, months'), {
      default: ['3'],
      max: 36,
      shownWhen: when('deals_in', 'true'),
    }),
    field('report_funnels', 'MULTI', text('Воронки в отчётах', 'Funnels in reports'), {
      hasRemoteOptions: true,
      shownWhen: when('deals_in', 'true'),
      hint: text('Ни одной не выбрано: все.', 'None chosen: all.'),
    }),
  ],
);

/** The systems of the test catalogue. */
export const drivers: Driver[] = [
  {
    kind: 'amocrm',
    title: text('amoCRM', 'amoCRM'),
    summary: text(
      'Достигнутые цели становятся сделками, сделки из amoCRM видны в отчётах.',
      'Reached goals become deals, and the deals of amoCRM appear in the reports.',
    ),
    category: 'CRM',
    capabilities: ['OPTIONS', 'EMPLOYEES', 'CONTACTS', 'DEALS_OUT', 'DEALS_IN', 'WEBHOOKS'],
    sections: [access, goals, deals, mapping, reports],
  },
  {
    kind: 'bitrix24',
    title: text('Битрикс24', 'Bitrix24'),
    summary: text(
      'Достигнутые цели становятся сделками или лидами, сделки видны в отчётах.',
      'Reached goals become deals or leads, and deals appear in the reports.',
    ),
    category: 'CRM',
    capabilities: ['OPTIONS', 'CONTACTS', 'DEALS_OUT', 'DEALS_IN'],
    sections: [access, goals],
  },
  {
    kind: 'calls',
    title: text('Телефония «Звон»', 'Ring telephony'),
    summary: text('Звонки попадают в отчёты.', 'Calls appear in the reports.'),
    category: 'TELEPHONY',
    capabilities: ['CALL_LOG', 'CLICK_TO_CALL'],
    sections: [access],
  },
];

/** Choices the test systems list, by setting. */
export const choices: Record<string, { value: string; title: { ru: string; en: string }; group: string }[]> =
  {
    goals: [
      { value: '30', title: text('Заказ оформлен', 'Заказ оформлен'), group: 'Ромашка: доставка цветов' },
      { value: '31', title: text('Клик по «Купить»', 'Клик по «Купить»'), group: 'Ромашка: доставка цветов' },
      { value: '35', title: text('Подписка', 'Подписка'), group: 'blog.romashka.example' },
    ],
    funnel: [
      { value: '1', title: text('Продажи', 'Продажи'), group: '' },
      { value: '2', title: text('Опт', 'Опт'), group: '' },
    ],
    responsible: [{ value: '9', title: text('Ольга Белова', 'Ольга Белова'), group: '' }],
    mapping: [
      { value: 'UTM_SOURCE', title: text('Источник (utm_source)', 'Источник (utm_source)'), group: '' },
      { value: 'UTM_TERM', title: text('Ключевое слово', 'Ключевое слово'), group: '' },
    ],
    report_funnels: [
      { value: '1', title: text('Продажи', 'Продажи'), group: '' },
      { value: '2', title: text('Опт', 'Опт'), group: '' },
    ],
  };

/** Stages of the test CRM by funnel. */
export const stagesOf: Record<string, typeof choices.funnel> = {
  1: [
    { value: '11', title: text('Новая', 'Новая'), group: '' },
    { value: '12', title: text('Переговоры', 'Переговоры'), group: '' },
  ],
  2: [{ value: '21', title: text('Заявка', 'Заявка'), group: '' }],
};
