import { Button, Group, MultiSelect, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconListDetails, IconRefresh } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import {
  CancelIntegrationJobsDocument,
  IntegrationJobsDocument,
  type IntegrationJobsQuery,
  type IntegrationJobKind,
  type IntegrationJobState,
  RetryIntegrationJobsDocument,
} from '@/graphql/generated/graphql';
import { usePages } from '@/graphql/usePages';
import { ConfirmButton } from '@/ui/ConfirmButton';
import { EmptyState } from '@/ui/EmptyState';
import { FilterBar } from '@/ui/FilterBar';
import { PagedList } from '@/ui/PagedList';
import { useAskAgain } from '../hooks/useAskAgain';
import { type IntegrationSearch, jobFilter, jobKinds, jobStates } from '../journal';
import type { Integration } from '../settings';
import { JobDrawer } from './JobDrawer';
import { JobsTable } from './JobsTable';

const typenames = ['IntegrationJob', 'Integration'];
const context = { additionalTypenames: typenames };
const select = (data: IntegrationJobsQuery) => data.integrationJobs;
const every = 5000;

interface JournalTabProps {
  integration: Integration;
  search: IntegrationSearch;
  /** Changes what the address says. */
  onShow: (search: IntegrationSearch, replace?: boolean) => void;
}

/** Everything that was sent, came in and was read, newest first. */
export function JournalTab({ integration, search, onShow }: JournalTabProps) {
  const { t } = useTranslation();
  const { job, kinds, states, communication } = search;
  const pages = usePages({
    query: IntegrationJobsDocument,
    variables: { id: integration.id, first: 50, filter: jobFilter(search) },
    select,
    typenames,
  });
  // Refreshing drops further pages: what a person reads on stays as it is until they ask for more.
  useAskAgain(pages.refresh, pages.pages.length > 1 ? null : every);
  const count = [kinds, states, communication].filter((filter) => filter !== undefined).length;
  const filtered = (next: Partial<IntegrationSearch>) =>
    onShow({ tab: 'journal', kinds, states, communication, ...next }, true);
  return (
    <>
      <FilterBar count={count} onClear={() => onShow({ tab: 'journal' }, true)}>
        <MultiSelect
          label={t('integrations.journal.kinds')}
          placeholder={kinds ? undefined : t('integrations.journal.any')}
          data={jobKinds.map((kind) => ({ value: kind, label: t(`integrations.jobKind.${kind}`) }))}
          value={kinds ?? []}
          onChange={(next) =>
            filtered({ kinds: next.length > 0 ? (next as IntegrationJobKind[]) : undefined })
          }
        />
        <MultiSelect
          label={t('integrations.journal.states')}
          placeholder={states ? undefined : t('integrations.journal.any')}
          data={jobStates.map((state) => ({ value: state, label: t(`integrations.jobState.${state}`) }))}
          value={states ?? []}
          onChange={(next) =>
            filtered({ states: next.length > 0 ? (next as IntegrationJobState[]) : undefined })
          }
        />
      </FilterBar>
      <Group justify="space-between" my="sm" gap="xs">
        <Text size="sm" c="dimmed">
          {t(pages.pages.length > 1 ? 'integrations.journal.stands' : 'integrations.journal.refreshes')}
        </Text>
        <Group gap="xs">
          {integration.counts.parked > 0 && <ParkedActions integration={integration} />}
          <Button
            size="xs"
            variant="default"
            leftSection={<IconRefresh size={16} aria-hidden />}
            onClick={pages.refresh}
          >
            {t('integrations.journal.refresh')}
          </Button>
        </Group>
      </Group>
      <div className="panel panel-flush">
        <PagedList
          pages={{ ...pages, isStale: false }}
          empty={
            <EmptyState
              icon={IconListDetails}
              title={t(count > 0 ? 'common.state.nothingFound' : 'integrations.journal.emptyTitle')}
              text={t(count > 0 ? 'common.state.changeFilters' : 'integrations.journal.emptyText')}
            />
          }
        >
          {(jobs) => (
            <JobsTable jobs={jobs} onOpen={(id) => onShow({ ...search, tab: 'journal', job: id })} />
          )}
        </PagedList>
      </div>
      <JobDrawer
        id={job}
        integration={integration}
        onClose={() => onShow({ tab: 'journal', kinds, states, communication }, true)}
      />
    </>
  );
}

function ParkedActions({ integration }: { integration: Integration }) {
  const { t } = useTranslation();
  const [, retry] = useMutation(RetryIntegrationJobsDocument);
  const [, cancel] = useMutation(CancelIntegrationJobsDocument);
  const input = { integrationId: integration.id };
  const { parked } = integration.counts;
  return (
    <>
      <ConfirmButton
        size="xs"
        variant="light"
        isDestructive={false}
        title={t('integrations.journal.retryAllTitle')}
        text={t('integrations.journal.retryAllText')}
        confirm={t('integrations.action.retry')}
        action={async () => {
          const { data, error } = await retry({ input }, context);
          if (data) {
            notifications.show({
              message: t('integrations.journal.retried', { count: data.retryIntegrationJobs.count }),
            });
          }
          return error;
        }}
      >
        {t('integrations.journal.retryAll', { count: parked })}
      </ConfirmButton>
      <ConfirmButton
        size="xs"
        color="red"
        variant="subtle"
        title={t('integrations.journal.cancelAllTitle')}
        text={t('integrations.journal.cancelAllText')}
        confirm={t('integrations.journal.cancelAllConfirm')}
        action={async () => {
          const { data, error } = await cancel({ input }, context);
          if (data) {
            notifications.show({
              message: t('integrations.journal.cancelled', { count: data.cancelIntegrationJobs.count }),
            });
          }
          return error;
        }}
      >
        {t('integrations.journal.cancelAll', { count: parked })}
      </ConfirmButton>
    </>
  );
}
