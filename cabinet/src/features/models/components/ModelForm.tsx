import {
  Button,
  Checkbox,
  Group,
  NumberInput,
  Radio,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { useValidators } from '@/features/session/hooks/useValidators';
import { useFormat } from '@/format/useFormat';
import {
  type AttributionModelFieldsFragment,
  SaveAttributionModelDocument,
} from '@/graphql/generated/graphql';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { useSubmit } from '@/ui/useSubmit';
import {
  definitionOf,
  halfLifeOf,
  modelFormOf,
  type ModelFormValues,
  modelInput,
  shareSum,
} from '../modelForm';
import { customWeights, examplePath } from '../weights';
import { WeightBars } from './WeightBars';

const context = { additionalTypenames: ['AttributionModel', 'ReportTable', 'Deal'] };

interface ModelFormProps {
  /** The model to change; a new one when absent. */
  model: AttributionModelFieldsFragment | undefined;
  onDone: () => void;
}

/** Makes or changes a model of the account's own; the picture follows what is typed. */
export function ModelForm({ model, onDone }: ModelFormProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const check = useValidators();
  const [, save] = useMutation(SaveAttributionModelDocument);
  const { pending, error, submit } = useSubmit();
  const form = useForm<ModelFormValues>({
    initialValues: modelFormOf(model),
    validate: {
      name: check.required,
      last: (_, values) =>
        values.kind === 'POSITION' && shareSum(values) !== 100 ? t('models.form.sumWrong') : null,
      halfLifeDays: (days, values) =>
        values.kind === 'DECAY' && halfLifeOf(days) === null ? t('models.form.halfLifeWrong') : null,
    },
  });
  const definition = definitionOf(form.values);
  const sum = shareSum(form.values);
  const share = (name: 'first' | 'middle' | 'last') => (
    <NumberInput
      label={t(`models.form.${name}`)}
      suffix=" %"
      min={0}
      max={100}
      decimalScale={2}
      clampBehavior="none"
      allowNegative={false}
      {...form.getInputProps(name)}
    />
  );
  return (
    <form
      noValidate
      onSubmit={form.onSubmit((values) => {
        const defined = definitionOf(values);
        if (defined === null) {
          return;
        }
        void submit({
          form,
          send: () => save({ input: modelInput(values, defined, model?.id) }, context),
          done: () => {
            notifications.show({ message: t('common.state.saved') });
            onDone();
          },
        });
      })}
    >
      <Stack>
        <TextInput label={t('models.form.name')} required data-autofocus {...form.getInputProps('name')} />
        <Radio.Group label={t('models.form.kind')} {...form.getInputProps('kind')}>
          <Stack gap="sm" mt="xs">
            {(['POSITION', 'DECAY'] as const).map((kind) => (
              <Radio
                key={kind}
                value={kind}
                label={t(`models.kind.${kind}`)}
                description={t(`models.kindHint.${kind}`)}
              />
            ))}
          </Stack>
        </Radio.Group>
        {form.values.kind === 'POSITION' ? (
          <div>
            <SimpleGrid cols={{ base: 1, xs: 3 }}>
              {share('first')}
              {share('middle')}
              {share('last')}
            </SimpleGrid>
            <Text size="sm" mt={6} role="status" c={sum === 100 ? 'dimmed' : 'var(--mantine-color-error)'}>
              {sum === null
                ? t('models.form.sumNone')
                : t(sum === 100 ? 'models.form.sum' : 'models.form.sumOff', { sum: format.number(sum) })}
            </Text>
          </div>
        ) : (
          <NumberInput
            label={t('models.form.halfLife')}
            description={t('models.form.halfLifeHint')}
            clampBehavior="none"
            allowNegative={false}
            decimalScale={2}
            maw={260}
            {...form.getInputProps('halfLifeDays')}
          />
        )}
        <Checkbox
          label={t('models.form.excludeDirect')}
          description={t('models.form.excludeDirectHint')}
          {...form.getInputProps('excludeDirect', { type: 'checkbox' })}
        />
        {definition && (
          <div>
            <Text size="sm" c="dimmed" mb={4}>
              {t('models.form.preview')}
            </Text>
            <WeightBars weights={customWeights(definition, examplePath)} />
          </div>
        )}
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
