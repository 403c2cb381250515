import { useTranslation } from 'react-i18next';
import { Page } from '@/ui/Page';
import { ColumnsPanel } from '../components/ColumnsPanel';
import { ManualPanel } from '../components/ManualPanel';
import { UploadPanel } from '../components/UploadPanel';

/** Costs of campaigns: from a file or by hand. */
export function CostsPage() {
  const { t } = useTranslation();
  return (
    <Page title={t('costs.page.title')} lead={t('costs.page.lead')}>
      <UploadPanel />
      <ColumnsPanel />
      <ManualPanel />
    </Page>
  );
}
