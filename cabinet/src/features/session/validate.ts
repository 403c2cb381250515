/** Shortest password the server takes. */
export const passwordMin = 10;
/** Longest password the server takes. */
export const passwordMax = 200;

/** Whether a password has an acceptable length, in characters as people count them. */
export function isPassword(text: string): boolean {
  const length = [...text].length;
  return length >= passwordMin && length <= passwordMax;
}

/** Whether text looks like an e-mail address; the server decides. */
export function isEmail(text: string): boolean {
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text.trim());
}
