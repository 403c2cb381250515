import { Group, SimpleGrid, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconPlugConnected } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/format/useFormat';
import { ButtonLink } from '@/ui/ButtonLink';
import { Loaded } from '@/ui/Loaded';
import { Moment } from '@/ui/Moment';
import { Page } from '@/ui/Page';
import { LoadBadge } from '../components/LoadBadge';
import { useCrms } from '../hooks/useCrms';

/** What can be connected. */
export function IntegrationsPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const { result, ask } = useCrms();
  return (
    <Page title={t('crm.list.title')} lead={t('crm.list.lead')}>
      <Loaded result={result} onRetry={ask} skeleton={<Skeleton height={180} />}>
        {({ crms }) => {
          const own = crms.filter(({ kind }) => kind === 'CUSTOM');
          const crm = own.find(({ dealCount }) => dealCount > 0) ?? own[0];
          const isConnected =
            crm !== undefined && (crm.dealCount > 0 || crm.dealsLoad.state !== 'NOT_LOADED');
          return (
            <SimpleGrid
              cols={{ base: 1, sm: 2, lg: 3 }}
              component="ul"
              p={0}
              m={0}
              style={{ listStyle: 'none' }}
            >
              <Stack className="panel" component="li" gap="sm" justify="space-between">
                <Stack gap="sm">
                  <Group justify="space-between" wrap="nowrap" align="flex-start">
                    <Group gap="xs" wrap="nowrap">
                      <IconPlugConnected size={22} aria-hidden />
                      <Title order={2} size="h4">
                        {t('crm.page.title')}
                      </Title>
                    </Group>
                    {crm && isConnected && <LoadBadge state={crm.dealsLoad.state} />}
                  </Group>
                  <Text size="sm" c="dimmed">
                    {t('crm.list.otherText')}
                  </Text>
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
              </Stack>
            </SimpleGrid>
          );
        }}
      </Loaded>
    </Page>
  );
}
