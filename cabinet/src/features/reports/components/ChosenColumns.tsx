import { ActionIcon, Group, Select, Stack, Text, Title } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconCopyPlus, IconX } from '@tabler/icons-react';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useModels } from '../hooks/useModels';
import { useReportPage } from '../hooks/useReportPage';
import { useReportWords } from '../hooks/useReportWords';
import { moved } from '../moved';
import { type ColumnChoice, maxColumns } from '../state';
import classes from './ColumnsDrawer.module.css';

interface ChosenColumnsProps {
  columns: ColumnChoice[];
  onChange: (columns: ColumnChoice[]) => void;
}

/** The chosen columns in their order; dragged, or moved by buttons. */
export function ChosenColumns({ columns, onChange }: ChosenColumnsProps) {
  const { t } = useTranslation();
  const id = useId();
  const [dragged, setDragged] = useState<number>();
  return (
    <Stack gap="xs">
      <Title order={3} size="h5" id={id}>
        {t('reports.columns.chosen', { count: columns.length })}
      </Title>
      {columns.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('reports.columns.empty')}
        </Text>
      )}
      <ol className={classes.list} aria-labelledby={id}>
        {columns.map((column, index) => (
          <li
            key={index}
            className={classes.column}
            draggable
            onDragStart={() => setDragged(index)}
            onDragEnd={() => setDragged(undefined)}
            onDragOver={(event) => event.preventDefault()}
            onDrop={(event) => {
              event.preventDefault();
              if (dragged !== undefined) {
                onChange(moved(columns, dragged, index));
              }
            }}
          >
            <ColumnRow columns={columns} index={index} column={column} onChange={onChange} />
          </li>
        ))}
      </ol>
    </Stack>
  );
}

function ColumnRow(props: ChosenColumnsProps & { column: ColumnChoice; index: number }) {
  const { columns, column, index, onChange } = props;
  const { t } = useTranslation();
  const words = useReportWords();
  const { catalog } = useReportPage();
  const models = useModels();
  const metric = catalog.metrics.find(({ id }) => id === column.metric);
  if (!metric) {
    return null;
  }
  const name = words.metric(metric);
  const button = (label: string, Picture: typeof IconX, isOff: boolean, onClick: () => void) => (
    <ActionIcon
      size={28}
      variant="subtle"
      color="gray"
      aria-label={label}
      title={label}
      disabled={isOff}
      onClick={onClick}
    >
      <Picture size={16} aria-hidden />
    </ActionIcon>
  );
  return (
    <>
      <Group gap={2} wrap="nowrap" justify="space-between">
        <Text size="sm" fw={500} className="break">
          {name}
        </Text>
        <Group gap={0} wrap="nowrap">
          {metric.supportsModel &&
            button(t('reports.columns.addAgain', { name }), IconCopyPlus, columns.length >= maxColumns, () =>
              onChange([...columns.slice(0, index + 1), { ...column }, ...columns.slice(index + 1)]),
            )}
          {button(t('reports.dims.earlier', { name }), IconArrowUp, index === 0, () =>
            onChange(moved(columns, index, index - 1)),
          )}
          {button(t('reports.dims.later', { name }), IconArrowDown, index === columns.length - 1, () =>
            onChange(moved(columns, index, index + 1)),
          )}
          {button(t('reports.dims.remove', { name }), IconX, false, () =>
            onChange(columns.filter((_, at) => at !== index)),
          )}
        </Group>
      </Group>
      {metric.supportsModel && (
        <Select
          size="xs"
          aria-label={t('reports.columns.modelOf', { name })}
          allowDeselect={false}
          data={[
            { value: '', label: t('reports.columns.ownModel') },
            ...models.map((model) => ({ value: model.id, label: words.model(model.id) })),
          ]}
          value={column.model ?? ''}
          onChange={(model) =>
            onChange(columns.map((old, at) => (at === index ? { ...old, model: model || null } : old)))
          }
        />
      )}
    </>
  );
}
