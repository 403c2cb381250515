/** Largest sound, in bytes. */
export const largestSound = 700 * 1024;

/** What is wrong with a file: it is no sound scenarios can play, or too large. */
export type SoundFault = 'kind' | 'size' | 'empty';

/** Looks at a file before it is sent. */
export function faultOfSound({ name, size }: { name: string; size: number }): SoundFault | null {
  if (!/\.(wav|mp3)$/i.test(name)) {
    return 'kind';
  }
  return size === 0 ? 'empty' : size > largestSound ? 'size' : null;
}
