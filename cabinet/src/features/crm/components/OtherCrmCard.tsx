import { Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/format/useFormat';
import { ButtonLink } from '@/ui/ButtonLink';
import { Loaded } from '@/ui/Loaded';
import { Moment } from '@/ui/Moment';
import { useCrms } from '../hooks/useCrms';
import { LoadBadge } from './LoadBadge';

/** The CRM that passes its deals by itself, among the systems of the catalogue. */
export function OtherCrmCard() {
  const { t } = useTranslation();
  const format = useFormat();
  const { result, ask } = useCrms();
  return (
    <Stack className="panel" component="li" gap="sm" justify="space-between">
      <Loaded result={result} onRetry={ask} skeleton={<Skeleton height={140} />}>
        {({ crms }) => {
          const own = crms.filter(({ kind }) => kind === 'CUSTOM');
          const crm = own.find(({ dealCount }) => dealCount > 0) ?? own[0];
          const isConnected =
            crm !== undefined && (crm.dealCount > 0 || crm.dealsLoad.state !== 'NOT_LOADED');
          return (
            <>
              <Stack gap="sm">
                <Group justify="space-between" wrap="nowrap" align="flex-start">
                  <Title order={3} size="h4">
                    {t('crm.page.title')}
                  </Title>
                  {crm && isConnected && <LoadBadge state={crm.dealsLoad.state} />}
                </Group>
                <Text size="sm">{t('crm.list.otherText')}</Text>
                {crm && isConnected && (
                  <Text size="sm">
                    {t('crm.list.deals', { count: crm.dealCount, number: format.number(crm.dealCount) })}
                    {crm.dealsLoad.at && (
                      <>
                        {' · '}
                        <Moment at={crm.dealsLoad.at} />
                      </>
                    )}
                  </Text>
                )}
              </Stack>
              <div>
                <ButtonLink to="/integrations/other-crm" variant={isConnected ? 'default' : 'filled'}>
                  {isConnected ? t('crm.list.settings') : t('crm.list.connect')}
                </ButtonLink>
              </div>
            </>
          );
        }}
      </Loaded>
    </Stack>
  );
}
