import { Button, Input, Stack, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useChoices } from '../hooks/useChoices';
import { useLocalText } from '../hooks/useLocalText';
import { controlId, type Pair, valueOf } from '../settings';
import { IntegrationProblem } from './IntegrationProblem';
import { MappingRow } from './MappingRow';
import type { ControlProps } from './SettingControl';

/** Fields of the system and what each is filled with. */
export function MappingField({ integration, field, edits, error }: ControlProps) {
  const { t } = useTranslation();
  const local = useLocalText();
  const choices = useChoices(integration, field, edits);
  const { pairs } = valueOf(edits.values, field.key);
  const change = (next: Pair[]) => edits.change(field.key, { values: [], pairs: next });
  return (
    <Input.Wrapper
      label={local(field.title)}
      labelElement="div"
      description={local(field.hint) || undefined}
      required={field.required}
      error={error}
    >
      <Stack gap="sm" mt={6} role="group" aria-label={local(field.title)}>
        <IntegrationProblem error={choices.error} onRetry={choices.retry} />
        {pairs.length === 0 && (
          <Text size="sm" c="dimmed">
            {t('integrations.mapping.empty')}
          </Text>
        )}
        {pairs.map((pair, index) => (
          <MappingRow
            key={index}
            number={index + 1}
            pair={pair}
            choices={choices}
            taken={pairs.filter((_, other) => other !== index).map((other) => other.field)}
            onChange={(next) => change(pairs.with(index, next))}
            onRemove={() => change(pairs.toSpliced(index, 1))}
          />
        ))}
        <Button
          id={controlId(field.key)}
          size="xs"
          variant="default"
          style={{ alignSelf: 'flex-start' }}
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={() => change([...pairs, { field: '', template: '' }])}
        >
          {t('integrations.mapping.add')}
        </Button>
      </Stack>
    </Input.Wrapper>
  );
}
