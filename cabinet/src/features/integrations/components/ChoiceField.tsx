import { Input, Loader, MultiSelect, Select, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { goalName } from '@/features/goals/goalName';
import { useChoices } from '../hooks/useChoices';
import { useLocalText } from '../hooks/useLocalText';
import { controlId, grouped, missingChoices, type Option, valueOf } from '../settings';
import { IntegrationProblem } from './IntegrationProblem';
import type { ControlProps } from './SettingControl';

/** One of several choices, or some of them; the choices may be the system's own. */
export function ChoiceField({ integration, field, edits, error }: ControlProps) {
  const { t } = useTranslation();
  const local = useLocalText();
  const choices = useChoices(integration, field, edits);
  const { values } = valueOf(edits.values, field.key);
  const title = local(field.title);
  const hint = local(field.hint) || undefined;
  const id = controlId(field.key);
  const name = (option: Option) => goalName(local(option.title), t) || option.value;
  const change = (next: string[]) => edits.change(field.key, { values: next, pairs: [] });
  if (choices.error) {
    return (
      <Input.Wrapper label={title} labelElement="div" required={field.required} description={hint}>
        <IntegrationProblem error={choices.error} onRetry={choices.retry} />
      </Input.Wrapper>
    );
  }
  const [first] = choices.awaited;
  const isKnown = !choices.isLoading && first === undefined;
  if (isKnown && choices.options.length === 0 && values.length === 0) {
    return (
      <Input.Wrapper
        label={title}
        labelElement="div"
        required={field.required}
        description={hint}
        error={error}
      >
        <Text size="sm" mt={4}>
          {t('integrations.choices.none')}
        </Text>
      </Input.Wrapper>
    );
  }
  const gone = missingChoices(values, choices.options).map((value) => ({
    value,
    label: isKnown ? t('integrations.choices.gone', { value }) : value,
  }));
  const data = [...gone, ...grouped(choices.options, name)];
  const common = {
    id,
    label: title,
    description: hint,
    required: field.required,
    error,
    searchable: true,
    clearButtonProps: { 'aria-label': t('common.action.clear') },
    nothingFoundMessage: t('common.state.nothingFound'),
    disabled: !isKnown,
    'aria-busy': choices.isLoading || undefined,
    rightSection: choices.isLoading ? <Loader size={16} aria-hidden /> : undefined,
    data,
  };
  const placeholder = first
    ? t('integrations.choices.first', { name: local(first.title) })
    : choices.isLoading
      ? t('common.state.loading')
      : values.length === 0
        ? t('integrations.choices.placeholder')
        : undefined;
  if (field.type === 'MULTI') {
    return <MultiSelect {...common} clearable placeholder={placeholder} value={values} onChange={change} />;
  }
  return (
    <Select
      {...common}
      searchable={choices.options.length > 7}
      clearable={!field.required && field.default.length === 0}
      allowDeselect={false}
      placeholder={placeholder}
      value={values[0] ?? null}
      onChange={(value) => change(value === null ? [] : [value])}
    />
  );
}
