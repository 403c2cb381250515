import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Panel } from '@/ui/Panel';
import { Chart } from '../charts/Chart';
import { flowChart } from '../charts/options';
import { type FlowLinks, flowOf, flowWordOf } from '../flow';
import { useFigures } from '../hooks/useFigures';
import { useReportWords } from '../hooks/useReportWords';
import type { Unit } from '../state';
import { DataTable } from './DataTable';

/** How the steps of paths follow each other, as a flow diagram. */
export function FlowPanel({ links, unit }: { links: FlowLinks; unit: Unit }) {
  const { t } = useTranslation();
  const words = useReportWords();
  const format = useFigures();
  const title = t('reports.paths.flowTitle');
  const wordOf = useCallback(
    (key: string, label: string) => {
      const word = flowWordOf(key);
      if (word === undefined) {
        return words.row(unit, { key, label });
      }
      return word === 'deal' && words.terms === 'APPOINTMENTS'
        ? t('reports.value.appointment')
        : t(`reports.value.${word}`);
    },
    [t, words, unit],
  );
  const option = useMemo(() => {
    const { nodes, edges } = flowOf(links, wordOf);
    return flowChart(nodes, edges, (value) => format.figure(value, 'COUNT'));
  }, [links, wordOf, format]);
  return (
    <Panel title={title} lead={words.term('reports.paths.flowLead')}>
      <Chart title={title} option={option} height={380} minWidth={640}>
        <DataTable
          title={title}
          head={[t('reports.paths.from'), t('reports.paths.to'), words.term('reports.paths.deals')]}
          rows={links.map(({ step, from, fromLabel, to, toLabel, deals }) => ({
            key: `${step}:${from}:${to}`,
            cells: [
              `${t('reports.paths.step', { step })}: ${wordOf(from, fromLabel)}`,
              wordOf(to, toLabel),
              format.figure(deals, 'COUNT'),
            ],
          }))}
        />
      </Chart>
    </Panel>
  );
}
