import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

interface SearchInputProps {
  label: string;
  placeholder?: string;
  value: string;
  /** Called with '' or a text of at least `min` characters, when typing pauses. */
  onSearch: (text: string) => void;
  min: number;
}

/** A text to search for; too short ones are kept back with a hint. */
export function SearchInput({ label, placeholder, value, onSearch, min }: SearchInputProps) {
  const { t } = useTranslation();
  const [text, setText] = useState(value);
  const [shown, setShown] = useState(value);
  if (value !== shown) {
    // The address changed otherwise, say by the Back button.
    setShown(value);
    setText(value);
  }
  const search = useDebouncedCallback((next: string) => {
    const trimmed = next.trim();
    if (trimmed === '' || trimmed.length >= min) {
      onSearch(trimmed);
    }
  }, 350);
  const length = text.trim().length;
  return (
    <TextInput
      type="search"
      label={label}
      placeholder={placeholder}
      leftSection={<IconSearch size={16} aria-hidden />}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        search(event.currentTarget.value);
      }}
      error={length > 0 && length < min ? t('common.form.minSearch', { count: min }) : undefined}
    />
  );
}
