import { Badge, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { UserFieldsFragment } from '@/graphql/generated/graphql';
import { Moment } from '@/ui/Moment';
import { UserActions } from './UserActions';
import { UserRole } from './UserRole';

interface UsersTableProps {
  users: UserFieldsFragment[];
  /** A new invitation link was made for somebody. */
  onLink: (link: InvitationLink) => void;
}

/** A link to hand to an invited person. */
export interface InvitationLink {
  email: string;
  inviteUrl: string;
  expiresAt: string;
}

const colors = { ACTIVE: 'green', INVITED: 'yellow', BLOCKED: 'red' };

/** The users of the account with what may be done to them. */
export function UsersTable({ users, onLink }: UsersTableProps) {
  const { t } = useTranslation();
  return (
    <div className="table-scroll" role="region" aria-label={t('users.list.title')} tabIndex={0}>
      <Table verticalSpacing="sm" horizontalSpacing="md" miw={860}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('users.list.user')}</Table.Th>
            <Table.Th>{t('users.list.role')}</Table.Th>
            <Table.Th>{t('users.list.status')}</Table.Th>
            <Table.Th>{t('users.list.lastSignIn')}</Table.Th>
            <Table.Th ta="right">{t('common.field.actions')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {users.map((user) => (
            <Table.Tr key={user.id}>
              <Table.Td maw={260}>
                <Text size="sm" fw={600} className="break">
                  {user.name || user.email}
                </Text>
                {user.name && (
                  <Text size="xs" c="dimmed" className="break">
                    {user.email}
                  </Text>
                )}
              </Table.Td>
              <Table.Td>
                <UserRole user={user} />
              </Table.Td>
              <Table.Td>
                <Badge variant="light" color={colors[user.status]} tt="none">
                  {t(`users.status.${user.status}`)}
                </Badge>
              </Table.Td>
              <Table.Td>{user.lastSignInAt ? <Moment at={user.lastSignInAt} /> : '—'}</Table.Td>
              <Table.Td>
                <UserActions user={user} onLink={onLink} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
