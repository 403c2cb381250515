import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import classes from '@/features/sites/components/SiteTabs.module.css';

/** Links to the pages of calltracking; the chosen site goes along. */
export function PoolsTabs({ site }: { site: string | undefined }) {
  const { t } = useTranslation();
  const search = site ? { site } : {};
  const current = { activeProps: { className: `${classes.tab} ${classes.current}` }, className: classes.tab };
  const active = { activeOptions: { exact: true, includeSearch: false } };
  return (
    <nav aria-label={t('pools.tab.label')} className={classes.tabs}>
      <Link to="/pools" search={search} {...active} {...current}>
        {t('pools.tab.pools')}
      </Link>
      <Link to="/pools/blocks" search={search} {...active} {...current}>
        {t('pools.tab.blocks')}
      </Link>
      <Link to="/pools/settings" search={search} {...active} {...current}>
        {t('pools.tab.settings')}
      </Link>
    </nav>
  );
}
