import { Badge, Group, Table, Text } from '@mantine/core';
import { IconHeadset } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useSubscription } from 'urql';
import { clock } from '@/features/calls/wave';
import { useNow } from '@/features/visitors/hooks/useNow';
import {
  type EmployeeCallState,
  type EmployeeStateFieldsFragment,
  EmployeeStatesDocument,
} from '@/graphql/generated/graphql';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { RowsSkeleton } from '@/ui/RowsSkeleton';
import { TextLink } from '@/ui/TextLink';
import { known } from '@/features/calls/words';
import { secondsSince } from '../seconds';

const colors: Record<EmployeeCallState, string> = { FREE: 'gray', RINGING: 'yellow', TALKING: 'green' };
const lineStates = ['free', 'busy', 'unavailable'] as const;

/** What employees do with calls now, kept up to date by a subscription. */
export function EmployeeStates() {
  const { t } = useTranslation();
  const now = useNow(1000);
  const [{ data, error }, restart] = useSubscription({ query: EmployeeStatesDocument });
  if (error && error.graphQLErrors.length > 0) {
    return <ErrorState error={error} onRetry={() => restart()} />;
  }
  if (!data) {
    return <RowsSkeleton rows={3} height={36} />;
  }
  if (data.employeeStates.length === 0) {
    return <EmptyState icon={IconHeadset} title={t('monitor.employees.emptyTitle')} />;
  }
  return (
    <div className="table-scroll" role="region" aria-label={t('monitor.employees.title')} tabIndex={0}>
      <Table verticalSpacing="xs" horizontalSpacing="md" miw={620}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('monitor.employees.employee')}</Table.Th>
            <Table.Th>{t('monitor.employees.status')}</Table.Th>
            <Table.Th>{t('monitor.employees.calls')}</Table.Th>
            <Table.Th>{t('monitor.employees.line')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {data.employeeStates.map((state) => (
            <EmployeeState key={state.employee.id} state={state} now={now} />
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function EmployeeState({ state, now }: { state: EmployeeStateFieldsFragment; now: Date }) {
  const { t } = useTranslation();
  const { employee, callState, since, callId, lineState } = state;
  const line = known(lineStates, lineState);
  const text = t(`monitor.callState.${callState}`);
  return (
    <Table.Tr>
      <Table.Td className="break">
        {employee.name}
        {employee.extension && (
          <Text span size="xs" c="dimmed">
            {` · ${employee.extension}`}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <Badge color={employee.takesCalls ? 'green' : 'gray'}>
          {employee.customStatus?.name ?? t(`employees.status.${employee.status}`)}
        </Badge>
      </Table.Td>
      <Table.Td>
        <Group gap="xs">
          <Badge color={colors[callState]}>{text}</Badge>
          {since && callState !== 'FREE' && (
            <Text size="sm" className="numeric" component="span">
              {clock(secondsSince(since, now))}
            </Text>
          )}
          {callId && (
            <TextLink
              to="/calls/$callId"
              params={{ callId }}
              size="sm"
              aria-label={t('monitor.employees.openCallOf', { name: employee.name })}
            >
              {t('monitor.employees.openCall')}
            </TextLink>
          )}
        </Group>
      </Table.Td>
      <Table.Td>{line ? t(`monitor.line.${line}`) : '—'}</Table.Td>
    </Table.Tr>
  );
}
