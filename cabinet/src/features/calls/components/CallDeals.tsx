import { Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { StageBadge } from '@/features/deals/components/StageBadge';
import { useFormat } from '@/format/useFormat';
import type { CallDealFieldsFragment } from '@/graphql/generated/graphql';
import { TextLink } from '@/ui/TextLink';

/** Deals linked with a call. */
export function CallDeals({ deals }: { deals: CallDealFieldsFragment[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (deals.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t('calls.details.noDeals')}
      </Text>
    );
  }
  return (
    <Stack gap="xs">
      {deals.map((deal) => (
        <Group key={deal.id} gap="xs" justify="space-between">
          <TextLink to="/deals/$dealId" params={{ dealId: deal.id }} size="sm" className="break">
            {deal.name || deal.externalId}
          </TextLink>
          <Group gap="xs">
            <StageBadge name={deal.stage.name} status={deal.stage.status} />
            <Text size="sm" className="numeric" component="span">
              {format.money(deal.revenue)}
            </Text>
          </Group>
        </Group>
      ))}
    </Stack>
  );
}
