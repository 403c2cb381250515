import { ActionIcon, Avatar, Text } from '@mantine/core';
import { IconLogout } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { useSession } from '@/features/session/hooks/useSession';
import { useViewer } from '@/features/session/hooks/useViewer';
import { SignOutDocument } from '@/graphql/generated/graphql';
import classes from './UserMenu.module.css';

/** Who is signed in, with the way to their settings and out. */
export function UserMenu() {
  const { t } = useTranslation();
  const viewer = useViewer();
  const { clearViewer } = useSession();
  const navigate = useNavigate();
  const [{ fetching }, signOut] = useMutation(SignOutDocument);
  const leave = async () => {
    const { error } = await signOut({});
    if (!error) {
      await navigate({ to: '/' });
      clearViewer();
    }
  };
  const name = viewer.name || viewer.email;
  return (
    <div className={classes.bar}>
      <Link to="/account" className={classes.person} title={t('shell.user.settings')}>
        <Avatar size={32} radius="xl" color="pine" name={name} aria-hidden />
        <div className={classes.names}>
          <Text size="sm" fw={600} truncate>
            {name}
          </Text>
          <Text size="xs" c="dimmed" truncate>
            {t('shell.user.settings')}
          </Text>
        </div>
      </Link>
      <ActionIcon
        variant="subtle"
        color="gray"
        size={36}
        loading={fetching}
        aria-label={t('shell.user.signOut')}
        title={t('shell.user.signOut')}
        onClick={() => void leave()}
      >
        <IconLogout size={18} stroke={1.7} aria-hidden />
      </ActionIcon>
    </div>
  );
}
