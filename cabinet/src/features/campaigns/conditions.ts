import type {
  CampaignFieldsFragment,
  ConditionGroupInput,
  ConditionOperator,
  ConditionParameter,
} from '@/graphql/generated/graphql';

/** Everything a condition can look at, in the order of the menu. */
export const parameters = [
  'UTM_TAGS',
  'ENTRANCE_PAGE',
  'REFERRER_DOMAIN',
  'REFERRER',
  'SEARCH_ENGINE',
  'SEARCH_QUERY',
  'ENGINE',
  'CHANNEL',
  'LOCATION',
  'OS_TAGS',
  'OTHER_TAGS',
] as const satisfies ConditionParameter[];

/** The comparisons, in the order of the menu. */
export const operators = ['EQUALS', 'CONTAINS', 'REGEXP'] as const satisfies ConditionOperator[];

/** Most groups on either side, and most conditions in a group. */
export const most = { groups: 30, conditions: 50 };

/** A condition being edited; `id` is stable while it is. */
export interface DraftCondition {
  id: number;
  parameter: ConditionParameter;
  key: string;
  operator: ConditionOperator;
  value: string;
}

/** A group being edited: all its conditions must hold. */
export interface DraftGroup {
  id: number;
  conditions: DraftCondition[];
}

/** Whether the groups let visits in or keep them out. */
export type Side = 'include' | 'exclude';

/** The rules of a campaign being edited. */
export interface Draft {
  include: DraftGroup[];
  exclude: DraftGroup[];
  /** Next free id. */
  nextId: number;
}

/** A step of editing. */
export type Edit =
  | { type: 'addGroup'; side: Side }
  | { type: 'removeGroup'; side: Side; group: number }
  | { type: 'addCondition'; side: Side; group: number }
  | { type: 'removeCondition'; side: Side; group: number; condition: number }
  | {
      type: 'change';
      side: Side;
      group: number;
      condition: number;
      to: Partial<Omit<DraftCondition, 'id'>>;
    };

/** Whether a parameter is a kind of tags, which needs the tag's name. */
export function hasKey(parameter: ConditionParameter): boolean {
  return parameter === 'UTM_TAGS' || parameter === 'OS_TAGS' || parameter === 'OTHER_TAGS';
}

/** Begins with a campaign's rules, or with one empty condition for a new campaign. */
export function draftOf(campaign: CampaignFieldsFragment | undefined): Draft {
  const draft: Draft = { include: [], exclude: [], nextId: 1 };
  for (const side of ['include', 'exclude'] as const) {
    draft[side] = (campaign?.[side] ?? []).map((group) => ({
      id: draft.nextId++,
      conditions: group.conditions.map(({ parameter, key, operator, value }) => ({
        id: draft.nextId++,
        parameter,
        key: key ?? '',
        operator,
        value,
      })),
    }));
  }
  return draft.include.length > 0 ? draft : editDraft(draft, { type: 'addGroup', side: 'include' });
}

/** Makes one step. A group that loses its last condition goes, except the last including one. */
export function editDraft(draft: Draft, edit: Edit): Draft {
  switch (edit.type) {
    case 'addGroup': {
      if (draft[edit.side].length >= most.groups) {
        return draft;
      }
      const group = { id: draft.nextId, conditions: [emptyCondition(draft.nextId + 1)] };
      return { ...draft, [edit.side]: [...draft[edit.side], group], nextId: draft.nextId + 2 };
    }
    case 'removeGroup':
      return withGroups(
        draft,
        edit.side,
        draft[edit.side].filter(({ id }) => id !== edit.group),
      );
    case 'addCondition':
      return {
        ...changeGroup(draft, edit, (conditions) =>
          conditions.length >= most.conditions ? conditions : [...conditions, emptyCondition(draft.nextId)],
        ),
        nextId: draft.nextId + 1,
      };
    case 'removeCondition':
      return changeGroup(draft, edit, (conditions) => conditions.filter(({ id }) => id !== edit.condition));
    case 'change':
      return changeGroup(draft, edit, (conditions) =>
        conditions.map((condition) =>
          condition.id === edit.condition ? { ...condition, ...edit.to } : condition,
        ),
      );
  }
}

function emptyCondition(id: number): DraftCondition {
  return { id, parameter: 'UTM_TAGS', key: 'utm_source', operator: 'EQUALS', value: '' };
}

function changeGroup(
  draft: Draft,
  { side, group }: { side: Side; group: number },
  change: (conditions: DraftCondition[]) => DraftCondition[],
): Draft {
  const groups = draft[side]
    .map((old) => (old.id === group ? { ...old, conditions: change(old.conditions) } : old))
    .filter(({ conditions }) => conditions.length > 0);
  return withGroups(draft, side, groups);
}

function withGroups(draft: Draft, side: Side, groups: DraftGroup[]): Draft {
  const next = { ...draft, [side]: groups };
  return side === 'include' && groups.length === 0
    ? editDraft(next, { type: 'addGroup', side: 'include' })
    : next;
}

/** What is wrong with a condition. */
export type ConditionFault = 'key' | 'value' | 'regexp';

/** The faults of a draft by condition id; empty when it can be sent. */
export function faultsOf(draft: Draft): Map<number, ConditionFault> {
  const faults = new Map<number, ConditionFault>();
  for (const { conditions } of [...draft.include, ...draft.exclude]) {
    for (const condition of conditions) {
      const fault = faultOf(condition);
      if (fault) {
        faults.set(condition.id, fault);
      }
    }
  }
  return faults;
}

function faultOf({ parameter, key, operator, value }: DraftCondition): ConditionFault | undefined {
  if (hasKey(parameter) && key.trim() === '') {
    return 'key';
  }
  if (value.trim() === '') {
    return 'value';
  }
  if (operator === 'REGEXP') {
    try {
      new RegExp(value);
    } catch {
      return 'regexp';
    }
  }
  return undefined;
}

/** One side of a draft as the server takes it. */
export function groupsInput(groups: DraftGroup[]): ConditionGroupInput[] {
  return groups.map(({ conditions }) => ({
    conditions: conditions.map(({ parameter, key, operator, value }) => ({
      parameter,
      ...(hasKey(parameter) ? { key: key.trim() } : {}),
      operator,
      value: value.trim(),
    })),
  }));
}
