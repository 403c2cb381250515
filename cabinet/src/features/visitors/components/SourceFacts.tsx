import { useTranslation } from 'react-i18next';
import type { SourceFieldsFragment } from '@/graphql/generated/graphql';
import { Fact } from '@/ui/Fact';
import { Facts } from '@/ui/Facts';
import { PageLink } from '@/ui/PageLink';
import { ChannelBadge } from './ChannelBadge';

const texts = ['source', 'medium', 'campaign', 'term', 'content', 'searchEngine', 'engine'] as const;

/** Everything known about where a session came from. */
export function SourceFacts({ source }: { source: SourceFieldsFragment }) {
  const { t } = useTranslation();
  return (
    <Facts>
      <Fact name={t('visitors.source.channel')}>
        <ChannelBadge channel={source.channel} />
        {source.isPaid && ` ${t('visitors.source.paid')}`}
      </Fact>
      {texts.map(
        (name) =>
          source[name] !== '' && (
            <Fact key={name} name={t(`visitors.source.${name}`)}>
              {source[name]}
            </Fact>
          ),
      )}
      {source.referrer !== '' && (
        <Fact name={t('visitors.source.referrer')}>
          <PageLink url={source.referrer} lines={3} />
        </Fact>
      )}
    </Facts>
  );
}
