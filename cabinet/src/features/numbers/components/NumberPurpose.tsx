import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { VirtualNumberFieldsFragment } from '@/graphql/generated/graphql';
import { TextLink } from '@/ui/TextLink';
import type { NumberChoices } from '../hooks/useNumberChoices';

interface NumberPurposeProps {
  number: VirtualNumberFieldsFragment;
  choices: NumberChoices;
}

/** What a number is for: its usage, and the campaign or pool. */
export function NumberPurpose({ number, choices }: NumberPurposeProps) {
  const { t } = useTranslation();
  const { usage, siteId, campaignId, poolId, isOverflow } = number;
  const campaign = choices.campaign(campaignId);
  const pool = choices.pool(poolId);
  const site = choices.site(siteId);
  return (
    <>
      <Text size="sm" component="div" className="break">
        {t(`numbers.usage.${usage}`)}
        {campaign && ` · ${campaign}`}
        {pool && poolId && (
          <>
            {' · '}
            <TextLink to="/pools/$poolId" params={{ poolId }} size="sm" underline="always">
              {pool}
            </TextLink>
          </>
        )}
        {isOverflow && ` · ${t('numbers.list.overflow')}`}
      </Text>
      {site && (
        <Text size="xs" c="dimmed" className="break">
          {site}
        </Text>
      )}
    </>
  );
}
