import { Stack } from '@mantine/core';
import { useCan } from '@/features/session/hooks/useCan';
import { DeleteSitePanel } from '../components/DeleteSitePanel';
import { SettingsForm } from '../components/SettingsForm';
import { useSite } from '../hooks/useSite';

/** How a site is tracked, and its removal. */
export function SettingsTab() {
  const site = useSite();
  const canChange = useCan('ADMIN');
  return (
    <Stack gap="md">
      <SettingsForm key={site.id} site={site} readOnly={!canChange} />
      {canChange && <DeleteSitePanel site={site} />}
    </Stack>
  );
}
