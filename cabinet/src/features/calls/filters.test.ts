import { expect, test } from 'vitest';
import { callVariables, readCallFilters, viewOf, withView } from './filters';

test('whatever makes no sense in the address is passed over', () => {
  const raw = {
    from: '2026-02-30',
    to: '2026-03-01',
    dirs: 'IN,SIDEWAYS',
    lost: 'maybe',
    back: 'no',
    campaign: '40',
    talk: '-5',
    methods: 'AMBIGUOUS',
    extra: 'x',
  };
  expect(readCallFilters(raw)).toEqual({ to: '2026-03-01', dirs: ['IN'], methods: ['AMBIGUOUS'] });
});

test('filters become what the server takes, days in the account’s time zone', () => {
  const filters = readCallFilters({
    from: '2026-03-01',
    to: '2026-03-01',
    lost: 'yes',
    back: 'no',
    rec: 'no',
    first: 'yes',
    talk: '30',
    q: ' 12 ',
    site: '10',
    campaign: '40',
  });
  expect(callVariables(filters, 'Europe/Moscow').filter).toEqual({
    from: '2026-02-28T21:00:00.000Z',
    to: '2026-03-01T21:00:00.000Z',
    isLost: true,
    isCalledBack: false,
    hasRecording: false,
    isFirst: true,
    minTalkSeconds: 30,
    siteId: '10',
    campaignId: '40',
  });
});

test('a view changes what is lost alone, and is recognised again', () => {
  const filters = { employee: '900' };
  for (const view of ['all', 'lost', 'waiting'] as const) {
    const next = withView({ ...filters, lost: 'no' }, view);
    expect(viewOf(next)).toBe(view);
    expect(next.employee).toBe('900');
  }
  expect(viewOf({ lost: 'yes', back: 'yes' })).toBeNull();
});
