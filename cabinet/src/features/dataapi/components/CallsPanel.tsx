import { Button } from '@mantine/core';
import { IconApi, IconRefresh } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { DataApiCallsDocument, type DataApiCallsQuery } from '@/graphql/generated/graphql';
import { usePages } from '@/graphql/usePages';
import { EmptyState } from '@/ui/EmptyState';
import { PagedList } from '@/ui/PagedList';
import { Panel } from '@/ui/Panel';
import { CallsTable } from './CallsTable';

const typenames = ['DataApiCall'];
const select = (data: DataApiCallsQuery) => data.dataApiCalls;

/** The journal of calls. */
export function CallsPanel() {
  const { t } = useTranslation();
  const pages = usePages({ query: DataApiCallsDocument, variables: { first: 50 }, select, typenames });
  return (
    <Panel
      title={t('dataapi.calls.title')}
      lead={t('dataapi.calls.lead')}
      actions={
        <Button
          size="xs"
          variant="default"
          leftSection={<IconRefresh size={16} aria-hidden />}
          onClick={pages.refresh}
        >
          {t('dataapi.calls.refresh')}
        </Button>
      }
    >
      <PagedList
        pages={pages}
        empty={
          <EmptyState
            icon={IconApi}
            title={t('dataapi.calls.emptyTitle')}
            text={t('dataapi.calls.emptyText')}
          />
        }
      >
        {(calls) => <CallsTable calls={calls} />}
      </PagedList>
    </Panel>
  );
}
