import { expect, test } from 'vitest';
import type { CrmFieldsFragment } from '@/graphql/generated/graphql';
import { crmFormOf, crmInput, funnelChoice, goalGroups, isShown, isWorking } from './crmForm';

const load = { state: 'COMPLETED', at: '2026-03-01T10:00:00Z', error: '' } as const;
const crm: CrmFieldsFragment = {
  id: '1',
  kind: 'CUSTOM',
  name: 'Другая CRM',
  conversionModel: 'LAST_BEFORE_DEAL',
  ignoreOutgoingCalls: true,
  ignoreOutgoingChats: false,
  terms: 'DEALS',
  dealCount: 3,
  dealsInProcessing: 0,
  dealsLoad: load,
  leadsLoad: { state: 'NOT_LOADED', at: null, error: '' },
  goals: [{ id: '30', name: 'Заказ' }],
  funnels: [],
};
const funnels = [
  { id: 'a', inReports: true },
  { id: 'b', inReports: false },
];

test('OC-2, OC-3 settings go to the server as they stand in the form', () => {
  expect(crmInput('1', { ...crmFormOf(crm), conversionModel: 'LAST_BEFORE_CONTACT' })).toEqual({
    id: '1',
    conversionModel: 'LAST_BEFORE_CONTACT',
    goalIds: ['30'],
    terms: 'DEALS',
    ignoreOutgoingCalls: true,
    ignoreOutgoingChats: false,
  });
});

test('OC-4 untouched funnels are not sent', () => {
  expect(funnelChoice(funnels, {})).toBeNull();
  expect(funnelChoice(funnels, { a: true })).toBeNull();
});

test('OC-4 a changed choice of funnels is sent whole', () => {
  expect(funnelChoice(funnels, { b: true })).toEqual(['a', 'b']);
  expect(funnelChoice(funnels, { a: false })).toEqual([]);
});

test('OC-4 a funnel that comes while the form is open keeps its own state', () => {
  expect(isShown({ id: 'new', inReports: true }, { a: false })).toBe(true);
  expect(funnelChoice([...funnels, { id: 'new', inReports: true }], { a: false })).toEqual(['new']);
});

test('OC-3 only goals flagged as such are offered, chosen ones stay', () => {
  const goal = { isEnabled: true, name: 'x' };
  const sites = [
    {
      id: '10',
      name: 'Shop',
      goals: [
        { ...goal, id: '30', isGoal: true },
        { ...goal, id: '31', isGoal: false },
        { ...goal, id: '32', isGoal: false },
      ],
    },
    { id: '11', name: 'Blog', goals: [] },
  ];
  expect(goalGroups(sites, ['32']).map(({ items }) => items.map(({ value }) => value))).toEqual([
    ['30', '32'],
  ]);
});

test('OC-1 a load or deals under way make the page look again', () => {
  expect(isWorking(crm)).toBe(false);
  expect(isWorking({ ...crm, dealsInProcessing: 4 })).toBe(true);
  expect(isWorking({ ...crm, dealsLoad: { ...load, state: 'IN_PROCESS' } })).toBe(true);
});
