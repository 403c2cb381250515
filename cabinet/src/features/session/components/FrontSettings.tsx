import { Button, Group } from '@mantine/core';
import { IconLanguage } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { showLanguage } from '@/i18n';
import { languageOf, languages, tagOf } from '@/i18n/languages';
import { SchemeButton } from '@/ui/SchemeButton';

/** Language and colour scheme on the pages before sign-in. */
export function FrontSettings() {
  const { i18n } = useTranslation();
  const other = languages.find(({ value }) => value !== languageOf(i18n.language));
  return (
    <Group gap="xs" component="footer">
      {other && (
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          lang={tagOf(other.value)}
          leftSection={<IconLanguage size={16} aria-hidden />}
          onClick={() => void showLanguage(other.value)}
        >
          {other.label}
        </Button>
      )}
      <SchemeButton />
    </Group>
  );
}
