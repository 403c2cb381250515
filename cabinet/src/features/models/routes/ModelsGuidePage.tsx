import { useTranslation } from 'react-i18next';
import { Page } from '@/ui/Page';
import { ButtonLink } from '@/ui/ButtonLink';
import { ExamplePathTable } from '../components/ExamplePathTable';
import { ModelFamilies } from '../components/ModelFamilies';
import { OwnModels } from '../components/OwnModels';
import { SettingsPanel } from '../components/SettingsPanel';

/** How each attribution model divides a deal; the account's own models and settings. */
export function ModelsGuidePage() {
  const { t } = useTranslation();
  return (
    <Page
      title={t('models.page.title')}
      lead={t('models.page.lead')}
      actions={
        <ButtonLink to="/reports/models" variant="default">
          {t('models.page.compare')}
        </ButtonLink>
      }
    >
      <ExamplePathTable />
      <ModelFamilies />
      <OwnModels />
      <SettingsPanel />
    </Page>
  );
}
