import { expect, test } from 'vitest';
import { dealVariables, readAttributionChoice, readDealFilters } from './filters';

test('OC-1 filters of deals are read from the address, nonsense is passed over', () => {
  expect(
    readDealFilters({
      crm: '1',
      funnels: '2,3',
      stages: '',
      statuses: 'SUCCESS,NONE',
      from: '2026-03-01',
      to: 'tomorrow',
      source: 'maybe',
      sort: 'amount',
      dir: 'up',
    }),
  ).toEqual({ crm: '1', funnels: ['2', '3'], statuses: ['SUCCESS'], from: '2026-03-01', sort: 'amount' });
});

test('OC-1 filters become conditions; days begin in the account’s time zone', () => {
  const filters = { from: '2026-03-01', to: '2026-03-31', source: 'no', employee: '5', q: ' 10 ' } as const;
  const ambiguous = { matches: ['AMBIGUOUS' as const] };
  expect(dealVariables(ambiguous, 'UTC').filter).toEqual(ambiguous);
  expect(dealVariables(filters, 'Europe/Moscow')).toEqual({
    filter: {
      createdFrom: '2026-02-28T21:00:00.000Z',
      createdTo: '2026-03-31T21:00:00.000Z',
      hasSource: false,
      employeeId: '5',
      search: '10',
    },
    sort: 'CREATED_AT',
    direction: 'DESC',
  });
});

test('AN-4 the choice of model is read from the address', () => {
  expect(readAttributionChoice({ model: 'custom:3', conversion: 'lead', days: '30' })).toEqual({
    model: 'custom:3',
    conversion: 'lead',
    days: 30,
  });
  expect(readAttributionChoice({ model: 'a b', conversion: 'x', days: '900' })).toEqual({});
});
