import { Alert, Skeleton, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type CombinedError, useMutation } from 'urql';
import {
  FinishIntegrationAuthorizationDocument,
  type FinishIntegrationAuthorizationMutation,
} from '@/graphql/generated/graphql';
import { ButtonLink } from '@/ui/ButtonLink';
import { Page } from '@/ui/Page';
import { BackToList } from '../components/BackToList';
import { FailureAlert } from '../components/FailureAlert';
import { IntegrationProblem } from '../components/IntegrationProblem';
import { readConnectSearch } from '../journal';
import { reachedStep } from '../progress';

type Result = FinishIntegrationAuthorizationMutation['finishIntegrationAuthorization'];

/** Where a system leads back to after a person let us in: hands over what it gave, and goes on with the wizard. */
export function AuthorizedPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [, finish] = useMutation(FinishIntegrationAuthorizationDocument);
  const [refused, setRefused] = useState<Result>();
  const [error, setError] = useState<CombinedError>();
  const started = useRef(false);
  useEffect(() => {
    // What the system gave is good for one use.
    if (started.current) {
      return;
    }
    started.current = true;
    const query = [...new URLSearchParams(window.location.search)].map(([name, value]) => ({ name, value }));
    void finish({ input: { query } }).then(({ data, error }) => {
      const result = data?.finishIntegrationAuthorization;
      if (!result || result.failure) {
        setRefused(result);
        setError(error);
        return;
      }
      const { id, state } = result.integration;
      const params = { integrationId: id };
      notifications.show({
        title: t('integrations.authorize.granted'),
        message: result.account?.name ?? '',
      });
      if (state === 'ACTIVE' || state === 'PAUSED') {
        void navigate({ to: '/integrations/$integrationId', params, replace: true });
      } else {
        const search = readConnectSearch({ step: reachedStep(id) });
        void navigate({ to: '/integrations/$integrationId/connect', params, search, replace: true });
      }
    });
  }, [finish, navigate, t]);
  return (
    <Page title={t('integrations.authorize.title')} above={<BackToList />}>
      <div className="panel">
        {refused?.failure ? (
          <Stack align="flex-start">
            {wasDenied() ? (
              <Alert color="orange" variant="light" role="alert" title={t('integrations.authorize.denied')}>
                {t('integrations.authorize.deniedText')}
              </Alert>
            ) : (
              <FailureAlert failure={refused.failure} isNews />
            )}
            <ButtonLink
              to="/integrations/$integrationId/connect"
              params={{ integrationId: refused.integration.id }}
              search={readConnectSearch({ step: reachedStep(refused.integration.id) })}
            >
              {t('integrations.authorize.back')}
            </ButtonLink>
          </Stack>
        ) : error ? (
          <Stack align="flex-start">
            <IntegrationProblem error={error} />
            <ButtonLink to="/integrations">{t('integrations.authorize.toList')}</ButtonLink>
          </Stack>
        ) : (
          <Stack gap="sm" role="status" aria-busy="true">
            <Text>{t('integrations.authorize.finishing')}</Text>
            <Skeleton height={24} />
          </Stack>
        )}
      </div>
    </Page>
  );
}

/** Whether the person declined: nothing failed then. */
function wasDenied(): boolean {
  return new URLSearchParams(window.location.search).get('error') === 'access_denied';
}
