import { MultiSelect, NumberInput, Select, Switch, Textarea, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { EmployeeSelect } from '@/features/calls/components/EmployeeSelect';
import type { OperationTypeFieldsFragment, ScenarioFieldType } from '@/graphql/generated/graphql';
import type { Catalogue, ScenarioChoices } from '../hooks/useCatalogue';

interface SettingFieldProps {
  field: OperationTypeFieldsFragment['fields'][number];
  values: readonly string[];
  catalogue: Catalogue;
  choices: ScenarioChoices;
  error: string | undefined;
  readOnly: boolean;
  onChange: (values: string[]) => void;
}

/** A setting of an operation, entered as its type wants. */
export function SettingField({
  field,
  values,
  catalogue,
  choices,
  error,
  readOnly,
  onChange,
}: SettingFieldProps) {
  const { t } = useTranslation();
  const { local } = catalogue;
  const value = values[0] ?? '';
  const one = (next: string | null) => onChange(next ? [next] : []);
  const hint = local(field.hint);
  const common = {
    label: local(field.title),
    description:
      hint ||
      (field.type === 'NUMBER' && field.max > 0
        ? t('scenarios.form.range', { min: field.min, max: field.max })
        : undefined),
    inputWrapperOrder: ['label', 'input', 'description', 'error'] as (
      'label' | 'input' | 'description' | 'error'
    )[],
    required: field.required,
    error,
    readOnly,
  };
  switch (field.type) {
    case 'NUMBER':
      return (
        <NumberInput
          {...common}
          hideControls
          allowDecimal={false}
          value={value}
          placeholder={field.default}
          onChange={(next) => one(String(next))}
        />
      );
    case 'SWITCH':
      return (
        <Switch
          label={common.label}
          description={common.description}
          disabled={readOnly}
          checked={(value || field.default) === 'true'}
          onChange={(event) => onChange([String(event.currentTarget.checked)])}
        />
      );
    case 'SELECT':
      return (
        <Select
          {...common}
          allowDeselect={false}
          data={field.options.map((option) => ({ value: option.value, label: local(option.title) }))}
          value={value || field.default || null}
          onChange={one}
        />
      );
    case 'MULTI':
      return (
        <MultiSelect
          {...common}
          data={field.options.map((option) => ({ value: option.value, label: local(option.title) }))}
          value={values.length > 0 ? [...values] : field.default ? field.default.split(',') : []}
          onChange={onChange}
        />
      );
    case 'PHONES':
      return (
        <Textarea
          {...common}
          autosize
          minRows={2}
          value={values.join('\n')}
          onChange={(event) => onChange(event.currentTarget.value.split('\n'))}
          onBlur={() => onChange(values.map(digitsOf).filter(Boolean))}
        />
      );
    case 'EMPLOYEE':
      return (
        <EmployeeSelect
          {...common}
          placeholder={t('scenarios.form.choose')}
          value={value || null}
          onChange={one}
        />
      );
    case 'TEXT':
    case 'URL':
      return (
        <TextInput
          {...common}
          inputMode={field.type === 'URL' ? 'url' : 'text'}
          value={value}
          placeholder={field.default || (field.type === 'URL' ? 'https://' : undefined)}
          onChange={(event) => one(event.currentTarget.value)}
        />
      );
    default:
      return (
        <Select
          {...common}
          searchable
          clearable={!field.required}
          clearButtonProps={{ 'aria-label': t('common.action.clear') }}
          placeholder={t('scenarios.form.choose')}
          nothingFoundMessage={t('common.state.nothingFound')}
          data={thingsOf(field.type, choices).map(({ id, name }) => ({ value: id, label: name }))}
          value={value || null}
          onChange={one}
        />
      );
  }
}

function thingsOf(type: ScenarioFieldType, choices: ScenarioChoices): { id: string; name: string }[] {
  switch (type) {
    case 'GROUP':
      return choices?.employeeGroups ?? [];
    case 'SCHEDULE':
      return choices?.schedules ?? [];
    case 'MEDIA':
      return choices?.mediaFiles ?? [];
    case 'SCENARIO':
      return choices?.scenarios ?? [];
    case 'INTEGRATION':
      return choices?.integrations ?? [];
    case 'TAG':
      return choices?.callTags ?? [];
    default:
      return [];
  }
}

/** A number as scenarios keep it: digits, or an address that begins with `sip:`. */
function digitsOf(text: string): string {
  const trimmed = text.trim();
  return trimmed.startsWith('sip:') ? trimmed : trimmed.replace(/[\s()+-]/g, '');
}
