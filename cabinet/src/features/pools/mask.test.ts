import { expect, test } from 'vitest';
import { fillMask, written } from './mask';

const place = { country: 'Россия', city: 'Москва' };

test.each([
  ['+7 (###) ###-##-##', '+7 (495) 123-45-67'],
  ['8 ### ### ## ##', '8 495 123 45 67'],
  ['###-##-##', '123-45-67'],
  ['без знаков', null],
  ['#############', null],
])('a mask %s takes the last digits', (mask, text) => {
  expect(fillMask(mask, '74951234567')).toBe(text);
});

test('a block writes its wording, with the number alone where there is none', () => {
  const block = { mask: '8 ### #######', wording: '' };
  expect(written(block, '74951234567', place)).toBe('8 495 1234567');
  expect(written({ mask: '', wording: '' }, '74951234567', place)).toBe('+7 (495) 123-45-67');
  expect(written({ ...block, wording: '{city}: {phone} {other}' }, '74951234567', place)).toBe(
    'Москва: 8 495 1234567 {other}',
  );
});
