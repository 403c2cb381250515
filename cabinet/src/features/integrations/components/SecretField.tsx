import { Button, Group, Input, PasswordInput, Text } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocalText } from '../hooks/useLocalText';
import { controlId, textOf } from '../settings';
import type { ControlProps } from './SettingControl';

/** A secret: entered, never shown again, replaced by another. */
export function SecretField({ field, edits, error }: ControlProps) {
  const { t } = useTranslation();
  const local = useLocalText();
  const isSet = edits.secrets.has(field.key);
  const [isReplacing, setReplacing] = useState(false);
  const isEdited = edits.edits[field.key] !== undefined;
  const id = controlId(field.key);
  if (isSet && !isReplacing && !isEdited) {
    return (
      <Input.Wrapper
        label={local(field.title)}
        labelElement="div"
        description={local(field.hint) || undefined}
        error={error}
      >
        <Group gap="sm" mt={6}>
          <Text size="sm" component="span">
            <IconLock size={15} aria-hidden style={{ verticalAlign: '-2px' }} />{' '}
            {t('integrations.secret.set')}
          </Text>
          <Button
            id={id}
            size="compact-sm"
            variant="default"
            aria-label={t('integrations.secret.replaceNamed', { name: local(field.title) })}
            onClick={() => {
              setReplacing(true);
              // The field takes the button's place, and the focus with it.
              window.setTimeout(() => document.getElementById(id)?.focus());
            }}
          >
            {t('integrations.secret.replace')}
          </Button>
        </Group>
      </Input.Wrapper>
    );
  }
  return (
    <PasswordInput
      id={id}
      label={local(field.title)}
      description={local(field.hint) || undefined}
      required={field.required}
      error={error}
      autoComplete="new-password"
      visibilityToggleButtonProps={{ 'aria-label': t('integrations.secret.show') }}
      rightSectionWidth={40}
      value={textOf(edits.edits, field.key)}
      onChange={(event) => edits.change(field.key, { values: [event.currentTarget.value], pairs: [] })}
    />
  );
}
