/** The least loudness that fills the height: telephones are quiet, but silence is not to look loud. */
const loud = 10;

/** The loudness of `count` equal stretches, 0–1 each: the loudest peak of each stretch, against the loudest of all. */
export function barsOf(peaks: readonly number[], count: number): number[] {
  if (peaks.length === 0) {
    return Array.from({ length: count }, () => 0);
  }
  const top = Math.min(100, Math.max(loud, ...peaks));
  return Array.from({ length: count }, (_, bar) => {
    const begin = Math.floor((bar * peaks.length) / count);
    const end = Math.max(begin + 1, Math.floor(((bar + 1) * peaks.length) / count));
    return Math.min(1, Math.max(0, ...peaks.slice(begin, end)) / top);
  });
}

/** Where a key leads from a second of a recording; null for keys that lead nowhere. */
export function seekBy(key: string, at: number, duration: number): number | null {
  const to = (second: number) => Math.min(duration, Math.max(0, second));
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return to(at - 5);
    case 'ArrowRight':
    case 'ArrowUp':
      return to(at + 5);
    case 'PageDown':
      return to(at - 30);
    case 'PageUp':
      return to(at + 30);
    case 'Home':
      return 0;
    case 'End':
      return duration;
    default:
      return null;
  }
}

/** Seconds as a clock shows them: `3:07`, `1:02:45`. */
export function clock(seconds: number): string {
  const total = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(total / 3600), Math.floor((total % 3600) / 60), total % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}
