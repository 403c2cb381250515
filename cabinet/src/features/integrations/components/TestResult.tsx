import { Alert, List, Stack, Text } from '@mantine/core';
import { IconPlugConnected } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { RemoteAccountFieldsFragment } from '@/graphql/generated/graphql';
import { PageLink } from '@/ui/PageLink';
import { useLocalText } from '../hooks/useLocalText';

/** Whose account a connection reaches, and what of it is off and why. */
export function TestResult({ account }: { account: RemoteAccountFieldsFragment }) {
  const { t } = useTranslation();
  const local = useLocalText();
  return (
    <Alert
      color="green"
      variant="light"
      role="status"
      icon={<IconPlugConnected aria-hidden />}
      title={t('integrations.test.good', { name: account.name || account.id })}
    >
      <Stack gap={6} align="flex-start">
        {account.user !== '' && <Text size="sm">{t('integrations.test.user', { user: account.user })}</Text>}
        {account.url !== '' && <PageLink url={account.url} />}
        {account.missing.length > 0 && (
          <div>
            <Text size="sm" fw={600}>
              {t('integrations.test.missing')}
            </Text>
            <List size="sm">
              {account.missing.map(({ capability, reason }) => (
                <List.Item key={capability}>
                  {t('integrations.test.off', {
                    what: t(`integrations.capability.${capability}`),
                    why: local(reason),
                  })}
                </List.Item>
              ))}
            </List>
          </div>
        )}
      </Stack>
    </Alert>
  );
}
