import { Button, Group, List, Stack, Text } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Moment } from '@/ui/Moment';
import { PageLink } from '@/ui/PageLink';
import { Panel } from '@/ui/Panel';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { useInstallation } from '../hooks/useInstallation';
import { useSite } from '../hooks/useSite';
import { InstallationBadge } from './InstallationBadge';

/** Says whether hits arrive, and what to check when they do not. */
export function InstallationPanel() {
  const { t } = useTranslation();
  const site = useSite();
  const { installation, fetching, error, ask } = useInstallation(site.id, site.installation);
  return (
    <Panel
      title={t('sites.check.title')}
      actions={
        <Button
          variant="default"
          size="xs"
          loading={fetching}
          leftSection={<IconRefresh size={14} aria-hidden />}
          onClick={ask}
        >
          {t('sites.check.again')}
        </Button>
      }
    >
      <Stack gap="sm">
        <div role="status">
          <Group gap="sm" align="center">
            <InstallationBadge state={installation.state} />
            <Text size="sm">{t(`sites.check.text.${installation.state}`)}</Text>
          </Group>
        </div>
        {installation.lastHitAt && (
          <Group gap={6}>
            <Text size="sm" c="dimmed">
              {t('sites.check.lastHit')}
            </Text>
            <Text size="sm" component="span">
              <Moment at={installation.lastHitAt} />
            </Text>
            {installation.lastPageUrl && <PageLink url={installation.lastPageUrl} />}
          </Group>
        )}
        <ProblemAlert error={error} />
        {installation.state !== 'RECEIVING' && (
          <div>
            <Text fw={600} size="sm" mb={4}>
              {t('sites.check.help')}
            </Text>
            <List size="sm" spacing={6}>
              <List.Item>{t('sites.check.helpOpen', { domain: site.domain })}</List.Item>
              <List.Item>{t('sites.check.helpSource')}</List.Item>
              <List.Item>{t('sites.check.helpCache')}</List.Item>
              <List.Item>{t('sites.check.helpCsp')}</List.Item>
              <List.Item>{t('sites.check.helpBlocker')}</List.Item>
              <List.Item>{t('sites.check.helpRefusals')}</List.Item>
            </List>
          </div>
        )}
      </Stack>
    </Panel>
  );
}
