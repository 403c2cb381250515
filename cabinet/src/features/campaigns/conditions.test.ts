import { describe, expect, test } from 'vitest';
import type { CampaignFieldsFragment } from '@/graphql/generated/graphql';
import { type Draft, draftOf, type Edit, editDraft, faultsOf, groupsInput, most } from './conditions';

const campaign = {
  include: [
    {
      conditions: [
        { parameter: 'UTM_TAGS', key: 'utm_source', operator: 'EQUALS', value: 'yandex' },
        { parameter: 'LOCATION', key: null, operator: 'CONTAINS', value: 'Казань' },
      ],
    },
  ],
  exclude: [{ conditions: [{ parameter: 'REFERRER', key: null, operator: 'REGEXP', value: '^a' }] }],
} as unknown as CampaignFieldsFragment;

const run = (draft: Draft, ...edits: Edit[]) => edits.reduce(editDraft, draft);
const firstOf = (draft: Draft) => {
  const group = draft.include[0];
  const condition = group?.conditions[0];
  if (!group || !condition) {
    throw new Error('the draft has no condition');
  }
  return { side: 'include' as const, group: group.id, condition: condition.id };
};

describe('condition editor', () => {
  test('a new campaign begins with one empty condition', () => {
    const draft = draftOf(undefined);
    expect(draft.include).toHaveLength(1);
    expect(draft.include[0]?.conditions).toHaveLength(1);
    expect(draft.exclude).toEqual([]);
  });

  test('a campaign comes back as it was', () => {
    const draft = draftOf(campaign);
    expect(groupsInput(draft.include)).toEqual([
      {
        conditions: [
          { parameter: 'UTM_TAGS', key: 'utm_source', operator: 'EQUALS', value: 'yandex' },
          { parameter: 'LOCATION', operator: 'CONTAINS', value: 'Казань' },
        ],
      },
    ]);
    expect(groupsInput(draft.exclude)).toHaveLength(1);
  });

  test('ids stay unique through any edits', () => {
    let draft = draftOf(campaign);
    const { side, group } = firstOf(draft);
    draft = run(
      draft,
      { type: 'addGroup', side },
      { type: 'addCondition', side, group },
      { type: 'addGroup', side: 'exclude' },
      { type: 'addCondition', side, group },
    );
    const ids = [...draft.include, ...draft.exclude].flatMap(({ id, conditions }) => [
      id,
      ...conditions.map((condition) => condition.id),
    ]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('a group goes with its last condition, the last including one is replaced', () => {
    const draft = draftOf(undefined);
    const next = run(draft, { type: 'removeCondition', ...firstOf(draft) });
    expect(next.include).toHaveLength(1);
    expect(next.include[0]?.id).not.toBe(draft.include[0]?.id);
    const excluded = run(draft, { type: 'addGroup', side: 'exclude' });
    const group = excluded.exclude[0]?.id ?? 0;
    expect(run(excluded, { type: 'removeGroup', side: 'exclude', group }).exclude).toEqual([]);
  });

  test('limits hold', () => {
    let draft = draftOf(undefined);
    for (let index = 0; index < most.groups + 5; index++) {
      draft = run(draft, { type: 'addGroup', side: 'include' });
    }
    const { side, group } = firstOf(draft);
    for (let index = 0; index < most.conditions + 5; index++) {
      draft = run(draft, { type: 'addCondition', side, group });
    }
    expect(draft.include).toHaveLength(most.groups);
    expect(draft.include[0]?.conditions).toHaveLength(most.conditions);
  });

  test('edits leave the old draft alone', () => {
    const draft = draftOf(campaign);
    const before = structuredClone(draft);
    run(
      draft,
      { type: 'change', ...firstOf(draft), to: { value: 'x' } },
      { type: 'addGroup', side: 'include' },
    );
    expect(draft).toEqual(before);
  });

  test.each([
    ['an empty value', { value: ' ' }, 'value'],
    ['a tag without a name', { key: '', value: 'x' }, 'key'],
    ['a broken expression', { operator: 'REGEXP' as const, value: '(' }, 'regexp'],
    ['nothing', { value: 'x' }, undefined],
    ['a name is needed for tags only', { parameter: 'CHANNEL' as const, key: '', value: 'x' }, undefined],
  ])('finds %s', (_, to, want) => {
    const draft = draftOf(undefined);
    const place = firstOf(draft);
    const faults = faultsOf(run(draft, { type: 'change', ...place, to }));
    expect(faults.get(place.condition)).toBe(want);
  });
});
