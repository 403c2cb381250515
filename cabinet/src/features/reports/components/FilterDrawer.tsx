import { Button, Drawer, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { emptyFilter, isComplete, readFilter, writeFilter } from '../filter';
import { useReportPage } from '../hooks/useReportPage';
import { FilterGroup } from './FilterGroup';

/** The conditions of a report. */
export function FilterDrawer({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      size="lg"
      title={t('reports.filter.title')}
      closeButtonProps={{ 'aria-label': t('common.action.close') }}
    >
      {opened && <FilterForm onClose={onClose} />}
    </Drawer>
  );
}

function FilterForm({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { state, change } = useReportPage();
  const [filter, setFilter] = useState(() => readFilter(state.filter));
  const apply = (text: string | undefined) => {
    change({ filter: text });
    onClose();
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        apply(writeFilter(filter));
      }}
    >
      <Stack>
        {filter.filters.length === 0 && (
          <Text c="dimmed" size="sm">
            {t('reports.filter.empty')}
          </Text>
        )}
        <FilterGroup root={filter} group={filter} path={[]} onChange={setFilter} />
        <Group justify="space-between">
          <Button variant="subtle" onClick={() => apply(writeFilter(emptyFilter))}>
            {t('reports.filter.clear')}
          </Button>
          <Button type="submit" disabled={!isComplete(filter)}>
            {t('reports.filter.apply')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
