import { useReportPage } from '../hooks/useReportPage';
import { shownColumns, shownDimensions, shownOrder, tableInput } from '../request';
import { ReportTable } from './ReportTable';
import { ReportToolbar } from './ReportToolbar';

/** A report that is a table with everything one can choose above it. */
export function TableReport() {
  const { kind, state, catalog, today, change } = useReportPage();
  const shown = {
    dimensions: shownDimensions(state, catalog),
    columns: shownColumns(state, catalog),
  };
  const input = tableInput(kind, state, shown, today);
  return (
    <>
      <ReportToolbar input={input} />
      <ReportTable
        input={input}
        order={shownOrder(state, shown)}
        onOrder={({ sort, dir }) => change({ sort, dir })}
      />
    </>
  );
}
