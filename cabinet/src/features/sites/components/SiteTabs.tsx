import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import classes from './SiteTabs.module.css';

/** Links to the parts of a site. */
export function SiteTabs({ siteId }: { siteId: string }) {
  const { t } = useTranslation();
  const params = { siteId };
  const current = { activeProps: { className: `${classes.tab} ${classes.current}` }, className: classes.tab };
  return (
    <nav aria-label={t('sites.site.tabs')} className={classes.tabs}>
      <Link to="/sites/$siteId" params={params} activeOptions={{ exact: true }} {...current}>
        {t('sites.tab.snippet')}
      </Link>
      <Link to="/sites/$siteId/goals" params={params} {...current}>
        {t('sites.tab.goals')}
      </Link>
      <Link to="/sites/$siteId/campaigns" params={params} {...current}>
        {t('sites.tab.campaigns')}
      </Link>
      <Link to="/sites/$siteId/settings" params={params} {...current}>
        {t('sites.tab.settings')}
      </Link>
    </nav>
  );
}
