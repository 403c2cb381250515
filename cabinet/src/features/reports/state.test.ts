import { describe, expect, test } from 'vitest';
import { parseSearch, stringifySearch } from '@/app/search';
import { writeFilter } from './filter';
import {
  changed,
  columnText,
  definitionOf,
  readColumn,
  readDefinition,
  readReportState,
  type ReportState,
} from './state';

const everything: ReportState = {
  from: '2026-03-01',
  to: '2026-03-31',
  compare: 'custom',
  cfrom: '2026-01-01',
  cto: '2026-01-31',
  dims: ['channel', 'deal_stage'],
  cols: ['visits', 'deals.linear', 'revenue.custom:3', 'stage:12'],
  model: 'first_click',
  conv: 'lead',
  lookback: 30,
  window: 60,
  funnels: ['1', '2'],
  filter: '{"any":[["source","CONTAINS","Ромашка & Co, + «сын»"]]}',
  sort: 'deals.linear',
  dir: 'asc',
  view: '7',
  tab: 'table',
  step: 'week',
  funnel: '2',
  unit: 'campaign',
  models: ['linear', 'markov'],
  metrics: ['deals', 'revenue'],
  base: 'linear',
  diff: 'absolute',
  order: 2,
};

describe('AN-2 the state of a report and the address', () => {
  test('everything survives the way through the address', () => {
    expect(readReportState(parseSearch(stringifySearch({ ...everything })))).toEqual(everything);
  });

  test('everything but which view it is survives in a saved view', () => {
    expect(readDefinition(definitionOf(everything))).toEqual({ ...everything, view: undefined });
  });

  test('a report as it comes leaves a clean address', () => {
    expect(stringifySearch({ ...readReportState({}) })).toBe('');
    expect(stringifySearch({ ...readReportState({ period: 'days30' }) })).toBe('');
  });

  test('whatever makes no sense is passed over', () => {
    const raw = {
      period: 'ever',
      from: '2026-02-31',
      lookback: '900',
      window: 'x',
      order: '4',
      dims: ' ',
      dir: 'up',
    };
    expect(readReportState(raw)).toEqual({});
    expect(readDefinition('not json')).toEqual({});
    expect(readDefinition('[]')).toEqual({});
  });

  test('a period the server would refuse is passed over', () => {
    expect(readReportState({ from: '2026-03-31', to: '2026-03-01' })).toEqual({});
    expect(readReportState({ from: '2024-01-01', to: '2026-03-01' })).toEqual({});
    expect(readReportState({ compare: 'custom' })).toEqual({ compare: 'previous' });
  });

  test('more than six dimensions are cut', () => {
    expect(readReportState({ dims: 'a,b,c,d,e,f,g' }).dims).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });

  test('an undefined change goes back to the report’s own choice', () => {
    expect(changed({ model: 'linear', tab: 'table' }, { model: undefined })).toEqual({ tab: 'table' });
  });

  test('a filter that lets everything through leaves the address', () => {
    expect(changed({ filter: 'x' }, { filter: writeFilter({ any: false, filters: [] }) })).toEqual({});
  });
});

describe('columns in the address', () => {
  test.each([
    ['visits', { metric: 'visits', model: null }],
    ['deals.linear', { metric: 'deals', model: 'linear' }],
    ['stage:12.custom:3', { metric: 'stage:12', model: 'custom:3' }],
  ])('%s', (text, column) => {
    expect(readColumn(text)).toEqual(column);
    expect(columnText(column)).toBe(text);
  });
});
