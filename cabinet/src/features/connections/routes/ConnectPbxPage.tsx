import { useTranslation } from 'react-i18next';
import { Page } from '@/ui/Page';
import { TextLink } from '@/ui/TextLink';
import { ConnectWizard } from '../components/ConnectWizard';

/** Attaches a PBX or provider. */
export function ConnectPbxPage() {
  const { t } = useTranslation();
  return (
    <Page
      title={t('connections.wizard.title')}
      above={
        <TextLink to="/telephony" size="sm" style={{ alignSelf: 'flex-start' }}>
          {t('connections.list.title')}
        </TextLink>
      }
    >
      <div className="panel">
        <ConnectWizard />
      </div>
    </Page>
  );
}
