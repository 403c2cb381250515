import { Badge, Button, Group, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useCan } from '@/features/session/hooks/useCan';
import type { CampaignFieldsFragment } from '@/graphql/generated/graphql';
import { CopyableId } from '@/ui/CopyableId';
import { Fact } from '@/ui/Fact';
import { Facts } from '@/ui/Facts';
import { ArchiveCampaignButton } from './ArchiveCampaignButton';
import { CampaignCosts } from './CampaignCosts';
import { DeleteCampaignButton } from './DeleteCampaignButton';
import { GroupsText } from './GroupsText';

interface CampaignCardProps {
  campaign: CampaignFieldsFragment;
  onEdit: (campaign: CampaignFieldsFragment) => void;
}

/** One campaign: its rules, costs, and what can be done with it. */
export function CampaignCard({ campaign, onEdit }: CampaignCardProps) {
  const { t } = useTranslation();
  const canChange = useCan('ADMIN');
  const isArchived = campaign.status === 'ARCHIVED';
  return (
    <Stack className="panel" component="li" gap="sm">
      <Group justify="space-between" align="flex-start">
        <Group gap="xs">
          <Title order={3} size="h5" className="break">
            {campaign.name}
          </Title>
          {isArchived && <Badge color="gray">{t('campaigns.status.ARCHIVED')}</Badge>}
        </Group>
        {canChange && (
          <Group gap="xs">
            <Button
              size="xs"
              variant="default"
              onClick={() => onEdit(campaign)}
              aria-label={t('campaigns.list.editNamed', { name: campaign.name })}
            >
              {t('common.action.edit')}
            </Button>
            <ArchiveCampaignButton campaign={campaign} />
            <DeleteCampaignButton campaign={campaign} />
          </Group>
        )}
      </Group>
      {campaign.description && (
        <Text size="sm" c="dimmed" className="break">
          {campaign.description}
        </Text>
      )}
      <Facts>
        <Fact name={t('campaigns.editor.include')}>
          <GroupsText groups={campaign.include} />
        </Fact>
        {campaign.exclude.length > 0 && (
          <Fact name={t('campaigns.editor.exclude')}>
            <GroupsText groups={campaign.exclude} />
          </Fact>
        )}
        <Fact name={t('campaigns.list.id')}>
          <CopyableId value={campaign.id} />
        </Fact>
      </Facts>
      <CampaignCosts campaign={campaign} />
    </Stack>
  );
}
