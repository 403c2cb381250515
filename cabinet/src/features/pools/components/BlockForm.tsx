import { Button, Group, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import {
  CreateSiteBlockDocument,
  type SiteBlockFieldsFragment,
  UpdateSiteBlockDocument,
} from '@/graphql/generated/graphql';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { useSubmit } from '@/ui/useSubmit';
import { blockPlaces, blockTemplates, blockValues, placeExamples } from '../blockForm';
import { WrittenNumber } from './WrittenNumber';

interface BlockFormProps {
  siteId: string;
  /** The block to change; a new one when absent. */
  block?: SiteBlockFieldsFragment | undefined;
  onDone: () => void;
}

const context = { additionalTypenames: ['SiteBlock'] };

/** Makes or changes a block; shows what will be written. */
export function BlockForm({ siteId, block, onDone }: BlockFormProps) {
  const { t } = useTranslation();
  const [, create] = useMutation(CreateSiteBlockDocument);
  const [, update] = useMutation(UpdateSiteBlockDocument);
  const { pending, error, submit } = useSubmit();
  const required = (text: string) => (text.trim() === '' ? t('common.form.required') : null);
  const form = useForm({
    initialValues: blockValues(block),
    validate: { name: required, value: required },
  });
  const { by, mask, wording } = form.values;
  const send = (values: typeof form.values) => {
    const common = { form, done: onDone };
    void (block
      ? submit({ ...common, send: () => update({ input: { id: block.id, ...values } }, context) })
      : submit({ ...common, send: () => create({ input: { siteId, ...values } }, context) }));
  };
  return (
    <form noValidate onSubmit={form.onSubmit(send)}>
      <Stack>
        <TextInput label={t('pools.block.name')} required data-autofocus {...form.getInputProps('name')} />
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
          <Select
            label={t('pools.block.by')}
            allowDeselect={false}
            data={blockPlaces.map((value) => ({ value, label: t(`pools.place.${value}`) }))}
            {...form.getInputProps('by')}
          />
          <TextInput
            label={t(`pools.placeValue.${by}`)}
            placeholder={placeExamples[by]}
            required
            {...form.getInputProps('value')}
          />
          <Select
            label={t('pools.block.template')}
            allowDeselect={false}
            data={blockTemplates.map((value) => ({ value, label: t(`pools.template.${value}`) }))}
            {...form.getInputProps('template')}
          />
          <TextInput
            label={t('pools.block.mask')}
            description={t('pools.block.maskHint')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            placeholder="+7 (###) ###-##-##"
            {...form.getInputProps('mask')}
          />
        </SimpleGrid>
        <TextInput
          label={t('pools.block.wording')}
          description={t('pools.block.wordingHint')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          placeholder="{phone}"
          {...form.getInputProps('wording')}
        />
        <div role="status">
          <Text size="sm" c="dimmed">
            {t('pools.block.preview')}
          </Text>
          <WrittenNumber block={{ mask, wording }} fw={650} fz="lg" />
        </div>
        <ProblemAlert error={error} />
        <Group justify="flex-end">
          <Button type="submit" loading={pending}>
            {block ? t('common.action.save') : t('pools.block.create')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
