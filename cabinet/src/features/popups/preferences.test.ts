import { expect, test } from 'vitest';
import { read } from './preferences';

test('sound and notifications are off until they are switched on; rubbish counts as nothing', () => {
  const off = { sound: false, notify: false };
  expect([null, '', 'null', '{"sound":"yes"}', '[1'].map(read)).toEqual([off, off, off, off, off]);
  expect(read('{"sound":true}')).toEqual({ sound: true, notify: false });
});
