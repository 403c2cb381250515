import {
  IconBroadcast,
  IconHome,
  IconKey,
  IconMessages,
  IconShieldX,
  IconUsers,
  IconUsersGroup,
  IconWorld,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useCan } from '@/features/session/hooks/useCan';
import { NavigationLink } from './NavigationLink';
import classes from './Navigation.module.css';

/** Links to the cabinet's pages, those the role may open. */
export function Navigation() {
  const { t } = useTranslation();
  const isAnalyst = useCan('ANALYST');
  const isAdmin = useCan('ADMIN');
  return (
    <nav className={classes.nav} aria-label={t('shell.nav.label')}>
      <ul className={classes.list}>
        <NavigationLink to="/" exact icon={IconHome} label={t('shell.nav.overview')} />
        <NavigationLink to="/visitors/live" exact icon={IconBroadcast} label={t('shell.nav.live')} />
        <NavigationLink
          to="/visitors"
          icon={IconUsersGroup}
          label={t('shell.nav.visitors')}
          not="/visitors/live"
        />
        <NavigationLink to="/communications" icon={IconMessages} label={t('shell.nav.communications')} />
      </ul>
      <p className={classes.heading} id="nav-setup">
        {t('shell.nav.setup')}
      </p>
      <ul className={classes.list} aria-labelledby="nav-setup">
        <NavigationLink to="/sites" icon={IconWorld} label={t('shell.nav.sites')} />
        {isAnalyst && <NavigationLink to="/refusals" icon={IconShieldX} label={t('shell.nav.refusals')} />}
        {isAdmin && <NavigationLink to="/users" icon={IconUsers} label={t('shell.nav.users')} />}
        <NavigationLink to="/tokens" icon={IconKey} label={t('shell.nav.tokens')} />
      </ul>
    </nav>
  );
}
