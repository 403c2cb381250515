import { Alert, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { PbxConnectionFieldsFragment } from '@/graphql/generated/graphql';
import { CopyField } from './CopyField';

interface ConnectionAddressesProps {
  connection: PbxConnectionFieldsFragment;
  /** Shown right after it was made, never again. */
  signingSecret?: string | null;
}

/** What to enter at the PBX. */
export function ConnectionAddresses({ connection, signingSecret }: ConnectionAddressesProps) {
  const { t } = useTranslation();
  return (
    <Stack gap="sm">
      {signingSecret && (
        <>
          <Alert color="yellow" variant="light">
            {t('connections.secret.once')}
          </Alert>
          <CopyField label={t('connections.secret.label')} value={signingSecret} />
        </>
      )}
      <CopyField
        label={t('connections.address.events')}
        description={
          connection.isWeak || connection.kind === 'UIS' ? t('connections.address.eventsWeak') : undefined
        }
        value={connection.eventsUrl}
      />
      {connection.routeUrl !== '' && (
        <CopyField
          label={t('connections.address.route')}
          description={t('connections.address.routeHint')}
          value={connection.routeUrl}
        />
      )}
    </Stack>
  );
}
