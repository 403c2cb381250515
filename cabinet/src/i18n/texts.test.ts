import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import en from './locales/en.json';
import ru from './locales/ru.json';

const src = fileURLToPath(new URL('..', import.meta.url));
const plural = /_(zero|one|two|few|many|other)$/;

type Texts = { [key: string]: string | Texts };

function flat(texts: Texts, prefix = ''): [string, string][] {
  return Object.entries(texts).flatMap(([key, value]) =>
    typeof value === 'string' ? [[prefix + key, value] as [string, string]] : flat(value, `${prefix}${key}.`),
  );
}

const base = (key: string) => key.replace(plural, '');
const keysOf = (texts: Texts) => new Set(flat(texts).map(([key]) => base(key)));

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      return entry.name === 'generated' ? [] : sources(path);
    }
    return /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.test.ts') ? [readFileSync(path, 'utf8')] : [];
  });
}

/** Keys named in the code: whole ones, and patterns where a part is filled in. */
function used(): { keys: Set<string>; patterns: RegExp[] } {
  const code = sources(src).join('\n');
  const topics = Object.keys(ru).join('|');
  const keys = [...code.matchAll(new RegExp(`'((?:${topics})\\.\\w+\\.\\w+(?:\\.\\w+)?)'`, 'g'))];
  const templates = [...code.matchAll(new RegExp(`\`((?:${topics})\\.\\w+\\.[^\`]*)\``, 'g'))];
  return {
    keys: new Set(keys.map(([, key]) => key ?? '')),
    patterns: templates.map(([, text]) => new RegExp(`^${(text ?? '').replace(/\$\{[^}]*\}/g, '\\w+')}$`)),
  };
}

test('both languages have the same keys', () => {
  expect([...keysOf(en)].sort()).toEqual([...keysOf(ru)].sort());
});

test('plurals have every form of their language', () => {
  const forms = { ru: ['few', 'many', 'one', 'other'], en: ['one', 'other'] };
  for (const [language, texts] of Object.entries({ ru, en }) as ['ru' | 'en', Texts][]) {
    const plurals = flat(texts)
      .map(([key]) => key)
      // Words of the server's own may end like a plural form.
      .filter((key) => plural.test(key) && !key.startsWith('errors.reason.'));
    for (const key of new Set(plurals.map(base))) {
      const has = plurals.filter((name) => base(name) === key).map((name) => plural.exec(name)?.[1] ?? '');
      expect(has.sort(), `${language}: ${key}`).toEqual(forms[language]);
    }
  }
});

test('the same values are filled in in both languages', () => {
  const holes = (text: string) => [...new Set(text.match(/\{\{\w+\}\}/g) ?? [])].sort();
  const english = new Map(flat(en).map(([key, text]) => [key, text]));
  for (const [key, text] of flat(ru)) {
    const other = english.get(key);
    if (other !== undefined) {
      expect(holes(other), key).toEqual(holes(text));
    }
  }
});

test('every key in the code has a text', () => {
  const known = keysOf(ru);
  expect([...used().keys].filter((key) => !known.has(key))).toEqual([]);
});

test('every text is used', () => {
  const { keys, patterns } = used();
  const unused = [...keysOf(ru)].filter(
    (key) => !keys.has(key) && !patterns.some((pattern) => pattern.test(key)),
  );
  expect(unused).toEqual([]);
});
