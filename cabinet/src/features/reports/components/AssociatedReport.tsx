import { useTranslation } from 'react-i18next';
import { useReportPage } from '../hooks/useReportPage';
import { shownColumns, shownDimensions, shownOrder, tableInput } from '../request';
import { PathsTab } from './PathsTab';
import { ReportTable } from './ReportTable';
import { ReportTabs } from './ReportTabs';
import { ReportToolbar } from './ReportToolbar';

/** Associated conversions: what channels help, and the paths themselves. */
export function AssociatedReport() {
  const { t } = useTranslation();
  const { kind, state, catalog, today, change } = useReportPage();
  const shown = {
    dimensions: shownDimensions(state, catalog),
    columns: shownColumns(state, catalog),
  };
  const input = tableInput(kind, state, shown, today);
  return (
    <>
      <ReportToolbar input={state.tab === 'paths' ? undefined : input} hasModel={false} />
      <ReportTabs
        label={t('reports.paths.tabs')}
        tabs={[
          {
            id: 'table',
            label: t('reports.paths.tabTable'),
            content: () => <ReportTable input={input} order={shownOrder(state, shown)} onOrder={change} />,
          },
          { id: 'paths', label: t('reports.paths.tabPaths'), content: () => <PathsTab /> },
        ]}
      />
    </>
  );
}
