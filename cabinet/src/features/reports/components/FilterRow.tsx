import { ActionIcon, MultiSelect, Select, TagsInput } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { ReportDocument, type ReportOperator } from '@/graphql/generated/graphql';
import { type Condition, operators, takesKeys, takesValues } from '../filter';
import { grouped } from '../grouped';
import { useReportPage } from '../hooks/useReportPage';
import { useReportWords } from '../hooks/useReportWords';
import { columnInput, shownPeriod } from '../request';
import classes from './FilterGroup.module.css';

interface FilterRowProps {
  number: number;
  condition: Condition;
  onChange: (condition: Condition) => void;
  onRemove: () => void;
}

/** One condition of a report. */
export function FilterRow({ number, condition, onChange, onRemove }: FilterRowProps) {
  const { t } = useTranslation();
  const words = useReportWords();
  const { catalog } = useReportPage();
  const { dimension, operator, values } = condition;
  return (
    <div className={classes.row}>
      <Select
        label={t('reports.filter.dimension')}
        searchable
        allowDeselect={false}
        data={grouped(catalog.dimensions, ({ group }) => group).map(([group, dimensions]) => ({
          group: words.dimensionGroup(group),
          items: dimensions.map(({ id }) => ({ value: id, label: words.dimension(id) })),
        }))}
        value={dimension}
        onChange={(id) => id !== null && onChange({ dimension: id, operator, values: [] })}
      />
      <Select
        label={t('reports.filter.operator')}
        allowDeselect={false}
        data={operators.map((value) => ({ value, label: t(`reports.operator.${value}`) }))}
        value={operator}
        onChange={(value) => {
          const next = value as ReportOperator;
          onChange({
            dimension,
            operator: next,
            values: takesKeys(next) === takesKeys(operator) ? values : [],
          });
        }}
      />
      <ActionIcon
        size={36}
        variant="subtle"
        color="red"
        aria-label={t('reports.filter.remove', { number })}
        onClick={onRemove}
      >
        <IconTrash size={18} aria-hidden />
      </ActionIcon>
      {takesValues(operator) && (
        <div className={classes.values}>
          {takesKeys(operator) ? (
            <KeysInput
              dimension={dimension}
              values={values}
              onChange={(next) => onChange({ ...condition, values: next })}
            />
          ) : (
            <TagsInput
              label={t('reports.filter.values')}
              placeholder={t('reports.filter.valuesHint')}
              acceptValueOnBlur
              value={values}
              onChange={(next) => onChange({ ...condition, values: next })}
            />
          )}
        </div>
      )}
    </div>
  );
}

interface KeysInputProps {
  dimension: string;
  values: string[];
  onChange: (values: string[]) => void;
}

const mostKeys = 1000;

/** Keys of a dimension, from those that occur in the period. */
function KeysInput({ dimension, values, onChange }: KeysInputProps) {
  const { t } = useTranslation();
  const words = useReportWords();
  const { kind, state, catalog, today } = useReportPage();
  const columns = catalog.defaultColumns.slice(0, 1).map(columnInput);
  const [result] = useQuery({
    query: ReportDocument,
    variables: {
      input: {
        report: kind,
        period: shownPeriod(state, today),
        dimensions: [dimension],
        columns,
        sortBy: 0,
        limit: mostKeys,
      },
    },
  });
  const rows = result.fetching ? [] : (result.data?.report.rows ?? []).filter(({ key }) => key !== '');
  const known = new Set(rows.map(({ key }) => key));
  return (
    <MultiSelect
      label={t('reports.filter.values')}
      placeholder={t('reports.filter.choose')}
      searchable
      limit={100}
      nothingFoundMessage={t('common.state.nothingFound')}
      data={[
        ...rows.map((row) => ({ value: row.key, label: words.row(dimension, row) })),
        ...values
          .filter((key) => !known.has(key))
          .map((key) => ({ value: key, label: words.row(dimension, { key, label: key }) })),
      ]}
      value={values}
      onChange={onChange}
    />
  );
}
