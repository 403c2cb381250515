import { Button, Checkbox, Group, List, Stack, Text } from '@mantine/core';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type CombinedError, useMutation, useQuery } from 'urql';
import {
  EnableIntegrationEmployeesDocument,
  IntegrationEmployeesDocument,
  type IntegrationEmployeesQuery,
  SyncIntegrationEmployeesDocument,
} from '@/graphql/generated/graphql';
import { Loaded } from '@/ui/Loaded';
import { Moment } from '@/ui/Moment';
import { Panel } from '@/ui/Panel';
import { useAskAgain } from '../hooks/useAskAgain';
import type { Integration } from '../settings';
import { FailureAlert } from './FailureAlert';
import { IntegrationProblem } from './IntegrationProblem';
import { SyncBadge } from './SyncBadge';

/** How often the state is asked for while the tab is open, in milliseconds. */
const pace = 3000;

/** The switch that makes employees of a system's users. */
const importSwitch = 'employees_in';

/** Who of a system's users is an employee here, and for whom the integration is on. */
export function EmployeesPanel({ integration }: { integration: Integration }) {
  const { t } = useTranslation();
  const [result, ask] = useQuery({
    query: IntegrationEmployeesDocument,
    variables: { id: integration.id },
    requestPolicy: 'cache-and-network',
  });
  const again = useCallback(() => ask({ requestPolicy: 'network-only' }), [ask]);
  useAskAgain(again, pace);
  const [sync, start] = useMutation(SyncIntegrationEmployeesDocument);
  const isOn = integration.settings.some(({ key, values }) => key === importSwitch && values[0] === 'true');
  return (
    <Panel title={t('integrations.employees.title')} lead={t('integrations.employees.lead')}>
      <Loaded result={result} onRetry={again}>
        {(data) => (
          <Stack gap="md">
            <EmployeesState sync={data.integration.employeesSync} />
            {isOn && integration.state === 'ACTIVE' && (
              <Button
                variant="default"
                style={{ alignSelf: 'flex-start' }}
                loading={sync.fetching || data.integration.employeesSync?.state === 'RUNNING'}
                onClick={() => void start({ input: { id: integration.id } }).then(again)}
              >
                {t('integrations.employees.now')}
              </Button>
            )}
            <IntegrationProblem error={sync.error} />
            <EmployeesList id={integration.id} all={data.integrationEmployees} onChange={again} />
          </Stack>
        )}
      </Loaded>
    </Panel>
  );
}

function EmployeesState({ sync }: { sync: IntegrationEmployeesQuery['integration']['employeesSync'] }) {
  const { t } = useTranslation();
  if (sync === null) {
    return <Text size="sm">{t('integrations.employees.never')}</Text>;
  }
  return (
    <Stack gap="xs">
      <Group gap="sm">
        <SyncBadge state={sync.state} />
        {sync.at !== null && <Moment at={sync.at} as="ago" />}
      </Group>
      {sync.state === 'OK' && (
        <Text size="sm">
          {t('integrations.employees.counts', {
            users: sync.users,
            created: sync.created,
            linked: sync.linked,
            updated: sync.updated,
            skipped: sync.skipped,
          })}
        </Text>
      )}
      {sync.failure && <FailureAlert failure={sync.failure} />}
      {sync.warnings.length > 0 && (
        <List size="sm">
          {sync.warnings.map(({ name, kind, value }) => (
            <List.Item key={`${name} ${kind} ${value}`}>
              {t(`integrations.employees.warning.${kind}`, { name, value })}
            </List.Item>
          ))}
        </List>
      )}
    </Stack>
  );
}

interface EmployeesListProps {
  id: string;
  all: IntegrationEmployeesQuery['integrationEmployees'];
  onChange: () => void;
}

function EmployeesList({ id, all, onChange }: EmployeesListProps) {
  const { t } = useTranslation();
  const [, enable] = useMutation(EnableIntegrationEmployeesDocument);
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<CombinedError>();
  const toggle = async (employee: string, isEnabled: boolean) => {
    const others = all.filter((e) => e.isEnabled && e.employee.id !== employee).map((e) => e.employee.id);
    setPending(true);
    const answer = await enable({ input: { id, employeeIds: isEnabled ? [...others, employee] : others } });
    setPending(false);
    setError(answer.error);
    onChange();
  };
  if (all.length === 0) {
    return null;
  }
  return (
    <Stack gap="xs" role="group" aria-label={t('integrations.employees.for')}>
      <Text fw={600}>{t('integrations.employees.for')}</Text>
      {all.map(({ employee, isEnabled, remoteId }) => (
        <Checkbox
          key={remoteId}
          label={employee.name}
          checked={isEnabled}
          disabled={pending}
          onChange={(event) => void toggle(employee.id, event.currentTarget.checked)}
        />
      ))}
      <IntegrationProblem error={error} />
    </Stack>
  );
}
