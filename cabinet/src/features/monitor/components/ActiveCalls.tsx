import { Stack, Table, Text } from '@mantine/core';
import { IconPhone } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useSubscription } from 'urql';
import { CallControls } from '@/features/calls/components/CallControls';
import { CallStateBadge } from '@/features/calls/components/CallStateBadge';
import { DirectionMark } from '@/features/calls/components/DirectionMark';
import { MethodBadge } from '@/features/calls/components/MethodBadge';
import { NumberName } from '@/features/calls/components/NumberName';
import { clock } from '@/features/calls/wave';
import { SourceLine } from '@/features/visitors/components/SourceLine';
import { useNow } from '@/features/visitors/hooks/useNow';
import { useFormat } from '@/format/useFormat';
import { type ActiveCallFieldsFragment, ActiveCallsDocument } from '@/graphql/generated/graphql';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { RowsSkeleton } from '@/ui/RowsSkeleton';
import { TextLink } from '@/ui/TextLink';
import { secondsSince } from '../seconds';

/** Calls that go on now, kept up to date by a subscription. */
export function ActiveCalls() {
  const { t } = useTranslation();
  const now = useNow(1000);
  const [{ data, error }, restart] = useSubscription({ query: ActiveCallsDocument });
  if (error && error.graphQLErrors.length > 0) {
    return <ErrorState error={error} onRetry={() => restart()} />;
  }
  if (!data) {
    return <RowsSkeleton rows={3} height={44} />;
  }
  if (data.activeCalls.length === 0) {
    return (
      <EmptyState
        icon={IconPhone}
        title={t('monitor.calls.emptyTitle')}
        text={t('monitor.calls.emptyText')}
      />
    );
  }
  return (
    <div className="table-scroll" role="region" aria-label={t('monitor.calls.title')} tabIndex={0}>
      <Table verticalSpacing="sm" horizontalSpacing="md" miw={980} style={{ verticalAlign: 'top' }}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('monitor.calls.contact')}</Table.Th>
            <Table.Th>{t('monitor.calls.state')}</Table.Th>
            <Table.Th>{t('monitor.calls.duration')}</Table.Th>
            <Table.Th>{t('monitor.calls.employee')}</Table.Th>
            <Table.Th>{t('calls.list.number')}</Table.Th>
            <Table.Th>{t('monitor.calls.source')}</Table.Th>
            <Table.Th>{t('common.field.actions')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {data.activeCalls.map((call) => (
            <ActiveCall key={call.id} call={call} now={now} />
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function ActiveCall({ call, now }: { call: ActiveCallFieldsFragment; now: Date }) {
  const { t } = useTranslation();
  const format = useFormat();
  const phone = call.contactPhone === '' ? t('calls.contact.hidden') : format.phone(call.contactPhone);
  const rung = call.employees.filter(({ reason }) => reason === '').map(({ employee }) => employee.name);
  return (
    <Table.Tr>
      <Table.Td maw={220}>
        <Stack gap={2} align="flex-start">
          <TextLink to="/calls/$callId" params={{ callId: call.id }} size="sm" fw={600} className="break">
            {call.contactName || phone}
          </TextLink>
          {call.contactName !== '' && (
            <Text size="sm" className="numeric">
              {phone}
            </Text>
          )}
          <Text size="xs" c="dimmed" component="span">
            <DirectionMark direction={call.direction} withText />
          </Text>
        </Stack>
      </Table.Td>
      <Table.Td>
        <CallStateBadge state={call.state} />
      </Table.Td>
      <Table.Td className="numeric">{clock(secondsSince(call.answeredAt ?? call.startedAt, now))}</Table.Td>
      <Table.Td maw={200}>
        <Text size="sm" className="break">
          {call.employee?.name ?? (rung.join(', ') || '—')}
        </Text>
      </Table.Td>
      <Table.Td>
        <NumberName call={call} />
      </Table.Td>
      <Table.Td maw={220}>
        <Stack gap={4} align="flex-start">
          {call.source && <SourceLine source={call.source} />}
          {call.method === 'AMBIGUOUS' && <MethodBadge method={call.method} probability={0} />}
        </Stack>
      </Table.Td>
      <Table.Td>
        <CallControls callId={call.id} state={call.state} name={call.contactName || phone} />
      </Table.Td>
    </Table.Tr>
  );
}
