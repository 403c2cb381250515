import { IconMapOff } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { ButtonLink } from '@/ui/ButtonLink';
import { EmptyState } from '@/ui/EmptyState';
import { Page } from '@/ui/Page';

/** For addresses that lead nowhere. */
export function NotFound() {
  const { t } = useTranslation();
  return (
    <Page title={t('errors.notFound.title')}>
      <div className="panel">
        <EmptyState
          icon={IconMapOff}
          title={t('errors.notFound.heading')}
          text={t('errors.notFound.text')}
          action={<ButtonLink to="/">{t('errors.notFound.action')}</ButtonLink>}
        />
      </div>
    </Page>
  );
}
