import { Badge, Checkbox, Stack, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { RefusalsQuery } from '@/graphql/generated/graphql';
import { Moment } from '@/ui/Moment';
import { PageLink } from '@/ui/PageLink';
import { RefusalReason } from './RefusalReason';

/** A refused request. */
export type RefusalRow = RefusalsQuery['refusals']['nodes'][number];

interface RefusalsTableProps {
  refusals: RefusalRow[];
  /** Ids of the chosen rows; absent for those who may not re-include. */
  chosen?: Set<string> | undefined;
  onChoose: (ids: string[], isChosen: boolean) => void;
}

/** The rows of refused requests. */
export function RefusalsTable({ refusals, chosen, onChoose }: RefusalsTableProps) {
  const { t } = useTranslation();
  const open = refusals.filter(({ reincludedAt }) => reincludedAt === null).map(({ id }) => id);
  const count = chosen ? open.filter((id) => chosen.has(id)).length : 0;
  return (
    <div className="table-scroll" role="region" aria-label={t('refusals.list.title')} tabIndex={0}>
      <Table verticalSpacing="sm" horizontalSpacing="md" miw={820} style={{ verticalAlign: 'top' }}>
        <Table.Thead>
          <Table.Tr>
            {chosen && (
              <Table.Th w={44}>
                <Checkbox
                  aria-label={t('refusals.list.chooseAll')}
                  checked={open.length > 0 && count === open.length}
                  indeterminate={count > 0 && count < open.length}
                  disabled={open.length === 0}
                  onChange={(event) => onChoose(open, event.currentTarget.checked)}
                />
              </Table.Th>
            )}
            <Table.Th>{t('refusals.list.when')}</Table.Th>
            <Table.Th>{t('refusals.list.reason')}</Table.Th>
            <Table.Th>{t('refusals.list.page')}</Table.Th>
            <Table.Th>{t('refusals.list.sender')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {refusals.map((refusal) => (
            <Table.Tr key={refusal.id}>
              {chosen && (
                <Table.Td>
                  <Checkbox
                    aria-label={t('refusals.list.choose', { url: refusal.url })}
                    checked={chosen.has(refusal.id)}
                    disabled={refusal.reincludedAt !== null}
                    onChange={(event) => onChoose([refusal.id], event.currentTarget.checked)}
                  />
                </Table.Td>
              )}
              <Table.Td style={{ whiteSpace: 'nowrap' }}>
                <Moment at={refusal.at} />
              </Table.Td>
              <Table.Td>
                <Stack gap={4} align="flex-start">
                  <span>
                    <RefusalReason reason={refusal.reason} />
                  </span>
                  {refusal.reincludedAt && (
                    <Badge color="green" variant="light" tt="none">
                      {t('refusals.list.reincluded')}
                    </Badge>
                  )}
                </Stack>
              </Table.Td>
              <Table.Td maw={300}>
                <PageLink url={refusal.url} lines={2} />
                {refusal.referrer && (
                  <Text size="xs" c="dimmed" className="break" lineClamp={1}>
                    {t('refusals.list.from', { referrer: refusal.referrer })}
                  </Text>
                )}
              </Table.Td>
              <Table.Td maw={280}>
                <Text size="sm" className="mono">
                  {refusal.ip}
                </Text>
                <Text size="xs" c="dimmed" className="break" lineClamp={2} title={refusal.userAgent}>
                  {refusal.userAgent}
                </Text>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
