import { Anchor, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { MethodBadge } from '@/features/calls/components/MethodBadge';
import { SourceLine } from '@/features/visitors/components/SourceLine';
import { safeHref } from '@/format/urls';
import { useFormat } from '@/format/useFormat';
import { type PopUpFieldsFragment, PopUpPagesDocument } from '@/graphql/generated/graphql';
import { Fact } from '@/ui/Fact';
import { Facts } from '@/ui/Facts';
import { PageLink } from '@/ui/PageLink';
import { TextLink } from '@/ui/TextLink';

/** What is known of a caller: earlier communications, the latest visit, deals. */
export function PopUpFacts({
  popUp,
  visitorId,
}: {
  popUp: PopUpFieldsFragment;
  visitorId: string | undefined;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const { call, person, deals, earlierCommunications } = popUp;
  const [{ data }] = useQuery({
    query: PopUpPagesDocument,
    variables: { visitorId: visitorId ?? '' },
    pause: visitorId === undefined,
  });
  const visitor = data?.visitor.id === visitorId ? data?.visitor : undefined;
  const latest = visitor?.sessions.nodes[0];
  const source = call.source ?? latest?.source;
  const campaign = call.campaign ?? latest?.campaign;
  const visits =
    person?.visitors.reduce((sum, { sessionCount }) => sum + sessionCount, 0) ?? call.visitor?.sessionCount;
  return (
    <Facts>
      <Fact name={t('popups.card.number')}>
        {call.number?.name ? `${call.number.name} · ` : ''}
        {format.phone(call.number?.number ?? call.virtualNumber) || '—'}
      </Fact>
      <Fact name={t('popups.card.earlier')}>
        {earlierCommunications === 0
          ? t('popups.card.firstTime')
          : t('popups.card.times', { count: earlierCommunications })}
      </Fact>
      {visits !== undefined && visits > 0 && (
        <Fact name={t('popups.card.visits')}>{format.number(visits)}</Fact>
      )}
      {(source || call.method === 'AMBIGUOUS') && (
        <Fact name={t('popups.card.source')}>
          {source && <SourceLine source={source} />}
          {call.method === 'AMBIGUOUS' && <MethodBadge method={call.method} probability={call.probability} />}
        </Fact>
      )}
      {campaign && <Fact name={t('popups.card.campaign')}>{campaign.name}</Fact>}
      {latest && (
        <Fact name={t('popups.card.page')}>
          <PageLink url={latest.exitPage || latest.entrancePage} />
        </Fact>
      )}
      {deals.length > 0 && (
        <Fact name={t('popups.card.deals')}>
          {deals.map((deal) => (
            <Text key={deal.id} size="sm" component="div">
              <TextLink
                to="/deals/$dealId"
                params={{ dealId: deal.id }}
                size="sm"
                underline="always"
                className="break"
              >
                {deal.name || deal.externalId}
              </TextLink>
              {` · ${deal.stage.name} · ${format.money(deal.revenue)} `}
              {safeHref(deal.url) && (
                <Anchor
                  href={safeHref(deal.url) ?? undefined}
                  target="_blank"
                  rel="noopener noreferrer"
                  size="sm"
                  underline="always"
                  aria-label={t('popups.card.inCrmOf', { name: deal.name || deal.externalId })}
                >
                  {t('popups.card.inCrm')}
                </Anchor>
              )}
            </Text>
          ))}
        </Fact>
      )}
    </Facts>
  );
}
