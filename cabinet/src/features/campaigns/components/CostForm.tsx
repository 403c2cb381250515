import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { useViewer } from '@/features/session/hooks/useViewer';
import { addDays, dayOf, isDay } from '@/format/dates';
import { parseAmount } from '@/format/numbers';
import { useFormat } from '@/format/useFormat';
import { AddCampaignCostDocument } from '@/graphql/generated/graphql';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { useSubmit } from '@/ui/useSubmit';

const longest = 366;

/** Adds money spent in a period. */
export function CostForm({ campaignId, onDone }: { campaignId: string; onDone: () => void }) {
  const { t } = useTranslation();
  const { timeZone } = useFormat();
  const { account } = useViewer();
  const [, add] = useMutation(AddCampaignCostDocument);
  const { pending, error, submit } = useSubmit();
  const today = dayOf(new Date(), timeZone);
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { from: `${today.slice(0, 8)}01`, to: today, amount: '' },
    validate: {
      from: (day) => (isDay(day) ? null : t('common.form.date')),
      to: (day, { from }) => {
        if (!isDay(day)) {
          return t('common.form.date');
        }
        if (day < from) {
          return t('campaigns.costs.toBeforeFrom');
        }
        return day > addDays(from, longest - 1) ? t('campaigns.costs.tooLong') : null;
      },
      amount: (text) => (parseAmount(text) ? null : t('campaigns.costs.amountInvalid')),
    },
  });
  return (
    <form
      noValidate
      onSubmit={form.onSubmit(({ from, to, amount }) => {
        void submit({
          form,
          send: () => add({ input: { campaignId, from, to, amount: parseAmount(amount) ?? '' } }),
          done: onDone,
        });
      })}
    >
      <Stack gap="xs" my="xs">
        <Group align="flex-start" gap="xs">
          <TextInput
            type="date"
            label={t('campaigns.costs.from')}
            key={form.key('from')}
            {...form.getInputProps('from')}
          />
          <TextInput
            type="date"
            label={t('campaigns.costs.to')}
            key={form.key('to')}
            {...form.getInputProps('to')}
          />
          <TextInput
            label={t('campaigns.costs.amountIn', { currency: account.currency })}
            inputMode="decimal"
            key={form.key('amount')}
            {...form.getInputProps('amount')}
          />
          <Button type="submit" loading={pending} mt={24}>
            {t('campaigns.costs.submit')}
          </Button>
        </Group>
        <ProblemAlert error={error} />
      </Stack>
    </form>
  );
}
