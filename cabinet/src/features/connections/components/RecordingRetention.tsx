import { Button, Group, NumberInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useTranslation } from 'react-i18next';
import { useMutation, useQuery } from 'urql';
import { useCan } from '@/features/session/hooks/useCan';
import { RecordingSettingsDocument, UpdateRecordingSettingsDocument } from '@/graphql/generated/graphql';
import { Loaded } from '@/ui/Loaded';
import { Panel } from '@/ui/Panel';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { useSubmit } from '@/ui/useSubmit';

const MAX_DAYS = 3660;

/** After how many days recordings are removed. */
export function RecordingRetention() {
  const { t } = useTranslation();
  const [result, retry] = useQuery({ query: RecordingSettingsDocument });
  return (
    <Panel title={t('connections.retention.title')} lead={t('connections.retention.lead')}>
      <Loaded result={result} onRetry={() => retry({ requestPolicy: 'network-only' })}>
        {({ recordingSettings }) => <RetentionForm keepDays={recordingSettings.keepDays} />}
      </Loaded>
    </Panel>
  );
}

function RetentionForm({ keepDays }: { keepDays: number }) {
  const { t } = useTranslation();
  const isAdmin = useCan('ADMIN');
  const [, update] = useMutation(UpdateRecordingSettingsDocument);
  const { pending, error, submit } = useSubmit();
  const form = useForm({
    initialValues: { keepDays },
    validate: {
      keepDays: (days) =>
        Number.isInteger(days) && days >= 0 && days <= MAX_DAYS
          ? null
          : t('common.form.range', { min: 0, max: MAX_DAYS }),
    },
  });
  return (
    <form
      onSubmit={form.onSubmit((values) =>
        submit({
          form,
          send: () => update({ input: values }),
          done: () => notifications.show({ color: 'green', message: t('common.state.saved') }),
        }),
      )}
    >
      <Group align="flex-end">
        <NumberInput
          label={t('connections.retention.days')}
          min={0}
          max={MAX_DAYS}
          allowDecimal={false}
          disabled={!isAdmin}
          {...form.getInputProps('keepDays')}
        />
        {isAdmin && (
          <Button type="submit" variant="default" loading={pending}>
            {t('common.action.save')}
          </Button>
        )}
      </Group>
      <ProblemAlert error={error} />
    </form>
  );
}
