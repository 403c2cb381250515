import { addDays, isDay } from '@/format/dates';
import { compact, type RawSearch, textParam } from '@/ui/searchParams';

/** Which days are looked at, as they stand in the address; absent: the last 30. */
export interface FiguresPeriod {
  from?: string;
  to?: string;
}

const longest = 366;

/** Reads the address; whatever makes no sense is passed over. */
export function readFiguresPeriod(raw: RawSearch): FiguresPeriod {
  const [from, to] = [textParam(raw, 'from'), textParam(raw, 'to')];
  return compact({
    from: from && isDay(from) ? from : undefined,
    to: to && isDay(to) ? to : undefined,
  } as FiguresPeriod);
}

/** The days to ask for: at most a year, the first not after the last. */
export function figureDays({ from, to }: FiguresPeriod, today: string): { from: string; to: string } {
  const last = to ?? today;
  const earliest = addDays(last, 1 - longest);
  const first = from ?? addDays(last, -29);
  return { from: first > last ? last : first < earliest ? earliest : first, to: last };
}
