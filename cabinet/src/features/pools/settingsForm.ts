import type {
  CalltrackingSettingsFieldsFragment,
  UpdateCalltrackingSettingsInput,
} from '@/graphql/generated/graphql';

/** A constant of calltracking. */
export type SettingName = Exclude<keyof CalltrackingSettingsFieldsFragment, '__typename'>;

/** Bounds of a constant; `step` below 1 means that it may have a fraction. */
export interface SettingLimits {
  min: number;
  max: number;
  step: number;
}

const whole = (min: number, max: number): SettingLimits => ({ min, max, step: 1 });
const share: SettingLimits = { min: 0, max: 1, step: 0.01 };

/** The bounds of all constants, as the server has them. */
export const settingLimits: Record<SettingName, SettingLimits> = {
  holdSeconds: whole(60, 604_800),
  stickyDays: whole(0, 400),
  lateHours: whole(0, 720),
  newQuarantineDays: whole(0, 365),
  leftQuarantineDays: whole(0, 365),
  horizonDays: whole(31, 3660),
  repeatDays: whole(0, 365),
  telClickSeconds: whole(0, 3600),
  weightSeconds: whole(1, 86_400),
  shownFactor: { min: 1, max: 100, step: 0.1 },
  threshold: { min: 0.5, max: 1, step: 0.01 },
  unshownProbability: share,
  repeatProbability: share,
  telClickProbability: share,
  knownPhoneProbability: share,
  lateProbability: share,
  lateFall: share,
  lateLeast: share,
};

/** The constants by what they are about. */
export const settingGroups = {
  pools: ['holdSeconds', 'stickyDays', 'lateHours'],
  quarantine: ['newQuarantineDays', 'leftQuarantineDays', 'horizonDays'],
  choice: ['threshold', 'weightSeconds', 'shownFactor', 'telClickSeconds', 'repeatDays'],
  probabilities: [
    'telClickProbability',
    'knownPhoneProbability',
    'repeatProbability',
    'unshownProbability',
    'lateProbability',
    'lateFall',
    'lateLeast',
  ],
} as const satisfies Record<string, SettingName[]>;

/** Constants being edited. */
export type SettingValues = Record<SettingName, number | string>;

/** Whether a value can be a constant. */
export function isSetting(name: SettingName, value: number | string): boolean {
  const { min, max, step } = settingLimits[name];
  const number = Number(value);
  return value !== '' && number >= min && number <= max && (step < 1 || Number.isInteger(number));
}

/** What to send: only what was changed. */
export function changedSettings(
  before: CalltrackingSettingsFieldsFragment,
  values: SettingValues,
): UpdateCalltrackingSettingsInput {
  return Object.fromEntries(
    (Object.keys(settingLimits) as SettingName[])
      .filter((name) => Number(values[name]) !== before[name])
      .map((name) => [name, Number(values[name])]),
  );
}
