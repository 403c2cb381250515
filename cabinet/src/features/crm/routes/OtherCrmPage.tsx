import { Select, Skeleton, Stack, Tabs } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCan } from '@/features/session/hooks/useCan';
import { EmptyState } from '@/ui/EmptyState';
import { Loaded } from '@/ui/Loaded';
import { Page } from '@/ui/Page';
import { TextLink } from '@/ui/TextLink';
import { IconPlugConnected } from '@tabler/icons-react';
import { CrmForm } from '../components/CrmForm';
import { LoadPanel } from '../components/LoadPanel';
import { NothingPassed } from '../components/NothingPassed';
import { useCrms } from '../hooks/useCrms';

/** Settings of a CRM that passes its deals by the Data API. */
export function OtherCrmPage() {
  const { t } = useTranslation();
  const canChange = useCan('ADMIN');
  const { result, ask } = useCrms();
  const [chosen, setChosen] = useState<string>();
  return (
    <Page
      title={t('crm.page.title')}
      lead={t('crm.page.lead')}
      above={
        <TextLink to="/integrations" size="sm" style={{ alignSelf: 'flex-start' }}>
          {t('integrations.list.title')}
        </TextLink>
      }
    >
      <Tabs value="analytics">
        <Tabs.List mb="md">
          <Tabs.Tab value="analytics">{t('crm.page.analytics')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="analytics">
          <Loaded result={result} onRetry={ask} skeleton={<Skeleton height={420} />}>
            {({ crms }) => {
              const own = crms.filter(({ kind }) => kind === 'CUSTOM');
              const crm = own.find(({ id }) => id === chosen) ?? own[0];
              if (!crm) {
                return (
                  <div className="panel">
                    <EmptyState
                      icon={IconPlugConnected}
                      title={t('crm.page.noneTitle')}
                      text={t('crm.page.noneText')}
                    />
                  </div>
                );
              }
              const wasPassed = crm.dealCount > 0 || crm.dealsLoad.state !== 'NOT_LOADED';
              return (
                <Stack gap="md">
                  {own.length > 1 && (
                    <Select
                      label={t('crm.page.which')}
                      allowDeselect={false}
                      maw={360}
                      data={own.map(({ id, name }) => ({ value: id, label: name }))}
                      value={crm.id}
                      onChange={(id) => setChosen(id ?? undefined)}
                    />
                  )}
                  {wasPassed ? <LoadPanel crm={crm} /> : <NothingPassed />}
                  <CrmForm key={crm.id} crm={crm} readOnly={!canChange} />
                </Stack>
              );
            }}
          </Loaded>
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
