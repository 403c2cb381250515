import { Alert, Stack, Text } from '@mantine/core';
import { IconInbox } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useCan } from '@/features/session/hooks/useCan';
import { useFormat } from '@/format/useFormat';
import type { IntegrationJobState } from '@/graphql/generated/graphql';
import { ButtonLink } from '@/ui/ButtonLink';
import { Fact } from '@/ui/Fact';
import { Facts } from '@/ui/Facts';
import { Moment } from '@/ui/Moment';
import { Panel } from '@/ui/Panel';
import { TextLink } from '@/ui/TextLink';
import { needsConnecting } from '../failures';
import { useLocalText } from '../hooks/useLocalText';
import { readIntegrationSearch } from '../journal';
import type { Integration } from '../settings';
import { FailureAlert } from './FailureAlert';
import { ImportPanel } from './ImportPanel';
import { NamePanel } from './NamePanel';
import { SyncBadge } from './SyncBadge';

const counted = ['waiting', 'running', 'done', 'parked', 'cancelled'] as const;

/** How an integration stands. */
export function OverviewTab({ integration }: { integration: Integration }) {
  const { t } = useTranslation();
  const local = useLocalText();
  const format = useFormat();
  const isAdmin = useCan('ADMIN');
  const { id, sync, counts, crm, driver, state } = integration;
  const params = { integrationId: id };
  const readsDeals = driver.capabilities.includes('DEALS_IN');
  return (
    <Stack gap="md">
      {counts.parked > 0 && (
        <Alert
          color="orange"
          variant="light"
          role="group"
          icon={<IconInbox aria-hidden />}
          title={t('integrations.list.parked', { count: counts.parked })}
        >
          <Stack gap={6} align="flex-start">
            <Text size="sm">{t('integrations.overview.parkedHint')}</Text>
            {isAdmin && (
              <TextLink
                to="/integrations/$integrationId"
                params={params}
                search={readIntegrationSearch({ tab: 'journal', states: 'PARKED' })}
                size="sm"
                underline="always"
              >
                {t('integrations.overview.toParked')}
              </TextLink>
            )}
          </Stack>
        </Alert>
      )}
      {readsDeals && (
        <Panel title={t('integrations.overview.sync')}>
          <div role="status" aria-label={t('integrations.overview.sync')}>
            <Facts>
              <Fact name={t('integrations.overview.state')}>
                <SyncBadge state={sync.state} />
              </Fact>
              {sync.at && (
                <Fact name={t('integrations.overview.at')}>
                  <Moment at={sync.at} />
                </Fact>
              )}
              {crm && (
                <Fact name={t('integrations.overview.deals')}>
                  <span className="numeric">{format.number(crm.dealCount)}</span>{' '}
                  {crm.dealCount > 0 && (
                    <TextLink to="/deals" search={{ crm: crm.id }} size="sm">
                      {t('integrations.overview.openDeals')}
                    </TextLink>
                  )}
                </Fact>
              )}
            </Facts>
          </div>
          {sync.failure && (
            <FailureAlert failure={sync.failure}>
              {isAdmin && needsConnecting(sync.failure) && (
                <ButtonLink
                  to="/integrations/$integrationId/connect"
                  params={params}
                  size="xs"
                  variant="default"
                >
                  {t('integrations.action.reconnect')}
                </ButtonLink>
              )}
            </FailureAlert>
          )}
          <ImportPanel integration={integration} canStart={isAdmin && state === 'ACTIVE'} />
        </Panel>
      )}
      <Panel title={t('integrations.overview.jobs')} lead={t('integrations.overview.jobsHint')}>
        <Facts>
          {counted.map((name) => (
            <Fact key={name} name={t(`integrations.jobState.${name.toUpperCase() as IntegrationJobState}`)}>
              <span className="numeric">{format.number(counts[name])}</span>
            </Fact>
          ))}
        </Facts>
      </Panel>
      <Panel title={t('integrations.overview.brings')} lead={local(driver.summary)}>
        <Text size="sm">
          {driver.capabilities
            .filter((capability) => capability !== 'OPTIONS')
            .map((capability) => t(`integrations.capability.${capability}`))
            .join(' · ')}
        </Text>
      </Panel>
      {isAdmin && <NamePanel integration={integration} />}
    </Stack>
  );
}
