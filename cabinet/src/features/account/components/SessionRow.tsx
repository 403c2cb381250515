import { Badge, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { RevokeSessionDocument, type SignInSessionFieldsFragment } from '@/graphql/generated/graphql';
import { ConfirmButton } from '@/ui/ConfirmButton';
import { Moment } from '@/ui/Moment';

/** One device that is signed in. */
export function SessionRow({ session }: { session: SignInSessionFieldsFragment }) {
  const { t } = useTranslation();
  const [, revoke] = useMutation(RevokeSessionDocument);
  return (
    <Group component="li" justify="space-between" gap="xs">
      <div>
        <Group gap={6}>
          <Text size="sm" fw={600}>
            {session.device || t('account.sessions.unknown')}
          </Text>
          {session.isCurrent && (
            <Badge variant="light" tt="none">
              {t('account.sessions.current')}
            </Badge>
          )}
        </Group>
        <Text size="xs" c="dimmed">
          {session.ip} · {t('account.sessions.seen')} <Moment at={session.lastSeenAt} /> ·{' '}
          {t('account.sessions.expires')} <Moment at={session.expiresAt} as="date" />
        </Text>
      </div>
      {!session.isCurrent && (
        <ConfirmButton
          size="xs"
          aria-label={t('account.sessions.endNamed', { device: session.device })}
          title={t('account.sessions.question')}
          text={t('account.sessions.text', { device: session.device })}
          confirm={t('account.sessions.end')}
          action={async () => (await revoke({ input: { id: session.id } })).error}
        >
          {t('account.sessions.end')}
        </ConfirmButton>
      )}
    </Group>
  );
}
