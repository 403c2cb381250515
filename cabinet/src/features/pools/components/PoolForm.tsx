import { Button, Group, NumberInput, Select, SimpleGrid, Stack, Switch, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { useMutation, useQuery } from 'urql';
import {
  CreateNumberPoolDocument,
  type NumberPoolFieldsFragment,
  SiteBlocksDocument,
  UpdateNumberPoolDocument,
} from '@/graphql/generated/graphql';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { useSubmit } from '@/ui/useSubmit';
import { isWhole, overflows, poolInput, poolLimits, type PoolTimes, poolValues } from '../poolForm';
import { SegmentFields } from './SegmentFields';

interface PoolFormProps {
  siteId: string;
  /** The pool to change; a new one when absent. */
  pool?: NumberPoolFieldsFragment | undefined;
  /** The times of new pools. */
  times: PoolTimes;
  onDone: () => void;
}

const context = { additionalTypenames: ['NumberPool'] };
const ofBlocks = { additionalTypenames: ['SiteBlock'] };
const fields = Object.fromEntries(
  ['campaignIds', 'channels', 'sources', 'utm', 'countries', 'regions', 'cities', 'url', 'urlMatch'].map(
    (name) => [`segment.${name}`, name],
  ),
);

/** Makes or changes a pool. */
export function PoolForm({ siteId, pool, times, onDone }: PoolFormProps) {
  const { t } = useTranslation();
  const [{ data }] = useQuery({ query: SiteBlocksDocument, variables: { siteId }, context: ofBlocks });
  const [, create] = useMutation(CreateNumberPoolDocument);
  const [, update] = useMutation(UpdateNumberPoolDocument);
  const { pending, error, submit } = useSubmit();
  const within = (name: keyof typeof poolLimits) => (value: number | string) =>
    isWhole(value, poolLimits[name]) ? null : t('common.form.range', poolLimits[name]);
  const form = useForm({
    initialValues: poolValues(pool, times),
    validate: {
      name: (text) => (text.trim() === '' ? t('common.form.required') : null),
      holdSeconds: within('holdSeconds'),
      stickyDays: within('stickyDays'),
      lateHours: within('lateHours'),
    },
  });
  const send = (values: typeof form.values) => {
    const input = poolInput(values);
    const common = { form, fields, done: onDone };
    if (pool) {
      const change = { id: pool.id, isEnabled: values.isEnabled, ...input };
      void submit({ ...common, send: () => update({ input: change }, context) });
    } else {
      const { blockId, ...rest } = input;
      const made = { siteId, ...rest, blockId: blockId === '0' ? null : (blockId ?? null) };
      void submit({ ...common, send: () => create({ input: made }, context) });
    }
  };
  const below = ['label', 'input', 'description', 'error'] as ('label' | 'input' | 'description' | 'error')[];
  return (
    <form noValidate onSubmit={form.onSubmit(send)}>
      <Stack>
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
          <TextInput label={t('pools.form.name')} required data-autofocus {...form.getInputProps('name')} />
          <Select
            label={t('pools.form.block')}
            allowDeselect={false}
            data={[
              { value: '0', label: t('numbers.form.allBlocks') },
              ...(data?.siteBlocks ?? []).map(({ id, name }) => ({ value: id, label: name })),
            ]}
            {...form.getInputProps('blockId')}
          />
        </SimpleGrid>
        <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="sm">
          {(['holdSeconds', 'stickyDays', 'lateHours'] as const).map((name) => (
            <NumberInput
              key={name}
              label={t(`pools.form.${name}`)}
              description={t(`pools.formHint.${name}`)}
              inputWrapperOrder={below}
              allowDecimal={false}
              hideControls
              {...poolLimits[name]}
              clampBehavior="none"
              {...form.getInputProps(name)}
            />
          ))}
        </SimpleGrid>
        <Select
          label={t('pools.form.overflow')}
          description={t(`pools.overflowHint.${form.values.overflow}`)}
          inputWrapperOrder={below}
          allowDeselect={false}
          data={overflows.map((value) => ({ value, label: t(`pools.overflow.${value}`) }))}
          {...form.getInputProps('overflow')}
        />
        {pool && (
          <Switch
            label={t('pools.form.isEnabled')}
            description={t('pools.formHint.isEnabled')}
            {...form.getInputProps('isEnabled', { type: 'checkbox' })}
          />
        )}
        <SegmentFields siteId={siteId} form={form} />
        <ProblemAlert error={error} />
        <Group justify="flex-end">
          <Button type="submit" loading={pending}>
            {pool ? t('common.action.save') : t('pools.form.create')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
