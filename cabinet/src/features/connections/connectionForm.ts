import type {
  CreatePbxConnectionInput,
  PbxConnectionFieldsFragment,
  PbxKind,
  UpdatePbxConnectionInput,
} from '@/graphql/generated/graphql';

/** Kinds of PBXs in the order of the wizard. */
export const kinds = ['CTPBX', 'UIS', 'MANGO'] as const satisfies PbxKind[];

/** What the form of a connection holds. */
export interface ConnectionForm {
  kind: PbxKind;
  name: string;
  address: string;
  login: string;
  /** Empty = as it is. */
  token: string;
  salt: string;
  removeToken: boolean;
  isWeak: boolean;
  /** One a line. */
  allowedIps: string;
  allowedDestinations: string;
  maxCallMinutes: number;
  recordsAll: boolean;
}

/** An empty form, or that of a connection. */
export function formOf(connection?: PbxConnectionFieldsFragment): ConnectionForm {
  return {
    kind: connection?.kind ?? 'CTPBX',
    name: connection?.name ?? '',
    address: connection?.address ?? '',
    login: connection?.login ?? '',
    token: '',
    salt: '',
    removeToken: false,
    isWeak: connection?.isWeak ?? false,
    allowedIps: (connection?.allowedIps ?? []).join('\n'),
    allowedDestinations: (connection?.allowedDestinations ?? []).join('\n'),
    maxCallMinutes: connection?.maxCallMinutes ?? 120,
    recordsAll: connection?.recordsAll ?? false,
  };
}

/** The form as a new connection. */
export function createInput(form: ConnectionForm): CreatePbxConnectionInput {
  return {
    kind: form.kind,
    name: form.name.trim(),
    address: form.address.trim(),
    token: form.token.trim(),
    salt: form.kind === 'MANGO' ? form.salt.trim() : '',
    login: form.kind === 'UIS' ? form.login.trim() : '',
    // UIS is always so.
    isWeak: form.kind === 'CTPBX' && form.isWeak,
    allowedIps:
      form.kind === 'MANGO' || (form.kind === 'CTPBX' && !form.isWeak) ? [] : listed(form.allowedIps),
  };
}

/** The form as a change of a connection; secrets that were left empty stay. */
export function updateInput(id: string, form: ConnectionForm): UpdatePbxConnectionInput {
  const token = form.removeToken ? '' : form.token.trim();
  return {
    id,
    name: form.name.trim(),
    address: form.address.trim(),
    ...(form.kind === 'UIS' && { login: form.login.trim() }),
    ...((token !== '' || form.removeToken) && { token }),
    ...(form.kind === 'MANGO' && form.salt.trim() !== '' && { salt: form.salt.trim() }),
    allowedIps: listed(form.allowedIps),
    allowedDestinations: listed(form.allowedDestinations),
    maxCallMinutes: form.maxCallMinutes,
    recordsAll: form.recordsAll,
  };
}

/** The entries of a text, separated by lines, commas or spaces, each once. */
export function listed(text: string): string[] {
  return [...new Set(text.split(/[\s,;]+/).filter((entry) => entry !== ''))];
}

/** How a connection does, worst first. */
export type Health = 'off' | 'down' | 'failing' | 'waiting' | 'up';

/** What to tell of a connection at first sight. */
export function healthOf(
  connection: Pick<PbxConnectionFieldsFragment, 'isEnabled' | 'isDown' | 'failure' | 'heartbeatAt'>,
): Health {
  if (!connection.isEnabled) {
    return 'off';
  }
  if (connection.isDown) {
    return 'down';
  }
  if (connection.failure !== '') {
    return 'failing';
  }
  return connection.heartbeatAt ? 'up' : 'waiting';
}

/** Colours of health. */
export const healthColors: Record<Health, string> = {
  off: 'gray',
  down: 'red',
  failing: 'orange',
  waiting: 'yellow',
  up: 'green',
};
