import type { SourceFieldsFragment } from '@/graphql/generated/graphql';

/** A source in one line: `yandex / cpc / spring`; empty for a direct visit. */
export function sourceLine(source: SourceFieldsFragment): string {
  const name = source.source || source.engine || source.searchEngine || source.referrerDomain;
  return [name, source.medium, source.campaign].filter((part) => part !== '').join(' / ');
}

/** A place in one line, the smallest first: `Казань, Татарстан, RU`. */
export function placeLine({
  city,
  region,
  country,
}: {
  city: string;
  region: string;
  country: string;
}): string {
  return [city, region === city ? '' : region, country].filter((part) => part !== '').join(', ');
}
