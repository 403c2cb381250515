import { Button, Group, List, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconPlayerPause, IconPlayerPlay, IconPlugConnected, IconRefresh } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type CombinedError, useMutation } from 'urql';
import { useCan } from '@/features/session/hooks/useCan';
import {
  ActivateIntegrationDocument,
  DisconnectIntegrationDocument,
  PauseIntegrationDocument,
  SyncIntegrationDocument,
  TestIntegrationDocument,
  type TestIntegrationMutation,
} from '@/graphql/generated/graphql';
import { ButtonLink } from '@/ui/ButtonLink';
import { ConfirmButton } from '@/ui/ConfirmButton';
import { useIntegrationName } from '../hooks/useIntegrationName';
import { readConnectSearch } from '../journal';
import { reachedStep, rememberStep } from '../progress';
import { type Integration, storedValues, textOf } from '../settings';
import { FailureAlert } from './FailureAlert';
import { IntegrationProblem } from './IntegrationProblem';
import { TestResult } from './TestResult';

const context = { additionalTypenames: ['Integration', 'IntegrationJob'] };
const everything = { additionalTypenames: ['Integration', 'IntegrationJob', 'Crm', 'Funnel', 'Deal'] };

type Action = 'activate' | 'pause' | 'sync' | 'test';

/** What can be done with an integration as it stands. */
export function IntegrationActions({ integration }: { integration: Integration }) {
  const { t } = useTranslation();
  const nameOf = useIntegrationName();
  const isAdmin = useCan('ADMIN');
  const navigate = useNavigate();
  const [running, setRunning] = useState<Action>();
  const [error, setError] = useState<CombinedError>();
  const [tested, setTested] = useState<TestIntegrationMutation['testIntegration']>();
  const [, activate] = useMutation(ActivateIntegrationDocument);
  const [, pause] = useMutation(PauseIntegrationDocument);
  const [, sync] = useMutation(SyncIntegrationDocument);
  const [, test] = useMutation(TestIntegrationDocument);
  const [, disconnect] = useMutation(DisconnectIntegrationDocument);
  const { id, state, driver } = integration;
  const input = { id };
  if (!isAdmin) {
    return null;
  }
  const run = async (action: Action, done: string, send: () => Promise<{ error?: CombinedError }>) => {
    setRunning(action);
    setTested(undefined);
    setError(undefined);
    const answer = await send();
    setRunning(undefined);
    setError(answer.error);
    if (!answer.error) {
      notifications.show({ message: done });
    }
  };
  const check = async () => {
    setRunning('test');
    setTested(undefined);
    setError(undefined);
    const { data, error } = await test({ input });
    setRunning(undefined);
    setError(error);
    setTested(data?.testIntegration);
  };
  const button = (action: Action) => ({
    variant: 'default',
    loading: running === action,
    disabled: running !== undefined && running !== action,
  });
  const isNew = state === 'DRAFT';
  const readsDeals =
    driver.capabilities.includes('DEALS_IN') && textOf(storedValues(integration), 'deals_in') !== 'false';
  return (
    <Stack gap="sm">
      <Group gap="xs">
        {(isNew || state === 'BROKEN') && (
          <ButtonLink
            to="/integrations/$integrationId/connect"
            params={{ integrationId: id }}
            search={isNew ? readConnectSearch({ step: reachedStep(id) }) : {}}
          >
            {t(isNew ? 'integrations.list.continue' : 'integrations.action.reconnect')}
          </ButtonLink>
        )}
        {(state === 'PAUSED' || state === 'BROKEN') && (
          <Button
            {...button('activate')}
            leftSection={<IconPlayerPlay size={16} aria-hidden />}
            onClick={() =>
              void run('activate', t('integrations.action.activated'), () => activate({ input }, context))
            }
          >
            {t('integrations.action.activate')}
          </Button>
        )}
        {!isNew && (
          <Button
            {...button('test')}
            leftSection={<IconPlugConnected size={16} aria-hidden />}
            onClick={() => void check()}
          >
            {t('integrations.action.test')}
          </Button>
        )}
        {state === 'ACTIVE' && readsDeals && (
          <Button
            {...button('sync')}
            leftSection={<IconRefresh size={16} aria-hidden />}
            onClick={() => void run('sync', t('integrations.action.synced'), () => sync({ input }, context))}
          >
            {t('integrations.action.sync')}
          </Button>
        )}
        {state === 'ACTIVE' && (
          <Button
            {...button('pause')}
            leftSection={<IconPlayerPause size={16} aria-hidden />}
            onClick={() =>
              void run('pause', t('integrations.action.paused'), () => pause({ input }, context))
            }
          >
            {t('integrations.action.pause')}
          </Button>
        )}
        <ConfirmButton
          color="red"
          variant="subtle"
          title={t('integrations.disconnect.title', {
            name: nameOf(integration.name, integration.driver.title),
          })}
          text={<DisconnectText isNew={isNew} />}
          confirm={t('integrations.action.disconnect')}
          action={async () => {
            const answer = await disconnect({ input }, everything);
            if (!answer.error) {
              rememberStep(id, null);
              await navigate({ to: '/integrations' });
            }
            return answer.error;
          }}
        >
          {t('integrations.action.disconnect')}
        </ConfirmButton>
      </Group>
      <IntegrationProblem error={error} />
      {tested?.failure && <FailureAlert failure={tested.failure} isNews />}
      {tested?.account && <TestResult account={tested.account} />}
    </Stack>
  );
}

function DisconnectText({ isNew }: { isNew: boolean }) {
  const { t } = useTranslation();
  if (isNew) {
    return t('integrations.disconnect.draft');
  }
  return (
    <Stack gap="xs">
      <div>
        <Text fw={600}>{t('integrations.disconnect.lost')}</Text>
        <List size="sm">
          <List.Item>{t('integrations.disconnect.lostKeys')}</List.Item>
          <List.Item>{t('integrations.disconnect.lostJournal')}</List.Item>
          <List.Item>{t('integrations.disconnect.lostJobs')}</List.Item>
        </List>
      </div>
      <div>
        <Text fw={600}>{t('integrations.disconnect.stays')}</Text>
        <List size="sm">
          <List.Item>{t('integrations.disconnect.staysDeals')}</List.Item>
          <List.Item>{t('integrations.disconnect.staysThere')}</List.Item>
        </List>
      </div>
    </Stack>
  );
}
