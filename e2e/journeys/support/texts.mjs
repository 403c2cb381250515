import { readFileSync } from 'node:fs';

const cache = new Map();

function load(language) {
  if (!cache.has(language)) {
    const file = new URL(`../../../cabinet/src/i18n/locales/${language}.json`, import.meta.url);
    cache.set(language, JSON.parse(readFileSync(file, 'utf8')));
  }
  return cache.get(language);
}

/** The cabinet's texts in a language: `t('users.list.roleOf', { name })`. */
export function texts(language) {
  return (key, values = {}) => {
    const text = key.split('.').reduce((node, part) => node?.[part], load(language));
    if (typeof text !== 'string') throw new Error(`there is no text ${key} in ${language}`);
    return text.replace(/\{\{(\w+)\}\}/g, (_, name) => String(values[name]));
  };
}

/** A pattern for the label of a field, which may be marked as required. */
export function labelled(text) {
  return new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(\\s*\\*)?$`);
}
