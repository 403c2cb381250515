import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { CommunicationQuery } from '@/graphql/generated/graphql';
import { Moment } from '@/ui/Moment';
import classes from './ChatMessages.module.css';

/** The messages of a chat: the visitor's on one side, the employees' on the other. */
export function ChatMessages({ messages }: { messages: CommunicationQuery['communication']['messages'] }) {
  const { t } = useTranslation();
  return (
    <section aria-label={t('communications.chat.title')}>
      <Text size="sm" fw={600} mb={6}>
        {t('communications.chat.title')}
      </Text>
      <ol className={classes.list}>
        {messages.map(({ at, sender, text }, index) => (
          <li key={index} className={classes.message} data-sender={sender}>
            <Text size="xs" c="dimmed">
              {t(`communications.sender.${sender}`)}, <Moment at={at} as="time" />
            </Text>
            <Text size="sm" className="break" style={{ whiteSpace: 'pre-wrap' }}>
              {text}
            </Text>
          </li>
        ))}
      </ol>
    </section>
  );
}
