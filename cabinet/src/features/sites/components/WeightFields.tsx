import { NumberInput, SimpleGrid } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { limits, type SettingsValues } from '../settingsForm';

/** A number for each kind of campaign condition. */
export function WeightFields({ form }: { form: UseFormReturnType<SettingsValues> }) {
  const { t } = useTranslation();
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, sm: 3, lg: 4 }}>
      {form.getValues().conditionWeights.map(({ parameter }, index) => (
        <NumberInput
          key={parameter}
          label={t(`campaigns.parameter.${parameter}`)}
          allowDecimal={false}
          allowNegative={false}
          clampBehavior="none"
          {...limits.weight}
          {...form.getInputProps(`conditionWeights.${index}.weight`)}
        />
      ))}
    </SimpleGrid>
  );
}
