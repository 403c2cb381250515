import type {
  IntegrationFieldsFragment,
  SettingFieldFieldsFragment,
  SettingInput,
  SettingOptionFieldsFragment,
  SettingSectionFieldsFragment,
} from '@/graphql/generated/graphql';

/** A setting of a driver, as its spec tells it. */
export type Field = SettingFieldFieldsFragment;

/** Settings that belong together. */
export type Section = SettingSectionFieldsFragment;

/** A choice of a setting. */
export type Option = SettingOptionFieldsFragment;

/** An attached system with all it has. */
export type Integration = IntegrationFieldsFragment;

/** A line of a mapping: the system's field and what it is filled with. */
export interface Pair {
  field: string;
  template: string;
}

/** What a setting is set to: texts, or lines of a mapping. */
export interface Value {
  values: string[];
  pairs: Pair[];
}

/** Settings by key. */
export type Values = Record<string, Value>;

const nothing: Value = { values: [], pairs: [] };

/** The stored settings by key; what the server names no value for has its default. */
export function storedValues({ driver, settings }: Pick<Integration, 'driver' | 'settings'>): Values {
  const known = new Map(settings.map((setting) => [setting.key, setting]));
  const fields = driver.sections.flatMap((section) => section.fields);
  return Object.fromEntries(
    fields.map((field) => {
      const { values, pairs } = known.get(field.key) ?? defaultOf(field);
      return [field.key, { values, pairs: pairs.map(pairOf) }];
    }),
  );
}

/** Keys of the secrets that are set. */
export function setSecrets({ settings }: Pick<Integration, 'settings'>): Set<string> {
  return new Set(settings.filter(({ isSecretSet }) => isSecretSet).map(({ key }) => key));
}

/** What a setting is before anybody sets it. */
export function defaultOf(field: Field): Value {
  return { values: [...field.default], pairs: field.defaultPairs.map(pairOf) };
}

/** The value of a setting; nothing when there is none. */
export function valueOf(values: Values, key: string): Value {
  return values[key] ?? nothing;
}

/** The only text of a setting; empty when it is not set. */
export function textOf(values: Values, key: string): string {
  return valueOf(values, key).values[0] ?? '';
}

/** Whether a setting is to be shown, given the values of the others. */
export function isShown(field: Pick<Field, 'shownWhen'>, values: Values): boolean {
  const { shownWhen } = field;
  return !shownWhen || shownWhen.key === '' || shownWhen.in.includes(textOf(values, shownWhen.key));
}

/** Whether a setting has nothing in it. */
export function isEmpty({ values, pairs }: Value): boolean {
  return pairs.length === 0 && values.every((text) => text.trim() === '');
}

/** The settings a field's choices wait for: shown, needed, and not set yet. */
export function awaited(field: Field, fields: Field[], values: Values): Field[] {
  return field.dependsOn
    .map((key) => fields.find((other) => other.key === key))
    .filter((other): other is Field => other !== undefined)
    .filter(
      (other) =>
        other.type !== 'SECRET' &&
        other.required &&
        isShown(other, values) &&
        isEmpty(valueOf(values, other.key)),
    );
}

/**
 * Edits after one more. Settings whose choices hang on the changed one go back to their defaults, since their values belong to other choices;
 * what is again as it is stored is no edit any more.
 */
export function edited(edits: Values, stored: Values, fields: Field[], key: string, value: Value): Values {
  const next = { ...edits, [key]: value };
  for (const field of dependents(fields, key)) {
    next[field.key] = defaultOf(field);
  }
  return Object.fromEntries(
    Object.entries(next).filter(([name, edit]) => !isSame(edit, valueOf(stored, name))),
  );
}

/** Whether two values are the same; the order of several choices does not matter to people, but is kept. */
export function isSame(a: Value, b: Value): boolean {
  return (
    JSON.stringify(a.values.filter((text) => text !== '')) ===
      JSON.stringify(b.values.filter((text) => text !== '')) &&
    JSON.stringify(a.pairs.map(pairOf)) === JSON.stringify(b.pairs.map(pairOf))
  );
}

/** Edits as the server takes them. */
export function settingInputs(edits: Values, fields: Field[]): SettingInput[] {
  return fields
    .filter(({ key, type }) => edits[key] !== undefined && type !== 'NOTE' && type !== 'AUTHORIZE')
    .map(({ key, type }) => {
      const { values, pairs } = valueOf(edits, key);
      return type === 'MAPPING'
        ? { key, pairs: pairs.map(pairOf) }
        : { key, values: values.filter((text) => text !== '') };
    });
}

/** The edits among some fields' settings. */
export function editsOf(edits: Values, fields: Field[]): Values {
  const keys = new Set(fields.map(({ key }) => key));
  return Object.fromEntries(Object.entries(edits).filter(([key]) => keys.has(key)));
}

/** All fields of a driver, in order. */
export function fieldsOf(sections: Section[]): Field[] {
  return sections.flatMap(({ fields }) => fields);
}

/** A text with another put in place of what is selected, and where the caret goes. */
export function insertAt(
  text: string,
  insertion: string,
  start: number,
  end: number,
): { text: string; caret: number } {
  return { text: text.slice(0, start) + insertion + text.slice(end), caret: start + insertion.length };
}

/** A choice as lists of the cabinet take it. */
export interface Choice {
  value: string;
  label: string;
}

/** Choices below their headings, in the order they come; those without heading first, no value twice. */
export function grouped(
  options: Option[],
  label: (option: Option) => string,
): (Choice | { group: string; items: Choice[] })[] {
  const groups = new Map<string, Choice[]>();
  const seen = new Set<string>();
  for (const option of options) {
    if (!seen.has(option.value)) {
      seen.add(option.value);
      const list = groups.get(option.group) ?? [];
      groups.set(option.group, list);
      list.push({ value: option.value, label: label(option) });
    }
  }
  const bare = groups.get('') ?? [];
  groups.delete('');
  return [...bare, ...[...groups].map(([group, items]) => ({ group, items }))];
}

/** Chosen values no choice stands for any more. */
export function missingChoices(values: string[], options: Option[]): string[] {
  const known = new Set(options.map(({ value }) => value));
  return values.filter((value) => value !== '' && !known.has(value));
}

/** A note split where the addresses to copy stand. */
export function noteParts(
  text: string,
  addresses: { hookUrl: string; redirectUrl: string },
): { text: string; isAddress: boolean }[] {
  const known: Record<string, string> = {
    '{{hook_url}}': addresses.hookUrl,
    '{{redirect_url}}': addresses.redirectUrl,
  };
  return text
    .split(/(\{\{(?:hook_url|redirect_url)\}\})/)
    .filter((part) => part !== '')
    .map((part) => {
      const address = known[part];
      return address === undefined ? { text: part, isAddress: false } : { text: address, isAddress: true };
    });
}

function pairOf({ field, template }: Pair): Pair {
  return { field, template };
}

function dependents(fields: Field[], key: string, found: Field[] = []): Field[] {
  for (const field of fields) {
    if (field.dependsOn.includes(key) && field.key !== key && !found.includes(field)) {
      found.push(field);
      dependents(fields, field.key, found);
    }
  }
  return found.filter(({ type }) => type !== 'NOTE' && type !== 'AUTHORIZE' && type !== 'SECRET');
}

/** The id of the element a setting is entered in. */
export function controlId(key: string): string {
  return `setting-${key}`;
}
