import { useTranslation } from 'react-i18next';
import { useReportPage } from '../hooks/useReportPage';
import { tableInput, shownColumns, shownDimensions, shownOrder } from '../request';
import { DealCycle } from './DealCycle';
import { DealDynamics } from './DealDynamics';
import { DealEmployees } from './DealEmployees';
import { DealFunnelTab } from './DealFunnelTab';
import { DealRows } from './DealRows';
import { DealTotals } from './DealTotals';
import { ReportTable } from './ReportTable';
import { ReportTabs } from './ReportTabs';
import { ReportToolbar } from './ReportToolbar';

/** Deal analysis in its parts. */
export function DealsReport() {
  const { t } = useTranslation();
  const { kind, state, catalog, today, change } = useReportPage();
  const shown = {
    dimensions: shownDimensions(state, catalog),
    columns: shownColumns(state, catalog),
  };
  const input = tableInput(kind, state, shown, today);
  return (
    <>
      <ReportToolbar input={state.tab === 'table' ? input : undefined} />
      <ReportTabs
        label={t('reports.deals.tabs')}
        tabs={[
          { id: 'totals', label: t('reports.deals.tabTotals'), content: () => <DealTotals /> },
          {
            id: 'table',
            label: t('reports.deals.tabTable'),
            content: () => <ReportTable input={input} order={shownOrder(state, shown)} onOrder={change} />,
          },
          { id: 'dynamics', label: t('reports.deals.tabDynamics'), content: () => <DealDynamics /> },
          { id: 'funnel', label: t('reports.deals.tabFunnel'), content: () => <DealFunnelTab /> },
          { id: 'cycle', label: t('reports.deals.tabCycle'), content: () => <DealCycle /> },
          { id: 'employees', label: t('reports.deals.tabEmployees'), content: () => <DealEmployees /> },
          { id: 'list', label: t('reports.deals.tabList'), content: () => <DealRows /> },
        ]}
      />
    </>
  );
}
