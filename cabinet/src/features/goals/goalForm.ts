import type {
  GoalConditionsInput,
  GoalFieldsFragment,
  GoalType,
  UrlMatch,
} from '@/graphql/generated/graphql';

/** Types a person can make; SYSTEM goals come with the site. */
export const goalTypes = [
  'TRACK_EVENT',
  'PAGE',
  'LINK',
  'CLICK',
  'SCROLL',
  'TIME_ON_SITE',
  'TIME_ON_PAGE',
] as const satisfies GoalType[];

/** What a SCROLL goal waits for. */
export type ScrollTarget = 'START' | 'END' | 'ELEMENT';

/** A goal as its form holds it; fields of other types keep what was typed. */
export interface GoalValues {
  name: string;
  type: GoalType;
  isGoal: boolean;
  isEnabled: boolean;
  category: string;
  action: string;
  label: string;
  value: string;
  url: string;
  urlMatch: UrlMatch;
  selector: string;
  seconds: number | string;
  scrollTarget: ScrollTarget;
}

/** Most seconds a time goal may ask for: a day. */
export const maxSeconds = 86_400;

/** Fills the form from a goal, or for a new one. */
export function goalValues(goal: GoalFieldsFragment | undefined): GoalValues {
  const conditions = goal?.conditions;
  return {
    name: goal?.name ?? '',
    type: goal?.type ?? 'TRACK_EVENT',
    isGoal: goal?.isGoal ?? true,
    isEnabled: goal?.isEnabled ?? true,
    category: conditions?.category ?? '',
    action: conditions?.action ?? '',
    label: conditions?.label ?? '',
    value: conditions?.value ?? '',
    url: conditions?.url ?? '',
    urlMatch: conditions?.urlMatch ?? 'CONTAINS',
    selector: conditions?.selector ?? '',
    seconds: conditions?.seconds ?? 60,
    scrollTarget: conditions?.selector ? 'ELEMENT' : conditions?.scrollToEnd ? 'END' : 'START',
  };
}

/** Fields of a goal's form. */
export type GoalField = 'event' | 'url' | 'selector' | 'seconds' | 'scroll';

const fieldsByType: Record<GoalType, GoalField[]> = {
  TRACK_EVENT: ['event'],
  LINK: ['url'],
  PAGE: ['url'],
  CLICK: ['selector', 'url'],
  TIME_ON_SITE: ['seconds'],
  TIME_ON_PAGE: ['seconds', 'url'],
  SCROLL: ['scroll', 'url'],
  SYSTEM: [],
};

/** Which fields a type has, in their order. */
export function fieldsOf(type: GoalType): GoalField[] {
  return fieldsByType[type];
}

/** Whether the address must be filled for a type. */
export function needsUrl(type: GoalType): boolean {
  return type === 'LINK' || type === 'PAGE' || type === 'TIME_ON_PAGE';
}

/** Whether a CSS selector must be filled. */
export function needsSelector({ type, scrollTarget }: Pick<GoalValues, 'type' | 'scrollTarget'>): boolean {
  return type === 'CLICK' || (type === 'SCROLL' && scrollTarget === 'ELEMENT');
}

/** Whether text is a regular expression the browser can read. */
export function isRegexp(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}

/** The conditions to send: those of the type alone, empty ones left out. */
export function conditionsOf(values: GoalValues): GoalConditionsInput {
  const fields = fieldsOf(values.type);
  const input: GoalConditionsInput = {};
  if (fields.includes('event')) {
    for (const name of ['category', 'action', 'label', 'value'] as const) {
      const text = values[name].trim();
      if (text !== '') {
        input[name] = text;
      }
    }
  }
  if (fields.includes('url') && values.url.trim() !== '') {
    input.url = values.url.trim();
    input.urlMatch = values.urlMatch;
  }
  if (needsSelector(values)) {
    input.selector = values.selector.trim();
  } else if (fields.includes('scroll')) {
    input.scrollToEnd = values.scrollTarget === 'END';
  }
  if (fields.includes('seconds')) {
    input.seconds = Number(values.seconds);
  }
  return input;
}
