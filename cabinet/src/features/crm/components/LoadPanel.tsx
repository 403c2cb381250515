import { Alert, Group, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/format/useFormat';
import type { CrmFieldsFragment } from '@/graphql/generated/graphql';
import { Fact } from '@/ui/Fact';
import { Facts } from '@/ui/Facts';
import { Moment } from '@/ui/Moment';
import { Panel } from '@/ui/Panel';
import { TextLink } from '@/ui/TextLink';
import { LoadBadge } from './LoadBadge';

/** State and time of the last load, and what it brought. */
export function LoadPanel({ crm }: { crm: CrmFieldsFragment }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { dealsLoad, leadsLoad } = crm;
  return (
    <Panel title={t('crm.load.title')}>
      <div role="status" aria-label={t('crm.load.title')}>
        <Facts>
          <Fact name={t('crm.load.state')}>
            <LoadBadge state={dealsLoad.state} />
          </Fact>
          {dealsLoad.at && (
            <Fact name={t('crm.load.at')}>
              <Moment at={dealsLoad.at} />
            </Fact>
          )}
          <Fact name={t('crm.load.deals')}>
            <Group gap="sm" component="span">
              <span className="numeric">{format.number(crm.dealCount)}</span>
              {crm.dealCount > 0 && (
                <TextLink to="/deals" search={{ crm: crm.id }} size="sm">
                  {t('crm.load.open')}
                </TextLink>
              )}
            </Group>
          </Fact>
          <Fact name={t('crm.load.processing')}>
            <span className="numeric">{format.number(crm.dealsInProcessing)}</span>
            {crm.dealsInProcessing > 0 && (
              <Text size="xs" c="dimmed">
                {t('crm.load.processingHint')}
              </Text>
            )}
          </Fact>
          {leadsLoad.state !== 'NOT_LOADED' && (
            <Fact name={t('crm.load.leads')}>
              <Group gap="sm" component="span">
                <LoadBadge state={leadsLoad.state} />
                {leadsLoad.at && <Moment at={leadsLoad.at} />}
              </Group>
            </Fact>
          )}
        </Facts>
      </div>
      {[dealsLoad, leadsLoad]
        .filter(({ state }) => state === 'ERROR')
        .map(({ error }) => (
          <Alert
            key={error}
            color="red"
            variant="light"
            icon={<IconAlertTriangle aria-hidden />}
            title={t('crm.load.refused')}
          >
            <Text size="sm" className="break">
              {error}
            </Text>
            <Text size="sm" mt={4}>
              {t('crm.load.refusedHint')}{' '}
              <TextLink to="/account/data-api" size="sm" underline="always">
                {t('crm.load.journal')}
              </TextLink>
            </Text>
          </Alert>
        ))}
    </Panel>
  );
}
