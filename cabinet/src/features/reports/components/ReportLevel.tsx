import { ActionIcon, Button, Loader } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { ReportDocument } from '@/graphql/generated/graphql';
import { ErrorState } from '@/ui/ErrorState';
import { useReportWords } from '../hooks/useReportWords';
import { type TableData, useTable } from '../hooks/useTable';
import { pageSize } from '../request';
import type { ReportRow } from '../rows';
import { FigureCells } from './FigureCells';
import classes from './ReportTable.module.css';

interface ReportLevelProps {
  /** Keys of the rows above, outermost first, and their words. */
  path: string[];
  labels: string[];
  /** The first page where it is known already. */
  first?: TableData;
}

/** The rows below a row, or the outermost ones; further pages on demand. */
export function ReportLevel({ path, labels, first }: ReportLevelProps) {
  const [pages, setPages] = useState(1);
  return Array.from({ length: pages }, (_, page) => (
    <LevelPage
      key={page}
      path={path}
      labels={labels}
      page={page}
      known={page === 0 ? first : undefined}
      onMore={page === pages - 1 ? () => setPages(pages + 1) : undefined}
    />
  ));
}

interface LevelPageProps {
  path: string[];
  labels: string[];
  page: number;
  known: TableData | undefined;
  onMore: (() => void) | undefined;
}

function LevelPage({ path, labels, page, known, onMore }: LevelPageProps) {
  const { t } = useTranslation();
  const { input, columns } = useTable();
  const [result, retry] = useQuery({
    query: ReportDocument,
    variables: { input: { ...input, path, limit: pageSize, offset: page * pageSize } },
    pause: known !== undefined,
    requestPolicy: 'cache-first',
  });
  const table = known ?? result.data?.report;
  const span = columns.length + 1;
  if (!known && result.error) {
    return (
      <tr>
        <td colSpan={span}>
          <ErrorState error={result.error} onRetry={() => retry({ requestPolicy: 'network-only' })} />
        </td>
      </tr>
    );
  }
  if (!table) {
    return (
      <tr aria-busy="true">
        <th scope="row" className={classes.first}>
          <Loader size="xs" aria-label={t('common.state.loading')} />
        </th>
        <td colSpan={columns.length} />
      </tr>
    );
  }
  const left = table.rowCount - (page * pageSize + table.rows.length);
  return (
    <>
      {table.rows.map((row) => (
        <Row key={row.key} row={row} path={path} labels={labels} />
      ))}
      {onMore && left > 0 && (
        <tr>
          <th scope="row" className={classes.first} data-depth={path.length}>
            <Button size="compact-sm" variant="subtle" onClick={onMore}>
              {t('reports.table.more', { count: Math.min(left, pageSize) })}
            </Button>
          </th>
          <td colSpan={columns.length} />
        </tr>
      )}
    </>
  );
}

function Row({ row, path, labels }: { row: ReportRow; path: string[]; labels: string[] }) {
  const { t } = useTranslation();
  const words = useReportWords();
  const { input } = useTable();
  const [isOpen, setIsOpen] = useState(false);
  const depth = path.length;
  const name = words.row(input.dimensions[depth] ?? '', row);
  const below = { path: [...path, row.key], labels: [...labels, name] };
  const isExpandable = row.expandable && depth + 1 < input.dimensions.length;
  return (
    <>
      <tr className={classes.row} data-depth={depth || undefined}>
        <th
          scope="row"
          aria-label={name}
          className={classes.first}
          style={{ '--depth': depth } as React.CSSProperties}
        >
          <span className={classes.label}>
            {isExpandable ? (
              <ActionIcon
                size={24}
                variant="subtle"
                color="gray"
                aria-expanded={isOpen}
                aria-label={t(isOpen ? 'reports.table.collapse' : 'reports.table.expand', { name })}
                onClick={() => setIsOpen(!isOpen)}
              >
                {isOpen ? (
                  <IconChevronDown size={16} aria-hidden />
                ) : (
                  <IconChevronRight size={16} aria-hidden />
                )}
              </ActionIcon>
            ) : (
              input.dimensions.length > 1 && <span className={classes.leaf} />
            )}
            <span className={row.key === '' ? classes.unknown : undefined} title={name}>
              {name}
            </span>
          </span>
        </th>
        <FigureCells values={row.values} compared={row.compared} {...below} />
      </tr>
      {isExpandable && isOpen && <ReportLevel {...below} />}
    </>
  );
}
