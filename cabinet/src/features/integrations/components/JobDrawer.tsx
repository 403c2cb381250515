import { Drawer } from '@mantine/core';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { IntegrationJobDocument } from '@/graphql/generated/graphql';
import { Loaded } from '@/ui/Loaded';
import { useAskAgain } from '../hooks/useAskAgain';
import { isMoving } from '../journal';
import type { Integration } from '../settings';
import { JobDetails } from './JobDetails';

const every = 3000;
const context = { additionalTypenames: ['IntegrationJob'] };

interface JobDrawerProps {
  /** The job to show; closed when absent. */
  id: string | undefined;
  integration: Integration;
  onClose: () => void;
}

/** The details of a job beside the journal. */
export function JobDrawer({ id, integration, onClose }: JobDrawerProps) {
  const { t } = useTranslation();
  const [result, ask] = useQuery({
    query: IntegrationJobDocument,
    variables: { id: id ?? '' },
    pause: id === undefined,
    context,
  });
  const job = result.data?.integrationJob.id === id ? result.data?.integrationJob : undefined;
  const again = useCallback(() => ask({ requestPolicy: 'network-only' }), [ask]);
  useAskAgain(again, job && isMoving(job.state) ? every : null);
  return (
    <Drawer
      opened={id !== undefined}
      onClose={onClose}
      position="right"
      size="xl"
      title={t('integrations.job.title')}
      closeButtonProps={{ 'aria-label': t('common.action.close') }}
    >
      {id !== undefined && (
        <Loaded result={{ data: job, error: job ? undefined : result.error }} onRetry={again}>
          {(job) => <JobDetails key={job.id} job={job} integration={integration} />}
        </Loaded>
      )}
    </Drawer>
  );
}
