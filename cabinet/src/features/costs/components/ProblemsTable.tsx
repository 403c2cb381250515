import { Alert, Table, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { UploadCampaignCostsMutation } from '@/graphql/generated/graphql';
import { isKnownProblem } from '../problems';

type Problem = UploadCampaignCostsMutation['uploadCampaignCosts']['problems'][number];

/** What is wrong with a file, line by line. */
export function ProblemsTable({ problems }: { problems: Problem[] }) {
  const { t } = useTranslation();
  return (
    <>
      <Alert color="red" variant="light" role="alert" icon={<IconAlertTriangle aria-hidden />}>
        {t('costs.problems.lead', { count: problems.length })}
      </Alert>
      <div className="table-scroll" role="region" aria-label={t('costs.problems.title')} tabIndex={0}>
        <Table miw={480} verticalSpacing={6} style={{ verticalAlign: 'top' }}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('costs.problems.line')}</Table.Th>
              <Table.Th>{t('costs.problems.column')}</Table.Th>
              <Table.Th>{t('costs.problems.what')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {problems.map((problem, index) => (
              <Table.Tr key={index}>
                <Table.Td className="numeric">
                  {problem.line > 0 ? problem.line : t('costs.problems.whole')}
                </Table.Td>
                <Table.Td>{problem.column || '—'}</Table.Td>
                <Table.Td className="break">
                  {isKnownProblem(problem.reason) && t(`costs.reason.${problem.reason}`)}
                  {/* The server's own words hold the values; they are English. */}
                  <Text
                    size={isKnownProblem(problem.reason) ? 'xs' : 'sm'}
                    c={isKnownProblem(problem.reason) ? 'dimmed' : undefined}
                    lang="en"
                  >
                    {problem.message}
                  </Text>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </>
  );
}
