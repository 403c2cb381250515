import { Button } from '@mantine/core';
import { IconKey, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { ApiTokensDocument } from '@/graphql/generated/graphql';
import { EmptyState } from '@/ui/EmptyState';
import { Loaded } from '@/ui/Loaded';
import { Page } from '@/ui/Page';
import { TokenDialog } from '../components/TokenDialog';
import { TokensTable } from '../components/TokensTable';

const context = { additionalTypenames: ['ApiToken'] };

/** Keys for programs. */
export function TokensPage() {
  const { t } = useTranslation();
  const [result, retry] = useQuery({ query: ApiTokensDocument, context });
  const [opened, setOpened] = useState(false);
  return (
    <Page
      title={t('tokens.list.title')}
      lead={t('tokens.list.lead')}
      actions={
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setOpened(true)}>
          {t('tokens.list.add')}
        </Button>
      }
    >
      <div className="panel panel-flush">
        <Loaded result={result} onRetry={() => retry()}>
          {({ apiTokens }) =>
            apiTokens.length === 0 ? (
              <EmptyState
                icon={IconKey}
                title={t('tokens.list.emptyTitle')}
                text={t('tokens.list.emptyText')}
              />
            ) : (
              <TokensTable tokens={apiTokens} />
            )
          }
        </Loaded>
      </div>
      <TokenDialog opened={opened} onClose={() => setOpened(false)} />
    </Page>
  );
}
