import { Button, Menu, Text } from '@mantine/core';
import { IconBraces } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { TemplateVariablesDocument } from '@/graphql/generated/graphql';
import { useLocalText } from '../hooks/useLocalText';

/** Puts a variable into a template. */
export function VariableMenu({ of, onInsert }: { of: string; onInsert: (text: string) => void }) {
  const { t } = useTranslation();
  const local = useLocalText();
  const [{ data }] = useQuery({ query: TemplateVariablesDocument, requestPolicy: 'cache-first' });
  const variables = data?.templateVariables ?? [];
  return (
    <Menu position="bottom-start" width={300} withinPortal returnFocus={false}>
      <Menu.Target>
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={<IconBraces size={14} aria-hidden />}
          aria-label={t('integrations.template.insertInto', { name: of })}
          disabled={variables.length === 0}
        >
          {t('integrations.template.insert')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={320} style={{ overflowY: 'auto' }}>
        {variables.map(({ name, title, example }) => (
          <Menu.Item key={name} onClick={() => onInsert(`{{${name}}}`)}>
            <Text size="sm">{local(title)}</Text>
            <Text size="xs" c="dimmed" className="break">
              <span className="mono">{`{{${name}}}`}</span>
              {example !== '' && ` — ${example}`}
            </Text>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
