import { expect, test } from 'vitest';
import { faultOf, maxBytes, sampleCsv, toBase64 } from './file';

test('AN-4 only spreadsheets of a sensible size are sent', () => {
  expect(faultOf({ name: 'costs.csv', size: 10 })).toBeNull();
  expect(faultOf({ name: 'COSTS.XLSX', size: maxBytes })).toBeNull();
  expect(faultOf({ name: 'costs.xls', size: 10 })).toBe('type');
  expect(faultOf({ name: 'costs.csv', size: 0 })).toBe('empty');
  expect(faultOf({ name: 'costs.csv', size: maxBytes + 1 })).toBe('size');
});

test('bytes of any length become base64', () => {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => i % 256);
  expect(Buffer.from(toBase64(bytes), 'base64').equals(Buffer.from(bytes))).toBe(true);
  expect(toBase64(new Uint8Array())).toBe('');
});

test('the sample has the headers, quotes what needs it and holds no formula', () => {
  const text = sampleCsv(
    ['С', 'По'],
    [
      { name: 'Весна; "Москва"', domain: 'shop.example' },
      { name: '=1+1', domain: 'shop.example' },
    ],
    '2026-03-01',
    '2026-03-31',
  );
  const lines = text.slice(1).split('\r\n');
  expect(text.startsWith('\uFEFF')).toBe(true);
  expect(lines[0]).toBe('С;По');
  expect(lines[1]).toBe('2026-03-01;2026-03-31;"Весна; ""Москва""";shop.example;12500,50;340;15200');
  expect(lines[2]).toContain(";'=1+1;");
});
