import { Select } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { summaryOf } from '@/features/communications/summary';
import { useFormat } from '@/format/useFormat';
import { CommunicationsDocument } from '@/graphql/generated/graphql';
import { Panel } from '@/ui/Panel';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { readIntegrationSearch } from '../journal';
import type { Integration } from '../settings';
import { PreviewView } from './PreviewView';

interface PreviewTabProps {
  integration: Integration;
  communicationId: string | undefined;
}

/** What would be sent for a communication of the last ones, or for a made-up visitor. */
export function PreviewTab({ integration, communicationId }: PreviewTabProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const [{ data, error }] = useQuery({
    query: CommunicationsDocument,
    variables: { first: 50, sort: 'AT', direction: 'DESC', filter: {} },
  });
  const choices = (data?.communications.nodes ?? []).map((c) => ({
    value: c.id,
    label: [format.dateTime(c.at), c.name || c.phone || c.email, summaryOf(c, t)].filter(Boolean).join(' · '),
  }));
  if (communicationId !== undefined && !choices.some(({ value }) => value === communicationId)) {
    choices.unshift({
      value: communicationId,
      label: t('integrations.preview.byId', { id: communicationId }),
    });
  }
  return (
    <Panel title={t('integrations.preview.title')} lead={t('integrations.preview.lead')}>
      <Select
        label={t('integrations.preview.communication')}
        placeholder={t('integrations.preview.madeUpChoice')}
        searchable
        clearable
        clearButtonProps={{ 'aria-label': t('common.action.clear') }}
        nothingFoundMessage={t('common.state.nothingFound')}
        maw={620}
        data={choices}
        value={communicationId ?? null}
        onChange={(id) =>
          void navigate({
            to: '/integrations/$integrationId',
            params: { integrationId: integration.id },
            search: readIntegrationSearch({ tab: 'preview', communication: id ?? undefined }),
            replace: true,
          })
        }
      />
      <ProblemAlert error={error} />
      <PreviewView integration={integration} communicationId={communicationId ?? null} />
    </Panel>
  );
}
