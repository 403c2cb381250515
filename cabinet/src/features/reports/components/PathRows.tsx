import { Table } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ReportPathsQuery } from '@/graphql/generated/graphql';
import type { Unit } from '../state';
import { useFigures } from '../hooks/useFigures';
import { useReportWords } from '../hooks/useReportWords';
import { FigureButton } from './FigureButton';
import classes from './PathRows.module.css';

interface PathRowsProps {
  paths: ReportPathsQuery['reportPaths']['top'];
  unit: Unit;
  /** Opens the deals of a path; labels are the words of its steps. */
  onDrill: (steps: string[], labels: string[], deals: number) => void;
}

/** The most frequent paths, step by step. */
export function PathRows({ paths, unit, onDrill }: PathRowsProps) {
  const { t } = useTranslation();
  const words = useReportWords();
  const format = useFigures();
  return (
    <div
      className="table-scroll"
      role="region"
      aria-label={t('reports.chart.tableOf', { title: t('reports.paths.topTitle') })}
      tabIndex={0}
    >
      <Table verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('reports.paths.path')}</Table.Th>
            <Table.Th ta="right">{words.term('reports.paths.deals')}</Table.Th>
            <Table.Th ta="right">{t('reports.paths.share')}</Table.Th>
            <Table.Th ta="right">{t('reports.paths.revenue')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {paths.map((path) => {
            const labels = path.steps.map((key, index) =>
              words.row(unit, { key, label: path.labels[index] ?? key }),
            );
            return (
              <Table.Tr key={JSON.stringify(path.steps)}>
                <Table.Td>
                  {path.steps.length === 0 && <i>{t('reports.paths.unknown')}</i>}
                  <ol className={classes.steps}>
                    {labels.map((label, index) => (
                      <li key={index}>
                        {index > 0 && <IconChevronRight size={14} className={classes.arrow} aria-hidden />}
                        <span className={classes.step}>{label}</span>
                      </li>
                    ))}
                  </ol>
                </Table.Td>
                <Table.Td ta="right" className="numeric">
                  <FigureButton
                    value={path.deals}
                    type="COUNT"
                    onDrill={() =>
                      onDrill(
                        path.steps,
                        labels.length === 0 ? [t('reports.paths.unknown')] : labels,
                        path.deals,
                      )
                    }
                  />
                </Table.Td>
                <Table.Td ta="right" className="numeric">
                  {format.percent(path.share)}
                </Table.Td>
                <Table.Td ta="right" className="numeric">
                  {format.money(path.revenue)}
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </div>
  );
}
