import { List, SimpleGrid } from '@mantine/core';
import { IconWorld } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useCan } from '@/features/session/hooks/useCan';
import { SiteCreateForm } from '@/features/sites/components/SiteCreateForm';
import { EmptyState } from '@/ui/EmptyState';
import { Panel } from '@/ui/Panel';

/** What to do first: add a site. */
export function Onboarding() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  if (!useCan('ADMIN')) {
    return (
      <div className="panel">
        <EmptyState icon={IconWorld} title={t('sites.list.emptyTitle')} text={t('sites.list.emptyReader')} />
      </div>
    );
  }
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} style={{ alignItems: 'start' }}>
      <Panel title={t('overview.onboarding.title')}>
        <SiteCreateForm onCreated={(siteId) => void navigate({ to: '/sites/$siteId', params: { siteId } })} />
      </Panel>
      <Panel title={t('overview.onboarding.next')}>
        <List type="ordered" spacing="xs">
          <List.Item>{t('overview.onboarding.stepAdd')}</List.Item>
          <List.Item>{t('overview.onboarding.stepPaste')}</List.Item>
          <List.Item>{t('overview.onboarding.stepLook')}</List.Item>
        </List>
      </Panel>
    </SimpleGrid>
  );
}
