import { Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Page } from '@/ui/Page';
import { CopyableId } from '@/ui/CopyableId';
import { CallsPanel } from '../components/CallsPanel';
import { KeysPanel } from '../components/KeysPanel';
import { NetworksPanel } from '../components/NetworksPanel';

/** Who may call the Data API and what was called. */
export function DataApiPage() {
  const { t } = useTranslation();
  return (
    <Page title={t('dataapi.page.title')} lead={t('dataapi.page.lead')}>
      <Group gap="xs">
        <Text size="sm" c="dimmed">
          {t('dataapi.page.address')}
        </Text>
        <Text size="sm" component="span">
          <CopyableId value={`${window.location.origin}/v2.0`} />
        </Text>
      </Group>
      <NetworksPanel />
      <KeysPanel />
      <CallsPanel />
    </Page>
  );
}
