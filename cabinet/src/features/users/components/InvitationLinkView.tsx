import { Group, Stack, Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/format/useFormat';
import { CopyButton } from '@/ui/CopyButton';
import type { InvitationLink } from './UsersTable';

/** The link to hand to an invited person; it is shown only now. */
export function InvitationLinkView({ link }: { link: InvitationLink }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Stack>
      <Text>{t('users.invite.hand', { email: link.email })}</Text>
      <TextInput
        label={t('users.invite.link')}
        value={link.inviteUrl}
        readOnly
        onFocus={(event) => event.currentTarget.select()}
      />
      <Text size="sm" c="dimmed">
        {t('users.invite.until', { at: format.dateTime(link.expiresAt) })}
      </Text>
      <Group>
        <CopyButton value={link.inviteUrl} label={t('users.invite.copy')} />
      </Group>
    </Stack>
  );
}
