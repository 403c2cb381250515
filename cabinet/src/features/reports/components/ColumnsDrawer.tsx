import { Button, Drawer, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useReportPage } from '../hooks/useReportPage';
import { shownColumns } from '../request';
import { type ColumnChoice, columnText, maxColumns } from '../state';
import { ChosenColumns } from './ChosenColumns';
import { MetricPicker } from './MetricPicker';

/** The columns of a table: which, in which order, under which models. */
export function ColumnsDrawer({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      size="xl"
      title={t('reports.columns.title')}
      closeButtonProps={{ 'aria-label': t('common.action.close') }}
    >
      {opened && <ColumnsForm onClose={onClose} />}
    </Drawer>
  );
}

function ColumnsForm({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { state, catalog, change } = useReportPage();
  const [chosen, setChosen] = useState<ColumnChoice[]>(() => shownColumns(state, catalog));
  const isFull = chosen.length >= maxColumns;
  const apply = (columns: ColumnChoice[] | undefined) => {
    change({ cols: columns?.map(columnText) });
    onClose();
  };
  return (
    <Stack>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg">
        <ChosenColumns columns={chosen} onChange={setChosen} />
        <MetricPicker
          chosen={chosen.map(({ metric }) => metric)}
          isFull={isFull}
          onToggle={(metric, isOn) =>
            setChosen((old) =>
              isOn ? [...old, { metric, model: null }] : old.filter((column) => column.metric !== metric),
            )
          }
        />
      </SimpleGrid>
      {isFull && <Text size="sm">{t('reports.columns.max', { count: maxColumns })}</Text>}
      <Group justify="space-between">
        <Button variant="subtle" onClick={() => apply(undefined)}>
          {t('reports.columns.reset')}
        </Button>
        <Button disabled={chosen.length === 0} onClick={() => apply(chosen)}>
          {t('reports.columns.apply')}
        </Button>
      </Group>
    </Stack>
  );
}
