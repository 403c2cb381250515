import { Button, Group, Modal, Stack, Switch, Text, Title } from '@mantine/core';
import { IconPlus, IconSpeakerphone } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { useCan } from '@/features/session/hooks/useCan';
import { useSite } from '@/features/sites/hooks/useSite';
import { type CampaignFieldsFragment, CampaignsDocument } from '@/graphql/generated/graphql';
import { ButtonLink } from '@/ui/ButtonLink';
import { EmptyState } from '@/ui/EmptyState';
import { Loaded } from '@/ui/Loaded';
import { ArrivalPreview } from '../components/ArrivalPreview';
import { CampaignCard } from '../components/CampaignCard';
import { CampaignForm } from '../components/CampaignForm';

const context = { additionalTypenames: ['Campaign'] };

/** Advertising campaigns of a site. */
export function CampaignsTab() {
  const { t } = useTranslation();
  const site = useSite();
  const canChange = useCan('ADMIN');
  const mayUpload = useCan('ANALYST');
  const [result, retry] = useQuery({ query: CampaignsDocument, variables: { siteId: site.id }, context });
  const [edited, setEdited] = useState<CampaignFieldsFragment | 'new'>();
  const [withArchived, setWithArchived] = useState(false);
  const campaign = edited === 'new' ? undefined : edited;
  const close = () => setEdited(undefined);
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <div>
          <Title order={2} size="h4">
            {t('campaigns.list.title')}
          </Title>
          <Text size="sm" c="dimmed" maw={720}>
            {t('campaigns.list.lead')}
          </Text>
        </div>
        <Group gap="xs">
          {mayUpload && (
            <ButtonLink to="/costs" variant="default">
              {t('campaigns.costs.upload')}
            </ButtonLink>
          )}
          {canChange && (
            <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEdited('new')}>
              {t('campaigns.list.add')}
            </Button>
          )}
        </Group>
      </Group>
      <Loaded result={result} onRetry={() => retry()}>
        {({ site: { campaigns } }) => {
          const archived = campaigns.filter(({ status }) => status === 'ARCHIVED').length;
          const shown = withArchived ? campaigns : campaigns.filter(({ status }) => status === 'ACTIVE');
          return (
            <>
              {archived > 0 && (
                <Switch
                  label={t('campaigns.list.withArchived', { count: archived })}
                  checked={withArchived}
                  onChange={(event) => setWithArchived(event.currentTarget.checked)}
                />
              )}
              {shown.length === 0 ? (
                <div className="panel">
                  <EmptyState
                    icon={IconSpeakerphone}
                    title={t('campaigns.list.emptyTitle')}
                    text={t('campaigns.list.emptyText')}
                  />
                </div>
              ) : (
                <Stack component="ul" gap="md" p={0} m={0} style={{ listStyle: 'none' }}>
                  {shown.map((shownCampaign) => (
                    <CampaignCard key={shownCampaign.id} campaign={shownCampaign} onEdit={setEdited} />
                  ))}
                </Stack>
              )}
            </>
          );
        }}
      </Loaded>
      <ArrivalPreview key={site.id} siteId={site.id} domain={site.domain} />
      <Modal
        opened={edited !== undefined}
        onClose={close}
        title={campaign ? t('campaigns.form.editTitle') : t('campaigns.form.title')}
        closeButtonProps={{ 'aria-label': t('common.action.close') }}
        size="xl"
      >
        <CampaignForm key={campaign?.id ?? 'new'} siteId={site.id} campaign={campaign} onDone={close} />
      </Modal>
    </Stack>
  );
}
