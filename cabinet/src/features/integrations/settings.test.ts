import { describe, expect, test } from 'vitest';
import {
  awaited,
  edited,
  type Field,
  grouped,
  insertAt,
  isShown,
  missingChoices,
  noteParts,
  settingInputs,
  storedValues,
  type Values,
} from './settings';

const text = (ru: string) => ({ ru, en: ru });
const field = (key: string, more: Partial<Field> = {}): Field => ({
  key,
  type: 'TEXT',
  title: text(key),
  hint: text(''),
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
});
const of = (...values: string[]) => ({ values, pairs: [] });
const option = (value: string, group = '') => ({ value, title: text(value), group });

const funnel = field('funnel', { type: 'SELECT', required: true });
const stage = field('stage', { type: 'SELECT', dependsOn: ['funnel'] });
const reason = field('reason', { type: 'SELECT', dependsOn: ['stage'], default: ['none'] });
const fields = [funnel, stage, reason];

describe('visibility', () => {
  const goals = { shownWhen: { key: 'deals_out', in: ['true'] } };
  test('CA-2 a setting is shown unless its condition fails', () => {
    expect(isShown({ shownWhen: null }, {})).toBe(true);
    expect(isShown(goals, { deals_out: of('true') })).toBe(true);
    expect(isShown(goals, { deals_out: of('false') })).toBe(false);
    expect(isShown(goals, {})).toBe(false);
  });
});

describe('values', () => {
  test('CA-2 what the server names no value for has its default', () => {
    const section = {
      id: 's',
      title: text(''),
      hint: text(''),
      isStep: true,
      checksConnection: false,
      fields,
    };
    const driver = { sections: [section] } as never;
    const settings = [{ key: 'funnel', values: ['7'], pairs: [], isSecretSet: false }];
    expect(storedValues({ driver, settings })).toEqual({ funnel: of('7'), stage: of(), reason: of('none') });
  });

  test('CA-2 a changed funnel takes its stage along, and what hangs on that', () => {
    const stored: Values = { funnel: of('1'), stage: of('11'), reason: of('x') };
    expect(edited({}, stored, fields, 'funnel', of('2'))).toEqual({
      funnel: of('2'),
      stage: of(),
      reason: of('none'),
    });
  });

  test('CA-2 a setting put back is no change', () => {
    const stored: Values = { funnel: of('1'), stage: of() };
    const once = edited({}, stored, [funnel, field('stage')], 'funnel', of('2'));
    expect(edited(once, stored, [funnel, field('stage')], 'funnel', of('1'))).toEqual({});
    expect(edited({}, { name: of() }, [field('name')], 'name', of(''))).toEqual({});
  });

  test('CA-2 a setting waits for the needed ones it hangs on', () => {
    expect(awaited(stage, fields, {})).toEqual([funnel]);
    expect(awaited(stage, fields, { funnel: of('1') })).toEqual([]);
    expect(awaited(reason, fields, {})).toEqual([]);
  });

  test('CA-2 texts, lists and mappings go to the server, notes and buttons do not', () => {
    const all = [
      field('name'),
      field('goals', { type: 'MULTI' }),
      field('map', { type: 'MAPPING' }),
      field('note', { type: 'NOTE' }),
      field('go', { type: 'AUTHORIZE' }),
    ];
    const edits: Values = {
      name: of(''),
      goals: of('1', '2'),
      map: { values: [], pairs: [{ field: 'UTM', template: '{{utm_source}}' }] },
      note: of('x'),
      go: of('x'),
    };
    expect(settingInputs(edits, all)).toEqual([
      { key: 'name', values: [] },
      { key: 'goals', values: ['1', '2'] },
      { key: 'map', pairs: [{ field: 'UTM', template: '{{utm_source}}' }] },
    ]);
  });

  test('CA-2 lines of a mapping are compared one by one', () => {
    const map = field('map', { type: 'MAPPING' });
    const pairs = [{ field: 'A', template: '1' }];
    const stored: Values = { map: { values: [], pairs } };
    expect(edited({}, stored, [map], 'map', { values: [], pairs: [...pairs] })).toEqual({});
    expect(
      edited({}, stored, [map], 'map', { values: [], pairs: [{ field: 'A', template: '2' }] }),
    ).toHaveProperty('map');
  });
});

test('CA-2 a variable replaces what is selected', () => {
  expect(insertAt('Заявка с сайта', '{{site}}', 9, 14)).toEqual({ text: 'Заявка с {{site}}', caret: 17 });
  expect(insertAt('', '{{goal}}', 0, 0)).toEqual({ text: '{{goal}}', caret: 8 });
});

test('CA-2 goals stand below their sites, none twice', () => {
  const options = [
    option('1', 'Shop'),
    option('2'),
    option('3', 'Blog'),
    option('4', 'Shop'),
    option('1', 'Shop'),
  ];
  expect(grouped(options, ({ value }) => value)).toEqual([
    { value: '2', label: '2' },
    {
      group: 'Shop',
      items: [
        { value: '1', label: '1' },
        { value: '4', label: '4' },
      ],
    },
    { group: 'Blog', items: [{ value: '3', label: '3' }] },
  ]);
});

test('CA-2 a chosen stage that is gone is noticed', () => {
  expect(missingChoices(['1', '9', ''], [option('1')])).toEqual(['9']);
});

test('CA-2 addresses stand in a note where the driver wants them', () => {
  const addresses = { hookUrl: 'https://a/hooks/x', redirectUrl: 'https://a/back' };
  expect(noteParts('Адрес: {{hook_url}} и {{redirect_url}}. {{other}}', addresses)).toEqual([
    { text: 'Адрес: ', isAddress: false },
    { text: 'https://a/hooks/x', isAddress: true },
    { text: ' и ', isAddress: false },
    { text: 'https://a/back', isAddress: true },
    { text: '. {{other}}', isAddress: false },
  ]);
});
