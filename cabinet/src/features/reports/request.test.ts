import { describe, expect, test } from 'vitest';
import {
  base64url,
  type Catalog,
  conditionsOf,
  exportAddress,
  shownColumns,
  shownDimensions,
  shownOrder,
  tableInput,
} from './request';

const metric = (id: string, supportsModel: boolean) => ({
  id,
  group: 'deals',
  type: 'COUNT' as const,
  formula: '',
  isAdditive: true,
  supportsModel,
  fact: 'DEAL' as const,
  title: '',
});

const catalog: Catalog = {
  dimensions: ['channel', 'source', 'date'].map((id) => ({ id, group: 'source', facts: ['DEAL' as const] })),
  metrics: [metric('visits', false), metric('deals', true), metric('revenue', true)],
  defaultDimensions: ['channel'],
  defaultColumns: [
    { metric: 'visits', model: null },
    { metric: 'deals', model: null },
  ],
};
const today = '2026-03-31';

describe('AN-2 what a report asks for', () => {
  test('what the report has no more is left out, and nothing chosen is the report’s own choice', () => {
    expect(shownDimensions({ dims: ['gone', 'source'] }, catalog)).toEqual(['source']);
    expect(shownDimensions({ dims: ['gone'] }, catalog)).toEqual(['channel']);
    expect(shownColumns({ cols: ['gone'] }, catalog)).toEqual(catalog.defaultColumns);
  });

  test('a metric no model applies to has none', () => {
    expect(shownColumns({ cols: ['visits.linear', 'deals.linear'] }, catalog)).toEqual([
      { metric: 'visits', model: null },
      { metric: 'deals', model: 'linear' },
    ]);
  });

  test('the largest of the first column are on top, days in their order', () => {
    const columns = catalog.defaultColumns;
    expect(shownOrder({}, { dimensions: ['channel'], columns })).toEqual({ sort: 'visits' });
    expect(shownOrder({}, { dimensions: ['date'], columns })).toEqual({});
    expect(shownOrder({ sort: 'own' }, { dimensions: ['channel'], columns })).toEqual({});
    expect(shownOrder({ sort: 'deals', dir: 'asc' }, { dimensions: ['date'], columns })).toEqual({
      sort: 'deals',
      dir: 'asc',
    });
    expect(shownOrder({ sort: 'gone' }, { dimensions: ['channel'], columns })).toEqual({ sort: 'visits' });
  });

  test('the state becomes the question', () => {
    const state = {
      compare: 'previous' as const,
      model: 'linear',
      conv: 'contact' as const,
      lookback: 30,
      window: 9,
      sort: 'deals',
      funnels: ['4'],
    };
    const shown = { dimensions: ['channel', 'source'], columns: catalog.defaultColumns };
    expect(tableInput('END_TO_END', state, shown, today)).toEqual({
      report: 'END_TO_END',
      period: { from: '2026-03-02', to: '2026-03-31' },
      compare: { from: '2026-01-31', to: '2026-03-01' },
      dimensions: ['channel', 'source'],
      columns: [{ metric: 'visits' }, { metric: 'deals' }],
      model: 'linear',
      conversionModel: 'LAST_BEFORE_CONTACT',
      lookbackDays: 30,
      windowDays: 9,
      funnelIds: ['4'],
      sortBy: 1,
      direction: 'DESC',
    });
    expect(conditionsOf('SUMMARY', state, today)).not.toHaveProperty('windowDays');
  });

  test('a file is asked for by the same question', () => {
    const shown = { dimensions: ['channel'], columns: catalog.defaultColumns };
    const input = tableInput('DEALS', { filter: '{"all":[["source","IS","Ромашка"]]}' }, shown, today);
    const address = exportAddress(input, 'xlsx');
    expect(address).toMatch(/^\/export\/report\.xlsx\?request=[\w-]+$/);
    const text = Buffer.from(address.split('=')[1] ?? '', 'base64url').toString('utf8');
    expect(JSON.parse(text)).toEqual(input);
    expect(base64url('?>~')).toBe('Pz5-');
  });
});
