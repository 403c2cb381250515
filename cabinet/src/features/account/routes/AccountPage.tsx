import { SimpleGrid, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { PopUpSettings } from '@/features/popups/components/PopUpSettings';
import { Page } from '@/ui/Page';
import { AccountPanel } from '../components/AccountPanel';
import { AppearancePanel } from '../components/AppearancePanel';
import { PasswordPanel } from '../components/PasswordPanel';
import { ProfilePanel } from '../components/ProfilePanel';
import { SessionsPanel } from '../components/SessionsPanel';

/** Settings of oneself and of the account. */
export function AccountPage() {
  const { t } = useTranslation();
  return (
    <Page title={t('account.page.title')}>
      <SimpleGrid cols={{ base: 1, lg: 2 }} style={{ alignItems: 'start' }}>
        <Stack gap="md">
          <ProfilePanel />
          <AppearancePanel />
          <PopUpSettings />
          <PasswordPanel />
        </Stack>
        <Stack gap="md">
          <AccountPanel />
          <SessionsPanel />
        </Stack>
      </SimpleGrid>
    </Page>
  );
}
