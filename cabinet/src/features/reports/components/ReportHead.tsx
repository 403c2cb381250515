import { UnstyledButton } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useReportWords } from '../hooks/useReportWords';
import { type Column, type TableData, useTable } from '../hooks/useTable';
import type { Order } from '../request';
import { columnText, ownOrder } from '../state';
import { FigureCells } from './FigureCells';
import classes from './ReportTable.module.css';

interface ReportHeadProps {
  table: TableData;
  order: Order;
  onOrder: (order: Order) => void;
}

/** Names of the columns, which sort, and the totals. */
export function ReportHead({ table, order, onOrder }: ReportHeadProps) {
  const { t } = useTranslation();
  const words = useReportWords();
  const { input, columns } = useTable();
  const dimensions = input.dimensions.map(words.dimension).join(' → ');
  return (
    <thead className={classes.head}>
      <tr>
        <th scope="col" className={classes.first} aria-sort={order.sort === undefined ? 'other' : undefined}>
          <UnstyledButton
            className={classes.sort}
            title={t('reports.table.ownOrder', { name: dimensions })}
            onClick={() => onOrder({ sort: ownOrder, dir: undefined })}
          >
            {dimensions}
          </UnstyledButton>
        </th>
        {columns.map((column, index) => (
          <HeadCell key={index} column={column} index={index} order={order} onOrder={onOrder} />
        ))}
      </tr>
      <tr className={classes.totals}>
        <th scope="row" className={classes.first}>
          {t('reports.table.total')}
        </th>
        <FigureCells values={table.totals} compared={table.comparedTotals} path={[]} labels={[]} />
      </tr>
    </thead>
  );
}

interface HeadCellProps extends Omit<ReportHeadProps, 'table'> {
  column: Column;
  index: number;
}

function HeadCell({ column, index, order, onOrder }: HeadCellProps) {
  const { t } = useTranslation();
  const words = useReportWords();
  const { input } = useTable();
  const ownModel = input.columns[index]?.model ?? null;
  const id = columnText({ metric: column.metric.id, model: ownModel });
  const isSorted = order.sort === id;
  const isAscending = isSorted && order.dir === 'asc';
  const name = words.metric(column.metric);
  const next: Order = !isSorted
    ? { sort: id, dir: undefined }
    : isAscending
      ? { sort: ownOrder, dir: undefined }
      : { sort: id, dir: 'asc' };
  return (
    <th scope="col" aria-sort={isSorted ? (isAscending ? 'ascending' : 'descending') : undefined}>
      <UnstyledButton
        className={classes.sort}
        title={[t('reports.table.sortBy', { name }), column.metric.formula].filter(Boolean).join('\n')}
        onClick={() => onOrder(next)}
      >
        {isSorted &&
          (isAscending ? <IconArrowUp size={14} aria-hidden /> : <IconArrowDown size={14} aria-hidden />)}
        {name}
      </UnstyledButton>
      {ownModel !== null && <span className={classes.model}>{words.model(ownModel)}</span>}
    </th>
  );
}
