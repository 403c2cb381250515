import { ago } from './state';

type Args = Record<string, unknown>;
type Input = { input: Args };
type Refuse = (code: string, extensions: Args) => Error;
type Named = { id: string; name: string };

/** An employee as the test server keeps it. */
export interface TestEmployee {
  id: string;
  lastName: string;
  firstName: string;
  patronymic: string;
  email: string;
  extension: string;
  userId: string | null;
  phones: unknown[];
  groupIds: string[];
  scheduleId: string | null;
  status: string;
  statusId: string | null;
  statusAt: string;
  marks: string[];
}

/** What the test server knows about those who take calls. */
export interface EmployeesState {
  employees: TestEmployee[];
  groups: (Named & { memberIds: string[] })[];
  statuses: (Named & { base: string; color: string; position: number })[];
  schedules: (Named & Args)[];
}

const days = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'];
const phone = { kind: 'NUMBER', channels: 1, dialSeconds: 30, isActive: true };
const person = {
  patronymic: '',
  email: '',
  extension: '',
  userId: null,
  phones: [],
  groupIds: [],
  scheduleId: null,
  status: 'UNKNOWN',
  statusId: null,
  statusAt: ago(40),
  marks: [],
};

/** A call centre of three, or nobody. */
export function newEmployees(isEmpty: boolean): EmployeesState {
  if (isEmpty) {
    return { employees: [], groups: [], statuses: [], schedules: [] };
  }
  return {
    employees: [
      {
        ...person,
        id: '900',
        lastName: 'Смирнова',
        firstName: 'Анна',
        email: 'anna@romashka.example',
        extension: '101',
        userId: '1',
        phones: [
          { ...phone, number: '79261234567' },
          { ...phone, kind: 'LINE', number: 'anna-softphone', isActive: false },
        ],
        groupIds: ['910', '911'],
        scheduleId: '930',
        status: 'AVAILABLE',
      },
      {
        ...person,
        id: '901',
        lastName: 'Иванов',
        firstName: 'Пётр',
        extension: '102',
        groupIds: ['910'],
        status: 'BREAK',
        statusId: '920',
        marks: ['retailCRM'],
      },
      { ...person, id: '902', lastName: 'Очень-Длинная-Фамилия-Сотрудника', firstName: 'Александра' },
    ],
    groups: [
      { id: '910', name: 'Отдел продаж', memberIds: ['900', '901'] },
      { id: '911', name: 'Поддержка', memberIds: ['900'] },
    ],
    statuses: [{ id: '920', name: 'Обед', base: 'BREAK', color: '#9c36b5', position: 0 }],
    schedules: [
      {
        id: '930',
        name: 'Будни',
        timezone: null,
        isOpenNow: true,
        week: days.map((weekday, index) => ({
          weekday,
          intervals: index < 5 ? [{ from: '09:00', till: '18:00' }] : [],
        })),
        exceptions: [{ first: '2026-01-01', last: '2026-01-08', note: 'Новый год', intervals: [] }],
      },
    ],
  };
}

const nameOf = ({ lastName, firstName, patronymic, marks }: TestEmployee) =>
  [lastName, firstName, patronymic, ...marks.map((mark) => `(${mark})`)].filter(Boolean).join(' ');

const shown = (state: EmployeesState) => (employee: TestEmployee) => ({
  ...employee,
  name: nameOf(employee),
  groups: state.groups.filter(({ id }) => employee.groupIds.includes(id)),
  schedule: state.schedules.find(({ id }) => id === employee.scheduleId) ?? null,
  customStatus: state.statuses.find(({ id }) => id === employee.statusId) ?? null,
});

const shownGroup = (state: EmployeesState) => (group: EmployeesState['groups'][number]) => ({
  ...group,
  members: group.memberIds.flatMap((id) =>
    state.employees.filter((employee) => employee.id === id).map((e) => ({ id, name: nameOf(e) })),
  ),
});

/** Answers about employees. */
export function employeeQueries(
  state: EmployeesState,
  pageOf: (rows: unknown[], args: Args) => unknown,
  signedIn: () => string | null,
) {
  return {
    employees: (_: unknown, args: Args) => {
      const { search, groupId, status, statusId } = (args.filter ?? {}) as Args;
      const rows = state.employees.filter(
        (employee) =>
          (search == null ||
            `${nameOf(employee)} ${employee.extension}`
              .toLowerCase()
              .includes(String(search).toLowerCase())) &&
          (groupId == null || employee.groupIds.includes(String(groupId))) &&
          (status == null || employee.status === status) &&
          (statusId == null || employee.statusId === statusId),
      );
      return pageOf(rows.map(shown(state)), args);
    },
    myEmployee: () =>
      state.employees.filter(({ userId }) => userId !== null && userId === signedIn()).map(shown(state))[0] ??
      null,
    employeeGroups: () => state.groups.map(shownGroup(state)),
    employeeStatuses: () => state.statuses,
    schedules: () => state.schedules,
  };
}

/** Changes of employees. */
export function employeeMutations(state: EmployeesState, id: () => string, refuse: Refuse) {
  const one = <Thing extends { id: string }>(things: Thing[], wanted: unknown): Thing => {
    const thing = things.find((candidate) => candidate.id === wanted);
    if (!thing) {
      throw refuse('NOT_FOUND', { reason: 'not_found' });
    }
    return thing;
  };
  const remove = (things: { id: string }[], { input }: Input) => {
    things.splice(things.indexOf(one(things, input.id)), 1);
    return { id: input.id };
  };
  const put = (employee: TestEmployee, input: Args) => {
    if (state.employees.some((e) => e !== employee && e.extension && e.extension === input.extension)) {
      throw refuse('CONFLICT', { reason: 'extension_taken', field: 'extension' });
    }
    const phones = (input.phones ?? []) as { number: string }[];
    phones.forEach(({ number }, index) => {
      if (number === '123') {
        throw refuse('BAD_USER_INPUT', { reason: 'bad_phone', field: `phones.${index}.number` });
      }
    });
    const none = (value: unknown) => (value === '0' ? null : value);
    Object.assign(employee, input, { userId: none(input.userId), scheduleId: none(input.scheduleId) });
    return employee;
  };
  return {
    createEmployee: (_: unknown, { input }: Input) => {
      const employee = put({ ...person, id: id() } as unknown as TestEmployee, input);
      state.employees.push(employee);
      return { employee: shown(state)(employee) };
    },
    updateEmployee: (_: unknown, { input }: Input) => ({
      employee: shown(state)(put(one(state.employees, input.id), input)),
    }),
    deleteEmployee: (_: unknown, args: Input) => remove(state.employees, args),
    setEmployeeStatus: (_: unknown, { input }: Input) => {
      const employee = one(state.employees, input.employeeId);
      const own = state.statuses.find((status) => status.id === input.statusId);
      Object.assign(employee, {
        status: own?.base ?? input.status,
        statusId: own?.id ?? null,
        statusAt: ago(0),
      });
      return { employee: shown(state)(employee) };
    },
    createEmployeeGroup: (_: unknown, { input }: Input) => {
      const group = { id: id(), ...(input as { name: string; memberIds: string[] }) };
      state.groups.push(group);
      return { group: shownGroup(state)(group) };
    },
    updateEmployeeGroup: (_: unknown, { input }: Input) => ({
      group: shownGroup(state)(Object.assign(one(state.groups, input.id), input)),
    }),
    deleteEmployeeGroup: (_: unknown, args: Input) => remove(state.groups, args),
    createEmployeeStatus: (_: unknown, { input }: Input) => {
      const status = { id: id(), position: 9, ...(input as { name: string; base: string; color: string }) };
      state.statuses.push(status);
      return { status };
    },
    updateEmployeeStatus: (_: unknown, { input }: Input) => ({
      status: Object.assign(one(state.statuses, input.id), input),
    }),
    deleteEmployeeStatus: (_: unknown, args: Input) => remove(state.statuses, args),
    createSchedule: (_: unknown, { input }: Input) => {
      const schedule = { id: id(), isOpenNow: false, ...(input as { name: string }) };
      state.schedules.push(schedule);
      return { schedule };
    },
    updateSchedule: (_: unknown, { input }: Input) => ({
      schedule: Object.assign(one(state.schedules, input.id), input),
    }),
    deleteSchedule: (_: unknown, args: Input) => remove(state.schedules, args),
  };
}
