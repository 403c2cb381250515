import { useReportPage } from '../hooks/useReportPage';
import { shownOrder, tableInput } from '../request';
import { ReportTable } from './ReportTable';

const metrics = ['deals', 'deals_won', 'won_share', 'revenue', 'average_bill', 'cycle'];

/** What each responsible employee sold. */
export function DealEmployees() {
  const { kind, state, catalog, today, change } = useReportPage();
  const known = new Set(catalog.metrics.map(({ id }) => id));
  const shown = {
    dimensions: ['deal_employee'],
    columns: metrics.filter((metric) => known.has(metric)).map((metric) => ({ metric, model: null })),
  };
  return (
    <ReportTable
      input={tableInput(kind, state, shown, today)}
      order={shownOrder(state, shown)}
      onOrder={change}
    />
  );
}
