import { Button, Select, TextInput } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Choices } from '../hooks/useChoices';
import { useInsertion } from '../hooks/useInsertion';
import { useLocalText } from '../hooks/useLocalText';
import { grouped, missingChoices, type Pair } from '../settings';
import classes from './MappingRow.module.css';
import { VariableMenu } from './VariableMenu';

interface MappingRowProps {
  number: number;
  pair: Pair;
  choices: Choices;
  /** Fields other lines fill. */
  taken: string[];
  onChange: (pair: Pair) => void;
  onRemove: () => void;
}

/** A line of a mapping. */
export function MappingRow({ number, pair, choices, taken, onChange, onRemove }: MappingRowProps) {
  const { t } = useTranslation();
  const local = useLocalText();
  const change = (template: string) => onChange({ ...pair, template });
  const { ref, insert } = useInsertion<HTMLInputElement>(pair.template, change);
  const isKnown = !choices.isLoading && !choices.error;
  const gone = missingChoices([pair.field], choices.options).map((value) => ({
    value,
    label: isKnown ? t('integrations.choices.gone', { value }) : value,
  }));
  const free = choices.options.filter(({ value }) => !taken.includes(value));
  const label = t('integrations.mapping.value', { number });
  return (
    <div className={classes.row} role="group" aria-label={t('integrations.mapping.line', { number })}>
      <Select
        label={t('integrations.mapping.field')}
        placeholder={choices.isLoading ? t('common.state.loading') : t('integrations.choices.placeholder')}
        searchable
        allowDeselect={false}
        disabled={choices.isLoading}
        nothingFoundMessage={t('common.state.nothingFound')}
        data={[...gone, ...grouped(free, (option) => local(option.title) || option.value)]}
        value={pair.field === '' ? null : pair.field}
        onChange={(field) => onChange({ ...pair, field: field ?? '' })}
      />
      <div>
        <TextInput
          ref={ref}
          label={label}
          autoComplete="off"
          value={pair.template}
          onChange={(event) => change(event.currentTarget.value)}
        />
        <VariableMenu of={label} onInsert={insert} />
      </div>
      <Button
        className={classes.remove}
        variant="subtle"
        color="red"
        px="xs"
        aria-label={t('integrations.mapping.remove', { number })}
        onClick={onRemove}
      >
        <IconTrash size={17} aria-hidden />
      </Button>
    </div>
  );
}
