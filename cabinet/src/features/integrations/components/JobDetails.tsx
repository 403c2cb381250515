import { Badge, Button, Group, Stack, Text, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconSend } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { useFormat } from '@/format/useFormat';
import {
  CancelIntegrationJobsDocument,
  type IntegrationJobQuery,
  RetryIntegrationJobsDocument,
} from '@/graphql/generated/graphql';
import { ConfirmButton } from '@/ui/ConfirmButton';
import { CopyableId } from '@/ui/CopyableId';
import { Fact } from '@/ui/Fact';
import { Facts } from '@/ui/Facts';
import { Moment } from '@/ui/Moment';
import { TextLink } from '@/ui/TextLink';
import { canCancel, canRetry, readIntegrationSearch } from '../journal';
import type { Integration } from '../settings';
import { ExchangeView } from './ExchangeView';
import { FailureAlert } from './FailureAlert';
import { IntegrationProblem } from './IntegrationProblem';
import { JobStateBadge } from './JobStateBadge';
import { RemoteLink } from './RemoteLink';
import { SubjectLink } from './SubjectLink';

type Job = IntegrationJobQuery['integrationJob'];
const context = { additionalTypenames: ['IntegrationJob', 'Integration'] };

/** Everything about one job: what it is about, what it made, and each of its attempts. */
export function JobDetails({ job, integration }: { job: Job; integration: Integration }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [{ fetching, error }, retry] = useMutation(RetryIntegrationJobsDocument);
  const [, cancel] = useMutation(CancelIntegrationJobsDocument);
  const input = { integrationId: job.integrationId, ids: [job.id] };
  const again = async () => {
    if (!(await retry({ input }, context)).error) {
      notifications.show({ message: t('integrations.job.retried') });
    }
  };
  return (
    <Stack gap="lg">
      <Group gap="sm">
        <Text fw={600}>{t(`integrations.jobKind.${job.kind}`)}</Text>
        <JobStateBadge state={job.state} />
      </Group>
      {job.failure && job.state !== 'DONE' && <FailureAlert failure={job.failure} />}
      {(canRetry(job.state) || canCancel(job.state)) && (
        <Group gap="xs">
          {canRetry(job.state) && (
            <Button
              leftSection={<IconSend size={16} aria-hidden />}
              loading={fetching}
              onClick={() => void again()}
            >
              {t(job.state === 'WAITING' ? 'integrations.action.sendNow' : 'integrations.action.retry')}
            </Button>
          )}
          {canCancel(job.state) && (
            <ConfirmButton
              title={t('integrations.job.cancelTitle')}
              text={t('integrations.job.cancelText')}
              confirm={t('integrations.job.cancelConfirm')}
              action={async () => (await cancel({ input }, context)).error}
            >
              {t('integrations.action.cancel')}
            </ConfirmButton>
          )}
        </Group>
      )}
      <IntegrationProblem error={error} />
      <Facts>
        <Fact name={t('integrations.job.created')}>
          <Moment at={job.createdAt} />
        </Fact>
        {job.state === 'WAITING' && (
          <Fact name={t('integrations.job.runAt')}>
            <Moment at={job.runAt} />
          </Fact>
        )}
        {job.finishedAt && (
          <Fact name={t('integrations.job.finished')}>
            <Moment at={job.finishedAt} />
          </Fact>
        )}
        {job.communication && (
          <Fact name={t('integrations.journal.about')}>
            <SubjectLink communication={job.communication} />
            {job.kind === 'DELIVER' && (
              <div>
                <TextLink
                  to="/integrations/$integrationId"
                  params={{ integrationId: integration.id }}
                  search={readIntegrationSearch({ tab: 'preview', communication: job.communication.id })}
                  size="xs"
                >
                  {t('integrations.job.preview')}
                </TextLink>
              </div>
            )}
          </Fact>
        )}
        {job.remote && (
          <Fact name={t('integrations.journal.made')}>
            <RemoteLink remote={job.remote} />
          </Fact>
        )}
        <Fact name={t('integrations.job.id')}>
          <CopyableId value={job.id} />
        </Fact>
      </Facts>
      <Stack gap="md">
        <Title order={3} size="h5">
          {t('integrations.job.attempts')}
        </Title>
        {job.attempts.length === 0 && (
          <Text size="sm" c="dimmed">
            {t('integrations.job.noAttempts')}
          </Text>
        )}
        {job.attempts.map((attempt) => (
          <Stack
            key={attempt.number}
            gap="xs"
            role="group"
            aria-label={t('integrations.job.attempt', { number: attempt.number })}
          >
            <Group gap="xs">
              <Text size="sm" fw={600}>
                {t('integrations.job.attempt', { number: attempt.number })}
              </Text>
              <Badge color={attempt.failure ? 'red' : 'green'}>
                {attempt.failure
                  ? t(`integrations.failure.${attempt.failure.kind}`)
                  : t('integrations.job.well')}
              </Badge>
              <Text size="xs" c="dimmed" component="span">
                <Moment at={attempt.startedAt} />,{' '}
                {t('integrations.exchange.ms', { value: format.number(attempt.durationMs) })}
              </Text>
            </Group>
            {attempt.failure && attempt.failure.detail !== '' && (
              <Text size="sm" className="break">
                {t('integrations.failure.said', { detail: attempt.failure.detail })}
              </Text>
            )}
            {attempt.exchanges.length === 0 ? (
              <Text size="xs" c="dimmed">
                {t('integrations.job.noExchanges')}
              </Text>
            ) : (
              attempt.exchanges.map((exchange, index) => <ExchangeView key={index} exchange={exchange} />)
            )}
          </Stack>
        ))}
      </Stack>
    </Stack>
  );
}
