import { Table } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

interface DataTableProps {
  /** What the figures are of. */
  title: string;
  /** Names of the columns; the first one names the rows. */
  head: string[];
  rows: { key: string; cells: ReactNode[] }[];
}

/** A small table of figures: the first column is words, the others are numbers. */
export function DataTable({ title, head, rows }: DataTableProps) {
  const { t } = useTranslation();
  return (
    <div
      className="table-scroll"
      role="region"
      aria-label={t('reports.chart.tableOf', { title })}
      tabIndex={0}
    >
      <Table verticalSpacing="xs" horizontalSpacing="sm">
        <Table.Thead>
          <Table.Tr>
            {head.map((name, index) => (
              <Table.Th key={name} ta={index === 0 ? 'left' : 'right'}>
                {name}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ key, cells }) => (
            <Table.Tr key={key}>
              {cells.map((cell, index) =>
                index === 0 ? (
                  <Table.Th key={index} scope="row" fw={500} c="var(--mantine-color-text)">
                    {cell}
                  </Table.Th>
                ) : (
                  <Table.Td key={index} ta="right" className="numeric">
                    {cell}
                  </Table.Td>
                ),
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
