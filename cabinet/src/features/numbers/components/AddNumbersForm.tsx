import { Button, Checkbox, Group, Stack, Textarea } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { CreateVirtualNumbersDocument } from '@/graphql/generated/graphql';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { useSubmit } from '@/ui/useSubmit';
import type { NumberChoices } from '../hooks/useNumberChoices';
import { creation, listed, newNumbers, none, type NumberValues } from '../numberForm';
import { NumberFields } from './NumberFields';

interface AddNumbersFormProps {
  choices: NumberChoices;
  /** What the new numbers begin with. */
  values?: Partial<NumberValues>;
  onDone: () => void;
}

const context = { additionalTypenames: ['VirtualNumber', 'NumberPool', 'Scenario'] };
const most = 1000;

/** Adds a pasted list of numbers with what they have in common. */
export function AddNumbersForm({ choices, values, onDone }: AddNumbersFormProps) {
  const { t } = useTranslation();
  const [, create] = useMutation(CreateVirtualNumbersDocument);
  const { pending, error, submit } = useSubmit();
  const form = useForm<NumberValues & { numbers: string; quarantine: boolean }>({
    initialValues: { ...newNumbers(), ...values, numbers: '', quarantine: false },
    validate: {
      numbers: (text) => {
        const count = listed(text).length;
        return count === 0
          ? t('common.form.required')
          : count > most
            ? t('numbers.form.tooMany', { count, most })
            : null;
      },
      siteId: (id, { usage }) => (usage === 'STATIC' && id === none ? t('common.form.required') : null),
      poolId: (id, { usage }) => (usage === 'POOL' && id === none ? t('common.form.required') : null),
    },
  });
  const count = listed(form.values.numbers).length;
  return (
    <form
      noValidate
      onSubmit={form.onSubmit(({ numbers, quarantine, ...values }) => {
        const input = creation(numbers, values, quarantine);
        void submit({ form, send: () => create({ input }, context), done: onDone });
      })}
    >
      <Stack>
        <Textarea
          label={t('numbers.form.numbers')}
          description={t('numbers.form.numbersHint')}
          autosize
          minRows={3}
          maxRows={10}
          required
          data-autofocus
          {...form.getInputProps('numbers')}
        />
        <NumberFields form={form} choices={choices} isMany={false} isNew />
        <Checkbox
          label={t('numbers.form.quarantine')}
          description={t('numbers.form.quarantineHint')}
          {...form.getInputProps('quarantine', { type: 'checkbox' })}
        />
        <ProblemAlert error={error} />
        <Group justify="flex-end">
          <Button type="submit" loading={pending}>
            {count > 1 ? t('numbers.form.addMany', { count }) : t('numbers.form.add')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
