import { Button, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { TokenDialog } from '@/features/tokens/components/TokenDialog';
import { TokensTable } from '@/features/tokens/components/TokensTable';
import { ApiTokensDocument } from '@/graphql/generated/graphql';
import { Loaded } from '@/ui/Loaded';
import { Panel } from '@/ui/Panel';

const context = { additionalTypenames: ['ApiToken'] };

/** Keys for the Data API. */
export function KeysPanel() {
  const { t } = useTranslation();
  const [result, retry] = useQuery({ query: ApiTokensDocument, context });
  const [opened, setOpened] = useState(false);
  return (
    <Panel
      title={t('dataapi.keys.title')}
      lead={t('dataapi.keys.lead')}
      actions={
        <Button size="xs" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setOpened(true)}>
          {t('tokens.list.add')}
        </Button>
      }
    >
      <Loaded result={result} onRetry={() => retry()}>
        {({ apiTokens }) => {
          const keys = apiTokens.filter(({ scopes }) => scopes.includes('DATA_API'));
          return keys.length === 0 ? (
            <Text size="sm" c="dimmed">
              {t('dataapi.keys.empty')}
            </Text>
          ) : (
            <TokensTable tokens={keys} />
          );
        }}
      </Loaded>
      <TokenDialog opened={opened} onClose={() => setOpened(false)} only="DATA_API" />
    </Panel>
  );
}
