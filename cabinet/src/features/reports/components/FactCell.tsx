import { Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { KindBadge } from '@/features/communications/components/KindBadge';
import { SourceLine } from '@/features/visitors/components/SourceLine';
import { useFormat } from '@/format/useFormat';
import type { ReportFactPageFragment } from '@/graphql/generated/graphql';
import { TextLink } from '@/ui/TextLink';

/** One of the rows behind a figure. */
export type FactRow = ReportFactPageFragment['nodes'][number];

/** What a row behind a figure is, with the way to it. */
export function FactCell({ fact }: { fact: FactRow }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { session, communication, deal, cost } = fact;
  if (session) {
    return (
      <Stack gap={2} align="flex-start">
        <TextLink to="/visitors/$visitorId" params={{ visitorId: session.visitorId }} size="sm">
          {t('reports.drill.visit', { count: session.hitCount })}
        </TextLink>
        <SourceLine source={session.source} />
        {session.campaign && (
          <Text size="xs" c="dimmed">
            {session.campaign.name}
          </Text>
        )}
      </Stack>
    );
  }
  if (communication) {
    const { name, phone, email, visitorId, source } = communication;
    const who = name || (phone ? format.phone(phone) : email) || t('reports.drill.nameless');
    return (
      <Stack gap={2} align="flex-start">
        <Group gap={6}>
          <KindBadge kind={communication.kind} />
          {visitorId ? (
            <TextLink to="/visitors/$visitorId" params={{ visitorId }} size="sm" className="break">
              {who}
            </TextLink>
          ) : (
            <Text size="sm" className="break">
              {who}
            </Text>
          )}
        </Group>
        {source && <SourceLine source={source} />}
      </Stack>
    );
  }
  if (deal) {
    return (
      <Stack gap={2} align="flex-start">
        <TextLink to="/deals/$dealId" params={{ dealId: deal.id }} size="sm" className="break">
          {deal.name || deal.externalId}
        </TextLink>
        <Text size="xs" c="dimmed">
          {deal.stage.name} · {format.money(deal.revenue)}
        </Text>
      </Stack>
    );
  }
  if (cost) {
    return (
      <Stack gap={2} align="flex-start">
        <Text size="sm" className="break">
          {cost.campaign.name}
        </Text>
        <Text size="xs" c="dimmed">
          {t('reports.drill.cost', {
            from: format.day(cost.from),
            to: format.day(cost.to),
            amount: format.money(cost.amount),
          })}
        </Text>
      </Stack>
    );
  }
  return (
    <Text size="sm" c="dimmed">
      {t('reports.drill.gone')}
    </Text>
  );
}
