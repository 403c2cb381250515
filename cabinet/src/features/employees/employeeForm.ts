import type {
  CreateEmployeeInput,
  EmployeeFieldsFragment,
  EmployeePhoneInput,
  EmployeePhoneKind,
} from '@/graphql/generated/graphql';

/** A phone as its row holds it. */
export interface PhoneValues {
  /** Tells rows apart while they move. */
  key: string;
  kind: EmployeePhoneKind;
  number: string;
  channels: number | string;
  dialSeconds: number | string;
  isActive: boolean;
}

/** An employee as the form holds it. */
export interface EmployeeValues {
  lastName: string;
  firstName: string;
  patronymic: string;
  email: string;
  extension: string;
  userId: string | null;
  scheduleId: string | null;
  groupIds: string[];
  phones: PhoneValues[];
}

/** Bounds the server holds to. */
export const limits = {
  dialSeconds: { min: 5, max: 300 },
  channels: { min: 1, max: 100 },
  phones: 20,
};

let rows = 0;

/** A row for another phone. */
export function newPhone(): PhoneValues {
  return { key: `p${rows++}`, kind: 'NUMBER', number: '', channels: 1, dialSeconds: 30, isActive: true };
}

/** Fills the form from an employee, or for a new one. */
export function employeeValues(employee: EmployeeFieldsFragment | undefined): EmployeeValues {
  return {
    lastName: employee?.lastName ?? '',
    firstName: employee?.firstName ?? '',
    patronymic: employee?.patronymic ?? '',
    email: employee?.email ?? '',
    extension: employee?.extension ?? '',
    userId: employee?.userId ?? null,
    scheduleId: employee?.schedule?.id ?? null,
    groupIds: employee?.groups.map(({ id }) => id) ?? [],
    phones: (employee?.phones ?? []).map((phone) => ({ ...newPhone(), ...phone })),
  };
}

/** What to send; "0" clears what points elsewhere. */
export function employeeInput(values: EmployeeValues): CreateEmployeeInput {
  return {
    lastName: values.lastName.trim(),
    firstName: values.firstName.trim(),
    patronymic: values.patronymic.trim(),
    email: values.email.trim(),
    extension: values.extension.trim(),
    userId: values.userId ?? '0',
    scheduleId: values.scheduleId ?? '0',
    groupIds: values.groupIds,
    phones: values.phones.map(phoneInput),
  };
}

function phoneInput({ kind, number, channels, dialSeconds, isActive }: PhoneValues): EmployeePhoneInput {
  return {
    kind,
    number: number.trim(),
    channels: Number(channels),
    dialSeconds: Number(dialSeconds),
    isActive,
  };
}

/** Whether a text can be an internal number. */
export function isExtension(text: string): boolean {
  return /^\d{2,8}$/.test(text.trim());
}

/** Moves one row of a list up (-1) or down (1). */
export function moved<Row>(list: readonly Row[], from: number, by: -1 | 1): Row[] {
  const next = [...list];
  const [row] = next.splice(from, 1);
  if (row !== undefined) {
    next.splice(from + by, 0, row);
  }
  return next;
}
