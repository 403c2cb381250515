import { Skeleton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { IconPlugConnected } from '@tabler/icons-react';
import { CrmForm } from '@/features/crm/components/CrmForm';
import { useCrms } from '@/features/crm/hooks/useCrms';
import { useCan } from '@/features/session/hooks/useCan';
import { EmptyState } from '@/ui/EmptyState';
import { Loaded } from '@/ui/Loaded';

/** How deals of this CRM are counted to advertising. */
export function AnalyticsTab({ crmId }: { crmId: string }) {
  const { t } = useTranslation();
  const canChange = useCan('ADMIN');
  const { result, ask } = useCrms();
  return (
    <Loaded result={result} onRetry={ask} skeleton={<Skeleton height={420} />}>
      {({ crms }) => {
        const crm = crms.find(({ id }) => id === crmId);
        return crm ? (
          <CrmForm key={crm.id} crm={crm} readOnly={!canChange} hasFunnels={false} />
        ) : (
          <div className="panel">
            <EmptyState icon={IconPlugConnected} title={t('crm.page.noneTitle')} />
          </div>
        );
      }}
    </Loaded>
  );
}
