import { dayOf } from '@/format/dates';
import { useFormat } from '@/format/useFormat';

/** Today in the account's time zone. */
export function useToday(): string {
  const { timeZone } = useFormat();
  return dayOf(new Date(), timeZone);
}
