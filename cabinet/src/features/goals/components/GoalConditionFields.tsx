import type { ReactNode } from 'react';
import { NumberInput, Radio, SimpleGrid, Stack, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { fieldsOf, type GoalField, type GoalValues, maxSeconds, needsSelector } from '../goalForm';
import { UrlFields } from './UrlFields';

/** The fields of a goal's type. */
export function GoalConditionFields({ form }: { form: UseFormReturnType<GoalValues> }) {
  const { t } = useTranslation();
  const values = form.getValues();
  const selector = (
    <TextInput
      key="selector"
      label={t('goals.form.selector')}
      description={t('goals.form.selectorHint')}
      placeholder=".buy-button"
      required
      {...form.getInputProps('selector')}
    />
  );
  const fields: Record<GoalField, ReactNode> = {
    event: (
      <SimpleGrid key="event" cols={{ base: 1, xs: 2 }}>
        {(['category', 'action', 'label', 'value'] as const).map((name) => (
          <TextInput
            key={name}
            label={t(`goals.form.${name}`)}
            placeholder={t('goals.text.any')}
            {...form.getInputProps(name)}
          />
        ))}
      </SimpleGrid>
    ),
    url: <UrlFields key="url" form={form} />,
    selector,
    seconds: (
      <NumberInput
        key="seconds"
        label={t('goals.form.seconds')}
        min={1}
        max={maxSeconds}
        clampBehavior="none"
        allowDecimal={false}
        allowNegative={false}
        required
        {...form.getInputProps('seconds')}
      />
    ),
    scroll: (
      <Stack key="scroll">
        <Radio.Group label={t('goals.form.scroll')} {...form.getInputProps('scrollTarget')}>
          <Stack gap="xs" mt="xs">
            {(['START', 'END', 'ELEMENT'] as const).map((target) => (
              <Radio key={target} value={target} label={t(`goals.scroll.${target}`)} />
            ))}
          </Stack>
        </Radio.Group>
        {needsSelector(values) && selector}
      </Stack>
    ),
  };
  return fieldsOf(values.type).map((field) => fields[field]);
}
