import { Stack, Tabs } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useCan } from '@/features/session/hooks/useCan';
import { useLocalText } from '../hooks/useLocalText';
import { type IntegrationSearch, readIntegrationSearch } from '../journal';
import type { Integration } from '../settings';
import { AnalyticsTab } from './AnalyticsTab';
import { CheckTab } from './CheckTab';
import { EmployeesPanel } from './EmployeesPanel';
import { JournalTab } from './JournalTab';
import { OverviewTab } from './OverviewTab';
import { PreviewTab } from './PreviewTab';
import { SectionTab } from './SectionTab';

/** The section of settings about users who become employees. */
const employeesSection = 'employees';

interface IntegrationTabsProps {
  integration: Integration;
  search: IntegrationSearch;
}

/** Everything about an integration; the open tab stands in the address. */
export function IntegrationTabs({ integration, search }: IntegrationTabsProps) {
  const { t } = useTranslation();
  const local = useLocalText();
  const navigate = useNavigate();
  const isAdmin = useCan('ADMIN');
  const { capabilities, sections } = integration.driver;
  const show = (next: IntegrationSearch, replace = false) =>
    void navigate({
      to: '/integrations/$integrationId',
      params: { integrationId: integration.id },
      search: readIntegrationSearch({ ...next }),
      replace,
    });
  const settings = sections.map((section) => ({
    id: `settings-${section.id}`,
    title: local(section.title),
    panel: (
      <Stack gap="md">
        <SectionTab key={section.id} integration={integration} section={section} />
        {section.id === employeesSection && <EmployeesPanel integration={integration} />}
      </Stack>
    ),
  }));
  const tabs = [
    {
      id: 'overview',
      title: t('integrations.tab.overview'),
      panel: <OverviewTab key={integration.id} integration={integration} />,
    },
    ...(isAdmin ? settings : []),
    ...(integration.crm
      ? [
          {
            id: 'analytics',
            title: t('integrations.tab.analytics'),
            panel: <AnalyticsTab crmId={integration.crm.id} />,
          },
        ]
      : []),
    ...(isAdmin && capabilities.includes('DEALS_OUT')
      ? [
          {
            id: 'preview',
            title: t('integrations.tab.preview'),
            panel: <PreviewTab integration={integration} communicationId={search.communication} />,
          },
        ]
      : []),
    ...(isAdmin && capabilities.includes('DEALS_IN') && integration.state !== 'DRAFT'
      ? [
          {
            id: 'check',
            title: t('integrations.tab.check'),
            panel: <CheckTab integration={integration} />,
          },
        ]
      : []),
    ...(isAdmin
      ? [
          {
            id: 'journal',
            title: t('integrations.tab.journal'),
            panel: <JournalTab integration={integration} search={search} onShow={show} />,
          },
        ]
      : []),
  ];
  const open = tabs.find(({ id }) => id === search.tab) ?? tabs[0];
  return (
    <Tabs
      value={open?.id ?? 'overview'}
      onChange={(tab) => show({ tab: tab ?? 'overview' })}
      keepMounted={false}
    >
      <Tabs.List mb="md" aria-label={t('integrations.tab.label')}>
        {tabs.map(({ id, title }) => (
          <Tabs.Tab key={id} value={id}>
            {title}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {tabs.map(({ id, panel }) => (
        <Tabs.Panel key={id} value={id}>
          {panel}
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
