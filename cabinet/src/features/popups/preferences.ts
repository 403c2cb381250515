const key = 'skvoz-calls';

/** How this browser calls attention to calls. */
export interface Preferences {
  /** A short sound when a phone rings. */
  sound: boolean;
  /** A notification of the system while the cabinet is not looked at. */
  notify: boolean;
}

const off: Preferences = { sound: false, notify: false };
const listeners = new Set<() => void>();
let current: Preferences | undefined;

/** The preferences of this browser; everything is off until it is switched on. */
export function preferences(): Preferences {
  current ??= read(window.localStorage.getItem(key));
  return current;
}

/** Keeps other preferences in this browser. */
export function prefer(next: Partial<Preferences>): void {
  current = { ...preferences(), ...next };
  window.localStorage.setItem(key, JSON.stringify(current));
  listeners.forEach((listener) => listener());
}

/** Calls back on changes, in this tab or another, until the returned function is called. */
export function onPreferences(listener: () => void): () => void {
  const take = (event: StorageEvent) => {
    if (event.key === key) {
      current = read(event.newValue);
      listener();
    }
  };
  listeners.add(listener);
  window.addEventListener('storage', take);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('storage', take);
  };
}

/** Reads what was kept; what cannot be read counts as nothing. */
export function read(text: string | null): Preferences {
  try {
    const kept = JSON.parse(text ?? '{}') as Partial<Record<keyof Preferences, unknown>> | null;
    return { sound: kept?.sound === true, notify: kept?.notify === true };
  } catch {
    return off;
  }
}
