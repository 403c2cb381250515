import { Button, Group, Modal, Text } from '@mantine/core';
import { IconPhonePlus } from '@tabler/icons-react';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCan } from '@/features/session/hooks/useCan';
import {
  type VirtualNumberFieldsFragment,
  VirtualNumbersDocument,
  type VirtualNumbersQuery,
} from '@/graphql/generated/graphql';
import { usePages } from '@/graphql/usePages';
import { EmptyState } from '@/ui/EmptyState';
import { Page } from '@/ui/Page';
import { PagedList } from '@/ui/PagedList';
import { countFilters } from '@/ui/searchParams';
import { AddNumbersForm } from '../components/AddNumbersForm';
import { DeleteNumbersButton } from '../components/DeleteNumbersButton';
import { EditNumbersForm } from '../components/EditNumbersForm';
import { NumberFilterBar } from '../components/NumberFilterBar';
import { NumbersTable } from '../components/NumbersTable';
import { numberFilter, readNumberFilters } from '../filters';
import { useNumberChoices } from '../hooks/useNumberChoices';

const route = getRouteApi('/shell/numbers');
const typenames = ['VirtualNumber'];
const select = (data: VirtualNumbersQuery) => data.virtualNumbers;

/** Virtual numbers; filters are kept in the address. */
export function NumbersPage() {
  const { t } = useTranslation();
  const filters = route.useSearch();
  const navigate = useNavigate();
  const canChange = useCan('ADMIN');
  const choices = useNumberChoices();
  const [chosen, setChosen] = useState<Set<string>>(new Set());
  const [edited, setEdited] = useState<VirtualNumberFieldsFragment[] | 'new'>();
  const close = () => setEdited(undefined);
  const done = () => {
    setChosen(new Set());
    close();
  };
  const variables = { first: 50, filter: numberFilter(filters) };
  const pages = usePages({ query: VirtualNumbersDocument, variables, select, typenames });
  const isFiltered = countFilters(filters) > 0;
  // What filters have hidden is no longer chosen.
  const chosenNumbers = pages.nodes.filter(({ id }) => chosen.has(id));
  const isNew = edited === 'new';
  return (
    <Page
      title={t('numbers.list.title')}
      lead={t('numbers.list.lead')}
      actions={
        canChange && (
          <Button leftSection={<IconPhonePlus size={16} aria-hidden />} onClick={() => setEdited('new')}>
            {t('numbers.list.add')}
          </Button>
        )
      }
    >
      <NumberFilterBar
        filters={filters}
        choices={choices}
        onChange={(next) =>
          void navigate({ to: '/numbers', search: readNumberFilters({ ...next }), replace: true })
        }
      />
      {chosenNumbers.length > 0 && (
        <Group className="panel" role="toolbar" aria-label={t('numbers.list.several')} gap="sm">
          <Text size="sm" fw={600} aria-live="polite">
            {t('numbers.list.chosen', { count: chosenNumbers.length })}
          </Text>
          <Button size="xs" onClick={() => setEdited(chosenNumbers)}>
            {t('numbers.list.editChosen')}
          </Button>
          <DeleteNumbersButton size="xs" ids={chosenNumbers.map(({ id }) => id)} onDone={done} />
          <Button size="xs" variant="subtle" color="gray" onClick={() => setChosen(new Set())}>
            {t('numbers.list.unchoose')}
          </Button>
        </Group>
      )}
      <div className={pages.isStale ? 'panel panel-flush stale' : 'panel panel-flush'}>
        <PagedList
          pages={pages}
          empty={
            <EmptyState
              icon={IconPhonePlus}
              title={t(isFiltered ? 'common.state.nothingFound' : 'numbers.list.emptyTitle')}
              text={t(isFiltered ? 'common.state.changeFilters' : 'numbers.list.emptyText')}
            />
          }
        >
          {(numbers) => (
            <NumbersTable
              numbers={numbers}
              choices={choices}
              chosen={chosen}
              onChoose={setChosen}
              onEdit={(number) => setEdited([number])}
            />
          )}
        </PagedList>
      </div>
      <Modal
        opened={edited !== undefined}
        onClose={close}
        title={
          isNew
            ? t('numbers.form.addTitle')
            : edited?.length === 1
              ? edited[0]?.text
              : t('numbers.form.editMany', { count: edited?.length ?? 0 })
        }
        closeButtonProps={{ 'aria-label': t('common.action.close') }}
        size="xl"
      >
        {isNew && <AddNumbersForm choices={choices} onDone={done} />}
        {edited && !isNew && <EditNumbersForm numbers={edited} choices={choices} onDone={done} />}
      </Modal>
    </Page>
  );
}
