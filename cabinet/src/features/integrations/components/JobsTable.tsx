import { Stack, Table, Text, UnstyledButton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { IntegrationJobFieldsFragment } from '@/graphql/generated/graphql';
import { Moment } from '@/ui/Moment';
import { JobStateBadge } from './JobStateBadge';
import { RemoteLink } from './RemoteLink';
import { SubjectLink } from './SubjectLink';

interface JobsTableProps {
  jobs: IntegrationJobFieldsFragment[];
  onOpen: (id: string) => void;
}

/** The rows of the journal. */
export function JobsTable({ jobs, onOpen }: JobsTableProps) {
  const { t } = useTranslation();
  return (
    <div className="table-scroll" role="region" aria-label={t('integrations.tab.journal')} tabIndex={0}>
      <Table
        verticalSpacing="sm"
        horizontalSpacing="md"
        highlightOnHover
        miw={760}
        style={{ verticalAlign: 'top' }}
      >
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('integrations.journal.at')}</Table.Th>
            <Table.Th>{t('integrations.journal.what')}</Table.Th>
            <Table.Th>{t('integrations.journal.state')}</Table.Th>
            <Table.Th>{t('integrations.journal.about')}</Table.Th>
            <Table.Th>{t('integrations.journal.made')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {jobs.map((job) => (
            <Table.Tr key={job.id}>
              <Table.Td style={{ whiteSpace: 'nowrap' }}>
                <UnstyledButton
                  fz="sm"
                  fw={600}
                  c="var(--mantine-color-anchor)"
                  aria-haspopup="dialog"
                  onClick={() => onOpen(job.id)}
                >
                  <Moment at={job.createdAt} />
                </UnstyledButton>
              </Table.Td>
              <Table.Td>
                <Text size="sm">{t(`integrations.jobKind.${job.kind}`)}</Text>
              </Table.Td>
              <Table.Td maw={280}>
                <Stack gap={4} align="flex-start">
                  <JobStateBadge state={job.state} />
                  {job.failure && job.state !== 'DONE' && (
                    <Text size="xs">{t(`integrations.failure.${job.failure.kind}`)}</Text>
                  )}
                  {job.state === 'WAITING' && job.attempt > 0 && (
                    <Text size="xs" c="dimmed">
                      {t('integrations.journal.next', { number: job.attempt + 1 })} <Moment at={job.runAt} />
                    </Text>
                  )}
                </Stack>
              </Table.Td>
              <Table.Td maw={220}>
                <SubjectLink communication={job.communication} />
              </Table.Td>
              <Table.Td maw={200}>
                <RemoteLink remote={job.remote} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
