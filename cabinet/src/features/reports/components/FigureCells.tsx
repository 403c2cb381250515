import { type Column, type Reference, useTable } from '../hooks/useTable';
import type { Figure } from '../rows';
import { Delta } from './Delta';
import { FigureButton } from './FigureButton';
import classes from './ReportTable.module.css';

interface FigureCellsProps {
  values: Figure[];
  compared: Figure[] | null;
  path: string[];
  labels: string[];
}

/** The figures of a row. Those that were counted open the rows they were made of. */
export function FigureCells({ values, compared, path, labels }: FigureCellsProps) {
  const { columns, reference, onDrill } = useTable();
  return columns.map((column, index) => {
    const value = values[index] ?? null;
    const { metric } = column;
    return (
      <td key={index} className={classes.figure}>
        <FigureButton
          value={value}
          type={metric.type}
          onDrill={metric.fact === null ? undefined : () => onDrill({ path, labels, column, index, value })}
        />
        <Delta
          metric={metric}
          value={value}
          reference={referenceOf(reference, columns, values, compared, index)}
          difference={reference.kind === 'model' ? reference.difference : 'percent'}
          isNeutral={reference.kind === 'model'}
          hasBefore={reference.kind === 'period'}
        />
      </td>
    );
  });
}

function referenceOf(
  reference: Reference,
  columns: Column[],
  values: Figure[],
  compared: Figure[] | null,
  index: number,
): Figure | undefined {
  if (reference.kind === 'period') {
    return compared?.[index];
  }
  const column = columns[index];
  const base = columns.findIndex(
    ({ metric, model }) => metric.id === column?.metric.id && model === reference.model,
  );
  return base < 0 || base === index ? undefined : values[base];
}
