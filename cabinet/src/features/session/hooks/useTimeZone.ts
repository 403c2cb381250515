import { use } from 'react';
import { isTimeZone } from '@/format/dates';
import { SessionContext } from '../SessionContext';

/** The account's time zone; UTC where nobody is signed in. */
export function useTimeZone(): string {
  const zone = use(SessionContext)?.session.viewer?.account.timezone ?? '';
  return isTimeZone(zone) ? zone : 'UTC';
}
