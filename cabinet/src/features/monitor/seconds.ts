/** Whole seconds since an instant, never below zero: clocks differ. */
export function secondsSince(at: string, now: Date): number {
  return Math.max(0, Math.floor((now.getTime() - Date.parse(at)) / 1000));
}
