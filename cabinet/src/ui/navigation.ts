let pending = false;

/** Notes that another page is being opened; its heading then takes the focus. */
export function announceNavigation(): void {
  pending = true;
}

/** Whether a page was opened since the last call. */
export function takeNavigation(): boolean {
  const was = pending;
  pending = false;
  return was;
}
