import { Avatar, Group, Menu, Text, UnstyledButton } from '@mantine/core';
import { IconLogout, IconSelector, IconUserCog } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
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
  const [, signOut] = useMutation(SignOutDocument);
  const leave = async () => {
    const { error } = await signOut({});
    if (!error) {
      await navigate({ to: '/' });
      clearViewer();
    }
  };
  const name = viewer.name || viewer.email;
  return (
    <Menu position="top-start" width={208} shadow="md">
      <Menu.Target>
        <UnstyledButton className={classes.button} aria-label={t('shell.user.menu', { name })}>
          <Group wrap="nowrap" gap={10}>
            <Avatar size={32} radius="xl" color="pine" name={name} aria-hidden />
            <div className={classes.names}>
              <Text size="sm" fw={600} truncate>
                {name}
              </Text>
              <Text size="xs" c="dimmed" truncate>
                {viewer.account.name}
              </Text>
            </div>
            <IconSelector size={16} aria-hidden />
          </Group>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconUserCog size={16} aria-hidden />}
          onClick={() => void navigate({ to: '/account' })}
        >
          {t('shell.user.settings')}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void leave()}>
          {t('shell.user.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
