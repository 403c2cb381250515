import { describe, expect, test } from 'vitest';
import type { ValueType } from '@/graphql/generated/graphql';
import { changeOf, formatFigure, formatSigned, formatSignedPercent, moodOf } from './figures';

/** Spaces of any width as one plain space. */
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

describe('AN-2 figures by language', () => {
  test.each<[number | null, ValueType, string, string]>([
    [1234567, 'COUNT', '1 234 567', '1,234,567'],
    [12.3456, 'COUNT', '12,35', '12.35'],
    [0.5, 'NUMBER', '0,5', '0.5'],
    [125000, 'MONEY', '1 250 ₽', 'RUB 1,250'],
    [125050, 'MONEY', '1 250,50 ₽', 'RUB 1,250.50'],
    [333.333, 'MONEY', '3,33 ₽', 'RUB 3.33'],
    [12.54, 'PERCENT', '12,5 %', '12.5%'],
    [0.123, 'PERCENT', '0,12 %', '0.12%'],
    [null, 'MONEY', '—', '—'],
    [125, 'SECONDS', '2 мин 5 с', '2 mins 5 secs'],
    [2.54, 'DAYS', '2,5 дн.', '2.5 days'],
  ])('%s as %s', (value, type, russian, english) => {
    expect(plain(formatFigure(value, type, 'ru-RU', 'RUB'))).toBe(russian);
    expect(plain(formatFigure(value, type, 'en-GB', 'RUB'))).toBe(english);
  });

  test('a currency without a fraction has none', () => {
    expect(plain(formatFigure(1250, 'MONEY', 'ru-RU', 'JPY'))).toBe('1 250 ¥');
  });
});

describe('differences', () => {
  test('are absolute and in percent of what was', () => {
    expect(changeOf(150, 100)).toEqual({ absolute: 50, percent: 50 });
    expect(changeOf(-50, -100)).toEqual({ absolute: 50, percent: 50 });
    expect(changeOf(5, 0)).toEqual({ absolute: 5, percent: null });
    expect(changeOf(0, 0)).toEqual({ absolute: 0, percent: 0 });
  });

  test('there is none where a figure is not defined', () => {
    expect(changeOf(null, 1)).toBeNull();
    expect(changeOf(1, null)).toBeNull();
    expect(changeOf(1, undefined)).toBeNull();
  });

  test('are written with their sign', () => {
    expect(plain(formatSignedPercent(12.34, 'ru-RU'))).toBe('+12 %');
    expect(plain(formatSignedPercent(0, 'ru-RU'))).toBe('0 %');
    expect(plain(formatSigned(-125050, 'MONEY', 'ru-RU', 'RUB'))).toBe('−1 250,50 ₽');
  });

  test.each([
    ['revenue', 5, 'good'],
    ['revenue', -5, 'bad'],
    ['cpa', 5, 'bad'],
    ['stage_cost:12', -5, 'good'],
    ['cost', 5, 'none'],
    ['formula:3', 5, 'none'],
    ['visits', 0, 'none'],
  ])('%s by %s is %s news', (metric, change, mood) => {
    expect(moodOf(metric, change)).toBe(mood);
  });
});
