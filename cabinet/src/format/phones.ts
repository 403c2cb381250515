/** How the digits of a number are grouped after the country code, by country code. */
const groups: [code: string, pattern: (national: string) => string | null][] = [
  ['7', (n) => split(n, /^(\d{3})(\d{3})(\d{2})(\d{2})$/, '($1) $2-$3-$4')],
  ['1', (n) => split(n, /^(\d{3})(\d{3})(\d{4})$/, '($1) $2-$3')],
  ['375', (n) => split(n, /^(\d{2})(\d{3})(\d{2})(\d{2})$/, '($1) $2-$3-$4')],
  ['380', (n) => split(n, /^(\d{2})(\d{3})(\d{2})(\d{2})$/, '($1) $2-$3-$4')],
  ['998', (n) => split(n, /^(\d{2})(\d{3})(\d{2})(\d{2})$/, '($1) $2-$3-$4')],
];

/** A phone (digits with country code) as people read it: `+7 (926) 123-45-67`. */
export function formatPhone(digits: string): string {
  for (const [code, pattern] of groups) {
    const national = digits.startsWith(code) ? pattern(digits.slice(code.length)) : null;
    if (national !== null) {
      return `+${code} ${national}`;
    }
  }
  return /^\d+$/.test(digits) ? `+${digits}` : digits;
}

function split(national: string, shape: RegExp, out: string): string | null {
  return shape.test(national) ? national.replace(shape, out) : null;
}
