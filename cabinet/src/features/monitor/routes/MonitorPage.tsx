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
      <Stack component="section" gap="sm" aria-labelledby="monitor-calls">
        <Title order={2} size="h4" id="monitor-calls">
          {t('monitor.calls.title')}
        </Title>
        <div className="panel panel-flush">
          <ActiveCalls />
        </div>
      </Stack>
      <Stack component="section" gap="sm" aria-labelledby="monitor-employees">
        <Title order={2} size="h4" id="monitor-employees">
          {t('monitor.employees.title')}
        </Title>
        <div className="panel panel-flush">
          <EmployeeStates />
        </div>
      </Stack>
    </Page>
  );
}
