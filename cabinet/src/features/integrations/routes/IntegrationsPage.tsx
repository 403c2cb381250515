import { SimpleGrid, Skeleton, Stack, Title } from '@mantine/core';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { OtherCrmCard } from '@/features/crm/components/OtherCrmCard';
import { IntegrationDriversDocument, type IntegrationCategory } from '@/graphql/generated/graphql';
import { Loaded } from '@/ui/Loaded';
import { Page } from '@/ui/Page';
import { DriverCard } from '../components/DriverCard';
import { useAskAgain } from '../hooks/useAskAgain';

const categories = ['CRM', 'TELEPHONY', 'ANALYTICS'] as const satisfies IntegrationCategory[];
const every = 15_000;
const context = { additionalTypenames: ['Integration'] };

/** All systems that can be attached, by what they are for. */
export function IntegrationsPage() {
  const { t } = useTranslation();
  const [result, ask] = useQuery({ query: IntegrationDriversDocument, context });
  const again = useCallback(() => ask({ requestPolicy: 'network-only' }), [ask]);
  useAskAgain(again, every);
  return (
    <Page title={t('integrations.list.title')} lead={t('integrations.list.lead')}>
      <Loaded result={result} onRetry={again} skeleton={<Skeleton height={240} />}>
        {({ integrationDrivers: drivers, integrations }) => (
          <Stack gap="xl">
            {categories
              .filter(
                (category) => category === 'CRM' || drivers.some((driver) => driver.category === category),
              )
              .map((category) => (
                <section key={category} aria-labelledby={`category-${category}`}>
                  <Title order={2} size="h3" id={`category-${category}`} mb="sm">
                    {t(`integrations.category.${category}`)}
                  </Title>
                  <SimpleGrid
                    cols={{ base: 1, sm: 2, lg: 3 }}
                    component="ul"
                    p={0}
                    m={0}
                    style={{ listStyle: 'none' }}
                  >
                    {drivers
                      .filter((driver) => driver.category === category)
                      .map((driver) => (
                        <DriverCard
                          key={driver.kind}
                          driver={driver}
                          integrations={integrations.filter(
                            (integration) => integration.driver.kind === driver.kind,
                          )}
                        />
                      ))}
                    {category === 'CRM' && <OtherCrmCard />}
                  </SimpleGrid>
                </section>
              ))}
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}
