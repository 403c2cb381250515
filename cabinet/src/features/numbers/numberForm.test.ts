import { expect, test } from 'vitest';
import type { VirtualNumberFieldsFragment } from '@/graphql/generated/graphql';
import { changesOf, commonValues, creation, keep, listed, newNumbers } from './numberForm';

const number = (over: Partial<VirtualNumberFieldsFragment>): VirtualNumberFieldsFragment => ({
  id: '1',
  number: '74951234567',
  text: '',
  name: '',
  connectionId: null,
  siteId: '10',
  usage: 'STATIC',
  campaignId: null,
  poolId: null,
  blockId: null,
  isOverflow: false,
  isDefault: false,
  state: 'ACTIVE',
  quarantineUntil: null,
  scenarioId: '5',
  integrationId: null,
  records: true,
  lastLeasedAt: null,
  createdAt: '2026-01-01T00:00:00Z',
  ...over,
});

test('numbers show what they have in common, and nothing where they differ', () => {
  const values = commonValues([number({}), number({ id: '2', scenarioId: null, records: false })]);
  expect(values).toMatchObject({ siteId: '10', usage: 'STATIC', scenarioId: keep, records: keep });
});

test('only what was changed is sent', () => {
  const before = commonValues([number({}), number({ id: '2', scenarioId: null })]);
  expect(changesOf(before, before)).toEqual({});
  expect(changesOf(before, { ...before, siteId: '0', isDefault: 'yes', name: ' A ' })).toEqual({
    siteId: '0',
    isDefault: true,
    name: 'A',
  });
});

test('a pasted list is parted at line breaks, commas and semicolons', () => {
  expect(listed('+7 495 123-45-67\r\n\n8 800 5;  1,2')).toEqual(['+7 495 123-45-67', '8 800 5', '1', '2']);
});

test('new numbers get only the settings of their usage', () => {
  const values = { ...newNumbers(), siteId: '10', campaignId: '40', poolId: '3', isOverflow: 'yes' as const };
  expect(creation('1', { ...values, usage: 'POOL' }, true)).toMatchObject({
    siteId: null,
    campaignId: null,
    poolId: '3',
    isOverflow: true,
    quarantine: true,
  });
  expect(creation('1', { ...values, usage: 'STATIC' }, false)).toMatchObject({
    siteId: '10',
    campaignId: '40',
    poolId: null,
    isOverflow: false,
  });
});
