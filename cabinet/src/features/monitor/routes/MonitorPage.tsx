import { Stack, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { LiveStateBadge } from '@/features/visitors/components/LiveStateBadge';
import { Page } from '@/ui/Page';
import { ActiveCalls } from '../components/ActiveCalls';
import { EmployeeStates } from '../components/EmployeeStates';

/** What goes on on the phones right now. */
export function MonitorPage() {
  const { t } = useTranslation();
  return (
    <Page title={t('monitor.page.title')} lead={t('monitor.page.lead')} actions={<LiveStateBadge />}>
      <Stack gap="sm">
        <Title order={2} size="h4">
          {t('monitor.calls.title')}
        </Title>
        <div className="panel panel-flush">
          <ActiveCalls />
        </div>
      </Stack>
      <Stack gap="sm">
        <Title order={2} size="h4">
          {t('monitor.employees.title')}
        </Title>
        <div className="panel panel-flush">
          <EmployeeStates />
        </div>
      </Stack>
    </Page>
  );
}
