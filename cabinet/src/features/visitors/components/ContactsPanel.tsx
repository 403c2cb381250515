import { Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { VisitorQuery } from '@/graphql/generated/graphql';
import { Panel } from '@/ui/Panel';
import { ContactRow } from './ContactRow';

/** Name, phones and e-mails a visitor left. */
export function ContactsPanel({
  visitor,
  onChanged,
}: {
  visitor: VisitorQuery['visitor'];
  onChanged: () => void;
}) {
  const { t } = useTranslation();
  return (
    <Panel title={t('visitors.contacts.title')}>
      <Stack gap="sm">
        {visitor.name && <Text fw={600}>{visitor.name}</Text>}
        {visitor.contacts.map((contact) => (
          <ContactRow key={`${contact.kind}${contact.value}`} contact={contact} onChanged={onChanged} />
        ))}
        {visitor.contacts.length === 0 && (
          <Text size="sm" c="dimmed">
            {t('visitors.contacts.empty')}
          </Text>
        )}
      </Stack>
    </Panel>
  );
}
