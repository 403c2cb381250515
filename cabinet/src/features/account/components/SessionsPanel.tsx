import { Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { MySessionsDocument } from '@/graphql/generated/graphql';
import { Loaded } from '@/ui/Loaded';
import { Panel } from '@/ui/Panel';
import { RowsSkeleton } from '@/ui/RowsSkeleton';
import { SessionRow } from './SessionRow';

const context = { additionalTypenames: ['SignInSession'] };

/** Where one is signed in. */
export function SessionsPanel() {
  const { t } = useTranslation();
  const [result, retry] = useQuery({ query: MySessionsDocument, context });
  return (
    <Panel title={t('account.sessions.title')} lead={t('account.sessions.lead')}>
      <Loaded result={result} onRetry={() => retry()} skeleton={<RowsSkeleton rows={2} height={48} />}>
        {({ mySessions }) => (
          <Stack component="ul" gap="md" p={0} m={0} style={{ listStyle: 'none' }}>
            {mySessions.map((session) => (
              <SessionRow key={session.id} session={session} />
            ))}
          </Stack>
        )}
      </Loaded>
    </Panel>
  );
}
