import type {
  CreateVirtualNumbersInput,
  NumberState,
  NumberUsage,
  UpdateVirtualNumbersInput,
  VirtualNumberFieldsFragment,
} from '@/graphql/generated/graphql';

/** The id that stands for "none". */
export const none = '0';

/** What is not the same for all numbers being changed, and is left as it is. */
export const keep = '';

/** Settings of numbers being edited; `keep` leaves what is there, and `none` takes it away. */
export interface NumberValues {
  name: string;
  connectionId: string;
  siteId: string;
  usage: NumberUsage | typeof keep;
  campaignId: string;
  poolId: string;
  blockId: string;
  isOverflow: YesNo;
  isDefault: YesNo;
  state: NumberState | typeof keep;
  scenarioId: string;
  integrationId: string;
  records: YesNo;
}

/** A switch, or what is left as it is. */
export type YesNo = 'yes' | 'no' | typeof keep;

const links = [
  'connectionId',
  'siteId',
  'campaignId',
  'poolId',
  'blockId',
  'scenarioId',
  'integrationId',
] as const;
const switches = ['isOverflow', 'isDefault', 'records'] as const;

/** The settings of new numbers. */
export function newNumbers(): NumberValues {
  return {
    name: '',
    connectionId: none,
    siteId: none,
    usage: 'RESERVE',
    campaignId: none,
    poolId: none,
    blockId: none,
    isOverflow: 'no',
    isDefault: 'no',
    state: 'ACTIVE',
    scenarioId: none,
    integrationId: none,
    records: 'yes',
  };
}

/** What numbers have in common; where they differ, `keep`. */
export function commonValues(numbers: readonly VirtualNumberFieldsFragment[]): NumberValues {
  const common = <Value extends string>(of: (number: VirtualNumberFieldsFragment) => Value) => {
    const [first, ...others] = new Set(numbers.map(of));
    return first !== undefined && others.length === 0 ? first : keep;
  };
  const link = (name: (typeof links)[number]) => common((number) => number[name] ?? none);
  const yesNo = (name: (typeof switches)[number]) => common<YesNo>((number) => (number[name] ? 'yes' : 'no'));
  return {
    name: common(({ name }) => name),
    connectionId: link('connectionId'),
    siteId: link('siteId'),
    usage: common<NumberUsage | typeof keep>(({ usage }) => usage),
    campaignId: link('campaignId'),
    poolId: link('poolId'),
    blockId: link('blockId'),
    isOverflow: yesNo('isOverflow'),
    isDefault: yesNo('isDefault'),
    state: common<NumberState | typeof keep>(({ state }) => state),
    scenarioId: link('scenarioId'),
    integrationId: link('integrationId'),
    records: yesNo('records'),
  };
}

/** What to send: only what was changed, so that what others change meanwhile stays. */
export function changesOf(before: NumberValues, after: NumberValues): Omit<UpdateVirtualNumbersInput, 'ids'> {
  const changes: Omit<UpdateVirtualNumbersInput, 'ids'> = {};
  if (after.name.trim() !== before.name) changes.name = after.name.trim();
  for (const name of links) {
    if (after[name] !== before[name] && after[name] !== keep) changes[name] = after[name];
  }
  for (const name of switches) {
    if (after[name] !== before[name] && after[name] !== keep) changes[name] = after[name] === 'yes';
  }
  if (after.usage !== before.usage && after.usage !== keep) changes.usage = after.usage;
  if (after.state !== before.state && after.state !== keep) changes.state = after.state;
  return changes;
}

/** The numbers of a pasted list, as the server parts them. */
export function listed(text: string): string[] {
  return text
    .split(/[\n\r,;]+/)
    .map((part) => part.trim())
    .filter(Boolean);
}

/** New numbers as the server takes them; settings that do not belong to their usage are left out. */
export function creation(
  numbers: string,
  values: NumberValues,
  quarantine: boolean,
): CreateVirtualNumbersInput {
  const id = (value: string) => (value === none || value === keep ? null : value);
  const usage = values.usage === keep ? 'RESERVE' : values.usage;
  return {
    numbers,
    name: values.name.trim(),
    usage,
    connectionId: id(values.connectionId),
    siteId: usage === 'POOL' ? null : id(values.siteId),
    campaignId: usage === 'STATIC' ? id(values.campaignId) : null,
    blockId: usage === 'STATIC' ? id(values.blockId) : null,
    poolId: usage === 'POOL' ? id(values.poolId) : null,
    isOverflow: usage === 'POOL' && values.isOverflow === 'yes',
    scenarioId: id(values.scenarioId),
    integrationId: id(values.integrationId),
    records: values.records === 'yes',
    quarantine,
  };
}
