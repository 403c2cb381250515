import { useFormat } from '@/format/useFormat';

type Style = 'dateTime' | 'date' | 'time' | 'ago';

/** A point in time in the account's time zone; the exact one is in the tooltip. */
export function Moment({ at, as = 'dateTime' }: { at: string; as?: Style }) {
  const format = useFormat();
  return (
    <time dateTime={at} title={format.exact(at)} className="numeric">
      {format[as](at)}
    </time>
  );
}
