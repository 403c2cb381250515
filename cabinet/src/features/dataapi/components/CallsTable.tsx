import { Badge, Button, Table, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { useCan } from '@/features/session/hooks/useCan';
import { useFormat } from '@/format/useFormat';
import { AllowNetworkDocument, type DataApiCallsQuery } from '@/graphql/generated/graphql';
import { Moment } from '@/ui/Moment';
import { notifyProblem } from '@/ui/notifyProblem';
import { useProblemText } from '@/ui/useProblemText';
import { isAdvised } from '../networks';

type Call = DataApiCallsQuery['dataApiCalls']['nodes'][number];
const context = { additionalTypenames: ['AllowedNetwork'] };

/** The calls, each with its error in words and what to do. */
export function CallsTable({ calls }: { calls: Call[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className="table-scroll" role="region" aria-label={t('dataapi.calls.table')} tabIndex={0}>
      <Table verticalSpacing="xs" horizontalSpacing="md" miw={680} style={{ verticalAlign: 'top' }}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('dataapi.calls.at')}</Table.Th>
            <Table.Th>{t('dataapi.calls.result')}</Table.Th>
            <Table.Th>{t('dataapi.calls.who')}</Table.Th>
            <Table.Th ta="right">{t('dataapi.calls.points')}</Table.Th>
            <Table.Th ta="right">{t('dataapi.calls.duration')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {calls.map((call, index) => (
            <Table.Tr key={`${call.at}-${index}`}>
              <Table.Td miw={96}>
                <Moment at={call.at} />
              </Table.Td>
              <Table.Td maw={420}>
                <Text size="sm" className="mono break" mb={2}>
                  {call.method || '—'}
                </Text>
                <CallResult call={call} />
              </Table.Td>
              <Table.Td maw={200}>
                <Text size="sm" className="break">
                  {call.tokenName || t('dataapi.calls.session')}
                </Text>
                <Text size="xs" c="dimmed" className="mono break">
                  {call.ip}
                </Text>
              </Table.Td>
              <Table.Td ta="right" className="numeric">
                {format.number(call.points)}
              </Table.Td>
              <Table.Td ta="right" className="numeric" style={{ whiteSpace: 'nowrap' }}>
                {t('dataapi.calls.ms', { value: format.number(call.durationMs) })}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function CallResult({ call }: { call: Call }) {
  const { t } = useTranslation();
  const canChange = useCan('ADMIN');
  const textOf = useProblemText();
  const [{ fetching }, allow] = useMutation(AllowNetworkDocument);
  if (call.errorCode === 0) {
    return <Badge color="green">{t('dataapi.calls.ok')}</Badge>;
  }
  const letIn = async () => {
    const { error } = await allow({ input: { network: call.ip, comment: call.tokenName } }, context);
    if (error) {
      notifyProblem(textOf(error));
    } else {
      notifications.show({ message: t('dataapi.calls.allowed', { ip: call.ip }) });
    }
  };
  return (
    <>
      <Badge color="red" className="mono">
        {call.mnemonic || call.errorCode}
      </Badge>
      {isAdvised(call.mnemonic) && (
        <Text size="sm" mt={4}>
          {t(`dataapi.advice.${call.mnemonic}`)}
        </Text>
      )}
      <Text size="xs" c="dimmed" className="break" mt={2}>
        {call.errorCode}: {call.errorText}
      </Text>
      {call.mnemonic === 'ip_not_whitelisted' && canChange && call.ip !== '' && (
        <Button size="compact-xs" variant="light" mt={4} loading={fetching} onClick={() => void letIn()}>
          {t('dataapi.calls.allow', { ip: call.ip })}
        </Button>
      )}
    </>
  );
}
