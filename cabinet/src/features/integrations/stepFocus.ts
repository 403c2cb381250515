let pending = false;

/** Notes that another step is being opened; its heading then takes the focus. */
export function announceStep(): void {
  pending = true;
}

/** Whether a step was opened since the last call. */
export function takeStep(): boolean {
  const was = pending;
  pending = false;
  return was;
}
