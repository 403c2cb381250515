import { Button, Group, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { UpdateVirtualNumbersDocument, type VirtualNumberFieldsFragment } from '@/graphql/generated/graphql';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { useSubmit } from '@/ui/useSubmit';
import type { NumberChoices } from '../hooks/useNumberChoices';
import { changesOf, commonValues, none } from '../numberForm';
import { NumberFields } from './NumberFields';

interface EditNumbersFormProps {
  numbers: VirtualNumberFieldsFragment[];
  choices: NumberChoices;
  onDone: () => void;
}

const context = { additionalTypenames: ['VirtualNumber', 'NumberPool', 'Scenario'] };

/** Changes numbers; only what is changed here is sent. */
export function EditNumbersForm({ numbers, choices, onDone }: EditNumbersFormProps) {
  const { t } = useTranslation();
  const [, update] = useMutation(UpdateVirtualNumbersDocument);
  const { pending, error, submit } = useSubmit();
  const before = useMemo(() => commonValues(numbers), [numbers]);
  const form = useForm({
    initialValues: before,
    validate: {
      siteId: (id, { usage }) => (usage === 'STATIC' && id === none ? t('common.form.required') : null),
      poolId: (id, { usage }) => (usage === 'POOL' && id === none ? t('common.form.required') : null),
    },
  });
  return (
    <form
      noValidate
      onSubmit={form.onSubmit((values) => {
        const input = { ids: numbers.map(({ id }) => id), ...changesOf(before, values) };
        void submit({ form, send: () => update({ input }, context), done: onDone });
      })}
    >
      <Stack>
        <NumberFields form={form} choices={choices} isMany={numbers.length > 1} isNew={false} />
        <ProblemAlert error={error} />
        <Group justify="flex-end">
          <Button type="submit" loading={pending}>
            {t('common.action.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
