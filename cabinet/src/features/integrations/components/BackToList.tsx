import { useTranslation } from 'react-i18next';
import { TextLink } from '@/ui/TextLink';

/** The way back to the catalogue. */
export function BackToList() {
  const { t } = useTranslation();
  return (
    <TextLink to="/integrations" size="sm" style={{ alignSelf: 'flex-start' }}>
      {t('integrations.list.title')}
    </TextLink>
  );
}
