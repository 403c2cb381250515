import { ActionIcon, Button, Checkbox, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconPencil, IconPlus, IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { grouped } from '../grouped';
import { useReportPage } from '../hooks/useReportPage';
import { useReportWords } from '../hooks/useReportWords';
import type { Metric } from '../request';
import classes from './ColumnsDrawer.module.css';
import { FormulaDialog } from './FormulaDialog';

interface MetricPickerProps {
  chosen: string[];
  isFull: boolean;
  onToggle: (metric: string, isOn: boolean) => void;
}

/** All metrics of a report by their groups, and the account's own formulas. */
export function MetricPicker({ chosen, isFull, onToggle }: MetricPickerProps) {
  const { t } = useTranslation();
  const words = useReportWords();
  const { catalog } = useReportPage();
  const [search, setSearch] = useState('');
  const [edited, setEdited] = useState<string | null>();
  const wanted = search.trim().toLowerCase();
  const matches = catalog.metrics.filter((metric) => words.metric(metric).toLowerCase().includes(wanted));
  return (
    <Stack gap="xs">
      <Title order={3} size="h5">
        {t('reports.columns.available')}
      </Title>
      <TextInput
        type="search"
        aria-label={t('reports.columns.search')}
        placeholder={t('reports.columns.search')}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      <div className={classes.metrics} role="region" aria-label={t('reports.columns.available')} tabIndex={0}>
        {matches.length === 0 && (
          <Text size="sm" c="dimmed">
            {t('reports.columns.nothing')}
          </Text>
        )}
        {grouped(matches, ({ group }) => group).map(([group, metrics]) => (
          <section key={group} aria-label={words.metricGroup(group)}>
            <p className={classes.group}>{words.metricGroup(group)}</p>
            {metrics.map((metric) => (
              <MetricOption
                key={metric.id}
                metric={metric}
                isChosen={chosen.includes(metric.id)}
                isFull={isFull}
                onToggle={onToggle}
                onEdit={setEdited}
              />
            ))}
          </section>
        ))}
      </div>
      <Group>
        <Button
          size="compact-sm"
          variant="light"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => setEdited(null)}
        >
          {t('reports.formula.add')}
        </Button>
      </Group>
      <FormulaDialog
        id={edited}
        onClose={() => setEdited(undefined)}
        onSaved={(metric) => !chosen.includes(metric) && !isFull && onToggle(metric, true)}
        onDeleted={(metric) => onToggle(metric, false)}
      />
    </Stack>
  );
}

interface MetricOptionProps extends Omit<MetricPickerProps, 'chosen'> {
  metric: Metric;
  isChosen: boolean;
  onEdit: (formula: string) => void;
}

function MetricOption({ metric, isChosen, isFull, onToggle, onEdit }: MetricOptionProps) {
  const { t } = useTranslation();
  const words = useReportWords();
  const name = words.metric(metric);
  const own = metric.id.startsWith('formula:') ? metric.id.slice('formula:'.length) : undefined;
  return (
    <div className={classes.metric}>
      <Checkbox
        size="sm"
        label={name}
        description={metric.formula ? t('reports.columns.formula', { formula: metric.formula }) : undefined}
        checked={isChosen}
        disabled={isFull && !isChosen}
        onChange={(event) => onToggle(metric.id, event.currentTarget.checked)}
      />
      {own !== undefined && (
        <ActionIcon
          size={26}
          variant="subtle"
          color="gray"
          aria-label={t('reports.formula.edit', { name })}
          onClick={() => onEdit(own)}
        >
          <IconPencil size={15} aria-hidden />
        </ActionIcon>
      )}
    </div>
  );
}
