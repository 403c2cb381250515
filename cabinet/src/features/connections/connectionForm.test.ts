import { expect, test } from 'vitest';
import { createInput, formOf, healthOf, listed, updateInput } from './connectionForm';

test('a new connection takes what its kind needs alone', () => {
  const form = { ...formOf(), name: ' A ', salt: 's', login: 'l', isWeak: true, allowedIps: '10.0.0.1' };
  expect(createInput({ ...form, kind: 'MANGO' })).toMatchObject({ salt: 's', login: '', isWeak: false });
  expect(createInput({ ...form, kind: 'UIS' })).toMatchObject({ salt: '', login: 'l', isWeak: false });
  expect(createInput({ ...form, kind: 'CTPBX' })).toMatchObject({
    name: 'A',
    isWeak: true,
    allowedIps: ['10.0.0.1'],
  });
});

test('secrets that were left empty stay, a token is removed on request', () => {
  expect(updateInput('1', formOf())).not.toHaveProperty('token');
  expect(updateInput('1', { ...formOf(), token: 't' })).toMatchObject({ token: 't' });
  expect(updateInput('1', { ...formOf(), removeToken: true })).toMatchObject({ token: '' });
});

test('addresses are told apart by lines, commas and spaces, each once', () => {
  expect(listed(' 10.0.0.1, 10.0.0.0/8\n10.0.0.1 ')).toEqual(['10.0.0.1', '10.0.0.0/8']);
});

test('the worst is told of a connection', () => {
  const fine = { isEnabled: true, isDown: false, failure: '', heartbeatAt: '2026-01-01T00:00:00Z' };
  expect(healthOf(fine)).toBe('up');
  expect(healthOf({ ...fine, heartbeatAt: null })).toBe('waiting');
  expect(healthOf({ ...fine, failure: 'x' })).toBe('failing');
  expect(healthOf({ ...fine, failure: 'x', isDown: true })).toBe('down');
  expect(healthOf({ ...fine, isEnabled: false, isDown: true })).toBe('off');
});
