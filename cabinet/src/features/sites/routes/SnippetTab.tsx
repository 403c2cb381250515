import { Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { CopyableId } from '@/ui/CopyableId';
import { CopyButton } from '@/ui/CopyButton';
import { Fact } from '@/ui/Fact';
import { Facts } from '@/ui/Facts';
import { Panel } from '@/ui/Panel';
import { CodeBlock } from '../components/CodeBlock';
import { InstallationPanel } from '../components/InstallationPanel';
import { useSite } from '../hooks/useSite';

/** The code to paste into the site, and whether it works. */
export function SnippetTab() {
  const { t } = useTranslation();
  const site = useSite();
  return (
    <Stack gap="md">
      <Panel title={t('sites.snippet.title')} lead={t('sites.snippet.lead')}>
        <CodeBlock code={site.snippet} label={t('sites.snippet.code')} />
        <Group>
          <CopyButton value={site.snippet} label={t('sites.snippet.copy')} />
          <Text size="sm" c="dimmed">
            {t('sites.snippet.everyPage')}
          </Text>
        </Group>
        <Facts>
          <Fact name={t('sites.snippet.key')}>
            <CopyableId value={site.siteKey} />
          </Fact>
          <Fact name={t('sites.snippet.script')}>
            <CopyableId value={site.scriptUrl} />
          </Fact>
          <Fact name={t('sites.snippet.siteId')}>
            <CopyableId value={site.id} />
          </Fact>
        </Facts>
      </Panel>
      <InstallationPanel key={site.id} />
    </Stack>
  );
}
