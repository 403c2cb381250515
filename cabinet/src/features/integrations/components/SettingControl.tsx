import { Switch, TextInput } from '@mantine/core';
import { useLocalText } from '../hooks/useLocalText';
import type { Edits } from '../hooks/useEdits';
import { controlId, type Field, type Integration, textOf, type Value, valueOf } from '../settings';
import { AuthorizeField } from './AuthorizeField';
import { ChoiceField } from './ChoiceField';
import { MappingField } from './MappingField';
import { NoteField } from './NoteField';
import { SecretField } from './SecretField';
import { TemplateField } from './TemplateField';

/** What every setting's control gets. */
export interface ControlProps {
  integration: Integration;
  field: Field;
  edits: Edits;
  /** What is wrong with it, once a person has been here. */
  error?: string | undefined;
  /** Keeps what was entered, before the person leaves the page; resolves to whether it was kept. */
  save: () => Promise<boolean>;
}

/** A setting, entered as its type asks for. */
export function SettingControl(props: ControlProps) {
  const { field, edits, error } = props;
  const local = useLocalText();
  const change = (value: Partial<Value>) =>
    edits.change(field.key, { ...valueOf(edits.values, field.key), ...value });
  const common = {
    id: controlId(field.key),
    label: local(field.title),
    description: local(field.hint) || undefined,
    required: field.required,
    error,
  };
  switch (field.type) {
    case 'NOTE':
      return <NoteField {...props} />;
    case 'AUTHORIZE':
      return <AuthorizeField {...props} />;
    case 'SECRET':
      return <SecretField {...props} />;
    case 'SELECT':
    case 'MULTI':
      return <ChoiceField {...props} />;
    case 'TEMPLATE':
      return <TemplateField {...props} />;
    case 'MAPPING':
      return <MappingField {...props} />;
    case 'SWITCH':
      return (
        <Switch
          {...common}
          checked={textOf(edits.values, field.key) === 'true'}
          onChange={(event) => change({ values: [String(event.currentTarget.checked)] })}
        />
      );
    default:
      return (
        <TextInput
          {...common}
          type={field.type === 'URL' ? 'url' : 'text'}
          inputMode={field.type === 'NUMBER' ? 'numeric' : field.type === 'URL' ? 'url' : undefined}
          autoComplete="off"
          w={field.type === 'NUMBER' ? { base: '100%', xs: 280 } : undefined}
          value={textOf(edits.values, field.key)}
          onChange={(event) => change({ values: [event.currentTarget.value] })}
        />
      );
  }
}
