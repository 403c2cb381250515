import type { CallAttributionMethod, CallDirection, CallState, LegRole } from '@/graphql/generated/graphql';

/** Directions in the order of the menu. */
export const directions = ['IN', 'OUT', 'INTERNAL'] as const satisfies CallDirection[];

/** Ways calls are counted, the surest first. */
export const methods = [
  'EXCLUSIVE',
  'STATIC',
  'TEL_CLICK',
  'KNOWN_PHONE',
  'WEIGHTED',
  'REPEAT',
  'LATE',
  'AMBIGUOUS',
  'MANUAL',
  'UNKNOWN',
] as const satisfies CallAttributionMethod[];

/** Colours of the marks of methods: what needs a look is orange. */
export const methodColors: Record<CallAttributionMethod, string> = {
  EXCLUSIVE: 'green',
  STATIC: 'green',
  TEL_CLICK: 'teal',
  KNOWN_PHONE: 'teal',
  WEIGHTED: 'blue',
  REPEAT: 'blue',
  LATE: 'blue',
  AMBIGUOUS: 'orange',
  MANUAL: 'grape',
  UNKNOWN: 'gray',
};

/** Colours of states. */
export const stateColors: Record<CallState, string> = {
  STARTED: 'gray',
  RINGING: 'yellow',
  TALKING: 'green',
  HELD: 'orange',
  FINISHED: 'gray',
};

/** Whether sureness is worth a word: certain ones are not. */
export function isUnsure(method: CallAttributionMethod, probability: number): boolean {
  return probability > 0 && probability < 0.995 && method !== 'AMBIGUOUS' && method !== 'UNKNOWN';
}

/** Why a leg ended. */
export const legReasons = [
  'answered_elsewhere',
  'normal',
  'busy',
  'no_answer',
  'rejected',
  'unavailable',
  'not_found',
  'cancelled',
  'congestion',
  'media_timeout',
  'transferred',
  'forbidden',
  'limit',
  'error',
  'node_lost',
] as const;

/** Why a call was lost. */
export const lostReasons = [
  'caller_hangup_in_menu',
  'caller_hangup_ringing',
  'no_answer',
  'all_busy',
  'unavailable',
  'out_of_schedule',
  'blacklisted',
  'failed',
  'node_lost',
] as const;

/** Why a call was closed for want of news. */
export const endReasons = ['no_events', 'reconciled', 'node_lost'] as const;

/** Types of operations of scenarios. */
export const operations = [
  'play',
  'menu',
  'schedule',
  'forward',
  'crm_manager',
  'http_request',
  'voicemail',
  'tag',
  'blacklist',
  'goto',
  'hangup',
] as const;

/** Exits of operations; those of menus are digits. */
export const exits = [
  'done',
  'open',
  'closed',
  'answered',
  'no_answer',
  'busy',
  'unavailable',
  'failed',
  'forward_failed',
  'timeout',
  'wrong',
  'blocked',
  'passed',
  'not_found',
  'error',
] as const;

/** Exits by which a step did not do what it is for. */
const badExits = [
  'no_answer',
  'busy',
  'unavailable',
  'failed',
  'forward_failed',
  'timeout',
  'wrong',
  'blocked',
  'not_found',
  'error',
];

/** Whether an exit says that the operation did not do what it is for. */
export function isBadExit(exit: string): boolean {
  return badExits.includes(exit);
}

/** What speaks for a candidate. */
export const whys = ['holds', 'shown', 'tel_click', 'known_phone', 'called_before', 'ended'] as const;

/** Who ended a leg. */
export const enders = ['employee', 'contact', 'system', 'api'] as const;

/** Parties of a call. */
export const roles = ['CONTACT', 'EMPLOYEE', 'GROUP', 'COACH', 'OTHER'] as const satisfies LegRole[];

/** The word as one of a list; undefined for what a newer server or a foreign PBX says. */
export function known<Word extends string>(list: readonly Word[], word: string): Word | undefined {
  return list.find((candidate) => candidate === word);
}
