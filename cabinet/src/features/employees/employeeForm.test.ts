import { expect, test } from 'vitest';
import { employeeInput, employeeValues, isExtension, moved, newPhone } from './employeeForm';
import { employeeFilter, readEmployeeFilters } from './filters';

test('an empty form asks for nothing', () => {
  expect(employeeInput(employeeValues(undefined))).toEqual({
    lastName: '',
    firstName: '',
    patronymic: '',
    email: '',
    extension: '',
    userId: '0',
    scheduleId: '0',
    groupIds: [],
    phones: [],
  });
});

test('phones keep their order and send no keys', () => {
  const phones = [
    { ...newPhone(), number: ' 101 ', kind: 'LINE' as const },
    { ...newPhone(), number: '79261234567', dialSeconds: '15' },
  ];
  const { phones: sent } = employeeInput({ ...employeeValues(undefined), phones: moved(phones, 1, -1) });
  expect(sent).toEqual([
    { kind: 'NUMBER', number: '79261234567', channels: 1, dialSeconds: 15, isActive: true },
    { kind: 'LINE', number: '101', channels: 1, dialSeconds: 30, isActive: true },
  ]);
});

test('internal numbers are 2 to 8 digits', () => {
  expect(['10', ' 12345678 ', '1', '123456789', '1-0', ''].filter(isExtension)).toEqual(['10', ' 12345678 ']);
});

test('a status in the address is a built-in one or the id of an own one', () => {
  expect(employeeFilter(readEmployeeFilters({ q: 'ив', status: 'BREAK', group: '5' }))).toEqual({
    search: 'ив',
    groupId: '5',
    status: 'BREAK',
  });
  expect(employeeFilter(readEmployeeFilters({ q: ' ', status: '77' }))).toEqual({ statusId: '77' });
});
