import { Button, Group, Progress, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { useFormat } from '@/format/useFormat';
import {
  ImportIntegrationDealsDocument,
  type IntegrationImportFieldsFragment,
} from '@/graphql/generated/graphql';
import { Moment } from '@/ui/Moment';
import { useSubmit } from '@/ui/useSubmit';
import { importShare } from '../journal';
import type { Integration } from '../settings';
import { IntegrationProblem } from './IntegrationProblem';

const most = 36;

interface ImportPanelProps {
  integration: Integration;
  canStart: boolean;
}

/** How far the deals of the past are read, and reading them anew. */
export function ImportPanel({ integration, canStart }: ImportPanelProps) {
  const { t } = useTranslation();
  const [, start] = useMutation(ImportIntegrationDealsDocument);
  const { pending, error, submit } = useSubmit();
  const progress = integration.sync.import;
  const form = useForm({
    initialValues: { months: String(progress?.months ?? 3) },
    validate: {
      months: (text) =>
        /^\d+$/.test(text.trim()) && Number(text) >= 1 && Number(text) <= most
          ? null
          : t('common.form.range', { min: 1, max: most }),
    },
  });
  const isRunning = progress !== null && progress.finishedAt === null;
  return (
    <Stack gap="sm">
      {progress && <ImportProgress progress={progress} isPaused={integration.state !== 'ACTIVE'} />}
      {canStart && !isRunning && (
        <form
          noValidate
          onSubmit={form.onSubmit(({ months }) => {
            void submit({
              form,
              send: () => start({ input: { id: integration.id, months: Number(months) } }),
              done: () => undefined,
            });
          })}
        >
          <Group align="flex-end" gap="xs">
            <TextInput
              label={t('integrations.import.months')}
              inputMode="numeric"
              autoComplete="off"
              w={{ base: '100%', xs: 340 }}
              {...form.getInputProps('months')}
            />
            <Button type="submit" variant="default" loading={pending}>
              {t('integrations.import.start')}
            </Button>
          </Group>
        </form>
      )}
      <IntegrationProblem error={error} />
    </Stack>
  );
}

function ImportProgress({
  progress,
  isPaused,
}: {
  progress: IntegrationImportFieldsFragment;
  isPaused: boolean;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const share = importShare(progress);
  const done = format.number(progress.done);
  if (progress.finishedAt !== null) {
    return (
      <Text size="sm">
        {t('integrations.import.finished', { months: progress.months, done })}{' '}
        <Moment at={progress.finishedAt} />
      </Text>
    );
  }
  return (
    <Stack gap={4}>
      <Text size="sm" id="import-progress">
        {share === null
          ? t('integrations.import.running', { months: progress.months, done })
          : t('integrations.import.runningOf', {
              months: progress.months,
              done,
              total: format.number(progress.total),
            })}
      </Text>
      <Progress.Root size="lg">
        <Progress.Section
          value={share ?? 100}
          animated={share === null && !isPaused}
          aria-labelledby="import-progress"
          aria-valuetext={share === null ? done : undefined}
        />
      </Progress.Root>
      {isPaused && (
        <Text size="xs" c="dimmed">
          {t('integrations.import.paused')}
        </Text>
      )}
    </Stack>
  );
}
