import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { SegmentFieldsFragment } from '@/graphql/generated/graphql';

interface SegmentTextProps {
  segment: SegmentFieldsFragment;
  campaign: (id: string) => string | undefined;
}

/** Which visits a pool is for, in words. */
export function SegmentText({ segment, campaign }: SegmentTextProps) {
  const { t } = useTranslation();
  const { campaignIds, channels, sources, utm, countries, regions, cities, url, urlMatch } = segment;
  const parts = [
    [t('pools.segment.campaigns'), campaignIds.map((id) => campaign(id) ?? id)],
    [t('pools.segment.channels'), channels.map((channel) => t(`visitors.channel.${channel}`))],
    [t('pools.segment.sources'), sources],
    ...utm.map(({ tag, values }) => [`utm_${tag.toLowerCase()}`, values] as const),
    [t('pools.segment.countries'), countries],
    [t('pools.segment.regions'), regions],
    [t('pools.segment.cities'), cities],
    [t('pools.segment.url'), url ? [`${t(`goals.match.${urlMatch ?? 'CONTAINS'}`)} ${url}`] : []],
  ] as const;
  const said = parts.filter(([, values]) => values.length > 0);
  return said.length === 0 ? (
    <Text size="sm">{t('pools.segment.all')}</Text>
  ) : (
    said.map(([name, values], index) => (
      <Text key={index} size="sm" className="break">
        <Text span size="sm" c="dimmed">
          {name}:{' '}
        </Text>
        {values.join(', ')}
      </Text>
    ))
  );
}
