/** How long a token may live. */
export const lifetimes = ['30', '90', '365', 'never'] as const;

/** See `lifetimes`. */
export type Lifetime = (typeof lifetimes)[number];

/** When a token made now ends; null = never. */
export function expiryOf(lifetime: Lifetime, now: Date): string | null {
  if (lifetime === 'never') {
    return null;
  }
  return new Date(now.getTime() + Number(lifetime) * 86_400_000).toISOString();
}
