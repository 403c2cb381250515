import { Table } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Panel } from '@/ui/Panel';
import { examplePath } from '../weights';

const sources = ['first', 'second', 'third', 'fourth'] as const;

/** The path all pictures are drawn over. */
export function ExamplePathTable() {
  const { t } = useTranslation();
  return (
    <Panel title={t('models.path.title')} lead={t('models.path.lead')}>
      <div className="table-scroll" role="region" aria-label={t('models.path.table')} tabIndex={0}>
        <Table miw={480} verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('models.path.touch')}</Table.Th>
              <Table.Th>{t('models.path.source')}</Table.Th>
              <Table.Th ta="right">{t('models.path.age')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {examplePath.map(({ age }, index) => (
              <Table.Tr key={age}>
                <Table.Td>{index + 1}</Table.Td>
                <Table.Td>{t(`models.touch.${sources[index] ?? 'first'}`)}</Table.Td>
                <Table.Td ta="right" className="numeric">
                  {t('models.path.days', { count: age })}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </Panel>
  );
}
