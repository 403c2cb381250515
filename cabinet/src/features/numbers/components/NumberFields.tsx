import { Select, type SelectProps, SimpleGrid, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { numberStates, usages } from '../filters';
import type { NumberChoices } from '../hooks/useNumberChoices';
import { keep, none, type NumberValues } from '../numberForm';

interface NumberFieldsProps<Values extends NumberValues> {
  form: UseFormReturnType<Values>;
  choices: NumberChoices;
  /** Several numbers at once: what differs among them may stay so. */
  isMany: boolean;
  /** They are being added: states and the default caller id come later. */
  isNew: boolean;
}

/** The fields of one number or of many. */
export function NumberFields<Values extends NumberValues>(props: NumberFieldsProps<Values>) {
  const { form, choices, isMany, isNew } = props;
  const { t } = useTranslation();
  const values: NumberValues = form.getValues();
  const set = (to: Partial<NumberValues>) => form.setValues(to as Partial<Values>);
  const field = (name: keyof NumberValues): SelectProps => {
    const { value, error } = form.getInputProps(name) as { value: string; error?: SelectProps['error'] };
    return {
      label: t(`numbers.field.${words[name]}`),
      // Nothing is chosen where numbers differ: that stays as it is.
      value: value === keep ? null : value,
      placeholder: t('numbers.form.differs'),
      allowDeselect: false,
      searchable: true,
      nothingFoundMessage: t('common.state.nothingFound'),
      error,
      onChange: (next) => set({ [name]: next ?? keep }),
    };
  };
  const named = (things: { id: string; name: string }[]) => [
    { value: none, label: t('numbers.form.none') },
    ...things.map(({ id, name }) => ({ value: id, label: name })),
  ];
  const yesNo = [
    { value: 'yes', label: t('numbers.form.yes') },
    { value: 'no', label: t('numbers.form.no') },
  ];
  const isOfSite = ({ siteId }: { siteId: string }) => siteId === values.siteId;
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
      <TextInput
        label={t('numbers.field.name')}
        placeholder={isMany && values.name === keep ? t('numbers.form.unchanged') : undefined}
        {...form.getInputProps('name')}
      />
      <Select
        {...field('usage')}
        description={values.usage ? t(`numbers.usageHint.${values.usage}`) : undefined}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        data={usages.map((value) => ({ value, label: t(`numbers.usage.${value}`) }))}
      />
      {values.usage === 'POOL' ? (
        <>
          <Select
            {...field('poolId')}
            data={named(
              choices.pools.map(({ id, name, siteId }) => ({
                id,
                name: `${name} · ${choices.site(siteId) ?? ''}`,
              })),
            )}
          />
          <Select {...field('isOverflow')} data={yesNo} />
        </>
      ) : (
        <Select
          {...field('siteId')}
          data={named(choices.sites)}
          onChange={(siteId) => set({ siteId: siteId ?? keep, campaignId: none, blockId: none })}
        />
      )}
      {values.usage === 'STATIC' && (
        <>
          <Select
            {...field('campaignId')}
            data={[
              { value: none, label: t('numbers.form.wholeSite') },
              ...choices.campaigns.filter(isOfSite).map(({ id, name }) => ({ value: id, label: name })),
            ]}
          />
          <Select
            {...field('blockId')}
            data={[
              { value: none, label: t('numbers.form.allBlocks') },
              ...choices.blocks.filter(isOfSite).map(({ id, name }) => ({ value: id, label: name })),
            ]}
          />
        </>
      )}
      <Select {...field('scenarioId')} data={named(choices.scenarios)} />
      <Select {...field('connectionId')} data={named(choices.connections)} />
      <Select {...field('integrationId')} data={named(choices.integrations)} />
      <Select {...field('records')} data={yesNo} />
      {!isNew && (
        <Select
          {...field('state')}
          data={numberStates.map((value) => ({
            value,
            label: t(`numbers.state.${value}`),
            // One comes into quarantine by being taken from a visit, not by choice.
            disabled: value === 'QUARANTINE' && values.state !== 'QUARANTINE',
          }))}
        />
      )}
      {!isNew && !isMany && (
        <Select
          {...field('isDefault')}
          description={t('numbers.form.defaultHint')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          data={yesNo}
        />
      )}
    </SimpleGrid>
  );
}

const words = {
  name: 'name',
  connectionId: 'connection',
  siteId: 'site',
  usage: 'usage',
  campaignId: 'campaign',
  poolId: 'pool',
  blockId: 'block',
  isOverflow: 'isOverflow',
  isDefault: 'isDefault',
  state: 'state',
  scenarioId: 'scenario',
  integrationId: 'integration',
  records: 'records',
} as const satisfies Record<keyof NumberValues, string>;
