const storageKey = (id: string) => `skvoz.connect.${id}`;

/** The step of the wizard a person has come to on this device; undefined when unknown. */
export function reachedStep(id: string): string | undefined {
  try {
    return localStorage.getItem(storageKey(id)) ?? undefined;
  } catch {
    // Storage may be blocked; the wizard begins at its first step then, with all that was entered.
    return undefined;
  }
}

/** Keeps how far a person has come; null forgets it. */
export function rememberStep(id: string, step: string | null): void {
  try {
    if (step === null) {
      localStorage.removeItem(storageKey(id));
    } else {
      localStorage.setItem(storageKey(id), step);
    }
  } catch {
    // See reachedStep.
  }
}
