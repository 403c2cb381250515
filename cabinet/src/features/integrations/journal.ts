import type {
  IntegrationJobCountsFieldsFragment,
  IntegrationJobFilter,
  IntegrationJobKind,
  IntegrationJobState,
  IntegrationState,
} from '@/graphql/generated/graphql';
import { compact, type RawSearch, textParam, wordsParam } from '@/ui/searchParams';

/** Kinds of work, in the order of the menu. */
export const jobKinds = [
  'DELIVER',
  'HOOK',
  'PULL',
  'CATCH_UP',
  'CATALOGUE',
  'IMPORT',
  'SUBSCRIBE',
  'UNSUBSCRIBE',
  'CALL_POPUP',
  'CALL_POPUP_HIDE',
  'CALL_LOG',
  'CALL_TASK',
  'EMPLOYEES',
] as const satisfies IntegrationJobKind[];

/** States of jobs, in the order of the menu. */
export const jobStates = [
  'PARKED',
  'WAITING',
  'RUNNING',
  'DONE',
  'CANCELLED',
] as const satisfies IntegrationJobState[];

/** What the page of an integration shows, as it stands in the address. */
export interface IntegrationSearch {
  /** The open tab; the overview when absent. */
  tab?: string;
  kinds?: IntegrationJobKind[];
  states?: IntegrationJobState[];
  /** The job whose details are open. */
  job?: string;
  /** The communication the journal is limited to, or a preview is made for. */
  communication?: string;
}

/** Reads the address; whatever makes no sense is passed over. */
export function readIntegrationSearch(raw: RawSearch): IntegrationSearch {
  return compact<IntegrationSearch>({
    tab: textParam(raw, 'tab'),
    kinds: wordsParam(raw, 'kinds', jobKinds),
    states: wordsParam(raw, 'states', jobStates),
    job: textParam(raw, 'job'),
    communication: textParam(raw, 'communication'),
  } as IntegrationSearch);
}

/** Reads the wizard's address. */
export function readConnectSearch(raw: RawSearch): { step?: string } {
  return compact({ step: textParam(raw, 'step') } as { step?: string });
}

/** The journal's filter as the server takes it. */
export function jobFilter({ kinds, states, communication }: IntegrationSearch): IntegrationJobFilter {
  const filter: IntegrationJobFilter = {};
  if (kinds) filter.kinds = kinds;
  if (states) filter.states = states;
  if (communication) filter.communicationId = communication;
  return filter;
}

/** Whether a person can let a job run (again) at once. */
export function canRetry(state: IntegrationJobState): boolean {
  return state === 'PARKED' || state === 'WAITING' || state === 'CANCELLED';
}

/** Whether a person can take a job back. */
export function canCancel(state: IntegrationJobState): boolean {
  return state === 'PARKED' || state === 'WAITING';
}

/** Whether a job may change by itself, so that what is shown of it should be asked for again. */
export function isMoving(state: IntegrationJobState): boolean {
  return state === 'WAITING' || state === 'RUNNING';
}

/** Whether somebody should look at an integration. */
export function needsAttention(integration: {
  state: IntegrationState;
  counts: Pick<IntegrationJobCountsFieldsFragment, 'parked'>;
}): boolean {
  return integration.state === 'BROKEN' || integration.counts.parked > 0;
}

/** The share of an import that is done, in percent; null while its size is unknown. */
export function importShare({ done, total }: { done: number; total: number }): number | null {
  return total <= 0 ? null : Math.min(100, Math.round((done / total) * 100));
}

/** A body of a request or an answer for reading: JSON and forms line by line, anything else as it came. */
export function prettyBody(text: string): string {
  const trimmed = text.trim();
  if (trimmed.startsWith('{') || trimmed.startsWith('[')) {
    try {
      return JSON.stringify(JSON.parse(trimmed), null, 2);
    } catch {
      // Shortened, or no JSON after all.
      return text;
    }
  }
  if (/^[^\s=&<]+=[^\s&]*(&[^\s=&<]+=[^\s&]*)*$/.test(trimmed)) {
    return [...new URLSearchParams(trimmed)].map(([name, value]) => `${name} = ${value}`).join('\n');
  }
  return text;
}
