import { Button, Modal } from '@mantine/core';
import { IconUserPlus, IconUsers } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { UsersDocument } from '@/graphql/generated/graphql';
import { EmptyState } from '@/ui/EmptyState';
import { Loaded } from '@/ui/Loaded';
import { Page } from '@/ui/Page';
import { InvitationLinkView } from '../components/InvitationLinkView';
import { InviteForm } from '../components/InviteForm';
import { type InvitationLink, UsersTable } from '../components/UsersTable';

const context = { additionalTypenames: ['User'] };

/** The users of the account. */
export function UsersPage() {
  const { t } = useTranslation();
  const [result, retry] = useQuery({ query: UsersDocument, context });
  const [dialog, setDialog] = useState<InvitationLink | 'form'>();
  return (
    <Page
      title={t('users.list.title')}
      lead={t('users.list.lead')}
      actions={
        <Button leftSection={<IconUserPlus size={16} aria-hidden />} onClick={() => setDialog('form')}>
          {t('users.list.invite')}
        </Button>
      }
    >
      <div className="panel panel-flush">
        <Loaded result={result} onRetry={() => retry()}>
          {({ users }) =>
            users.length === 0 ? (
              <EmptyState icon={IconUsers} title={t('users.list.emptyTitle')} />
            ) : (
              <UsersTable users={users} onLink={setDialog} />
            )
          }
        </Loaded>
      </div>
      <Modal
        opened={dialog !== undefined}
        onClose={() => setDialog(undefined)}
        title={t('users.invite.title')}
        closeButtonProps={{ 'aria-label': t('common.action.close') }}
      >
        {dialog === 'form' && <InviteForm onInvited={setDialog} />}
        {typeof dialog === 'object' && <InvitationLinkView link={dialog} />}
      </Modal>
    </Page>
  );
}
