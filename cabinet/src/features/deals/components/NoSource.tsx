import { Alert, List, Text } from '@mantine/core';
import { IconQuestionMark } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { DealQuery } from '@/graphql/generated/graphql';
import { TextLink } from '@/ui/TextLink';

/** Why nothing is known of where a deal came from, and what would help. */
export function NoSource({ deal }: { deal: Pick<DealQuery['deal'], 'contacts' | 'contact'> }) {
  const { t } = useTranslation();
  const contacts = deal.contacts.length > 0 ? deal.contacts : deal.contact ? [deal.contact] : [];
  const hasWays = contacts.some(({ phones, emails }) => phones.length + emails.length > 0);
  return (
    <Alert
      color="gray"
      variant="light"
      icon={<IconQuestionMark aria-hidden />}
      title={t('deals.noSource.title')}
    >
      <Text size="sm">
        {contacts.length === 0
          ? t('deals.noSource.noContact')
          : hasWays
            ? t('deals.noSource.notSeen')
            : t('deals.noSource.noWays')}
      </Text>
      <List size="sm" mt={6} spacing={4}>
        <List.Item>{t('deals.noSource.late')}</List.Item>
        <List.Item>{t('deals.noSource.row')}</List.Item>
      </List>
      <TextLink to="/communications" size="sm" underline="always">
        {t('deals.noSource.communications')}
      </TextLink>
    </Alert>
  );
}
