import {
  IconApi,
  IconArrowsExchange,
  IconArrowsSplit,
  IconBriefcase,
  IconBroadcast,
  IconChartFunnel,
  IconClockHour9,
  IconCoins,
  IconDialpad,
  IconHeadset,
  IconHelpCircle,
  IconHome,
  IconKey,
  IconMessages,
  IconPhone,
  IconPhoneCall,
  IconPhoneOff,
  IconPlug,
  IconPlugConnected,
  IconReport,
  IconRoute,
  IconScale,
  IconShieldX,
  IconSitemap,
  IconUserQuestion,
  IconUsers,
  IconUsersGroup,
  IconWorld,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useAttention } from '@/features/integrations/hooks/useAttention';
import { useCan } from '@/features/session/hooks/useCan';
import { NavigationLink } from './NavigationLink';
import classes from './Navigation.module.css';

/** Links to the cabinet's pages, those the role may open. */
export function Navigation() {
  const { t } = useTranslation();
  const isAnalyst = useCan('ANALYST');
  const isAdmin = useCan('ADMIN');
  const attention = useAttention(isAnalyst);
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
        <NavigationLink to="/deals" icon={IconBriefcase} label={t('shell.nav.deals')} />
      </ul>
      <p className={classes.heading} id="nav-calls">
        {t('shell.nav.calls')}
      </p>
      <ul className={classes.list} aria-labelledby="nav-calls">
        <NavigationLink to="/calls" icon={IconPhone} label={t('shell.nav.callList')} />
        <NavigationLink to="/monitor" icon={IconPhoneCall} label={t('shell.nav.callMonitor')} />
        <NavigationLink to="/employees" exact icon={IconHeadset} label={t('shell.nav.employees')} />
        {isAdmin && (
          <>
            <NavigationLink
              to="/employees/groups"
              icon={IconUsersGroup}
              label={t('shell.nav.employeeGroups')}
            />
            <NavigationLink
              to="/employees/statuses"
              icon={IconUserQuestion}
              label={t('shell.nav.employeeStatuses')}
            />
            <NavigationLink to="/employees/hours" icon={IconClockHour9} label={t('shell.nav.schedules')} />
          </>
        )}
        {isAnalyst && (
          <>
            <NavigationLink to="/scenarios" icon={IconSitemap} label={t('shell.nav.scenarios')} />
            <NavigationLink to="/numbers" icon={IconDialpad} label={t('shell.nav.numbers')} />
            <NavigationLink to="/pools" icon={IconArrowsExchange} label={t('shell.nav.pools')} />
          </>
        )}
        <NavigationLink to="/blacklist" icon={IconPhoneOff} label={t('shell.nav.blacklist')} />
        {isAnalyst && <NavigationLink to="/telephony" icon={IconPlug} label={t('shell.nav.telephony')} />}
      </ul>
      {isAnalyst && (
        <>
          <p className={classes.heading} id="nav-reports">
            {t('shell.nav.reports')}
          </p>
          <ul className={classes.list} aria-labelledby="nav-reports">
            <NavigationLink to="/reports/end-to-end" icon={IconRoute} label={t('shell.nav.endToEnd')} />
            <NavigationLink to="/reports/summary" icon={IconReport} label={t('shell.nav.summary')} />
            <NavigationLink to="/reports/deals" icon={IconChartFunnel} label={t('shell.nav.dealAnalysis')} />
            <NavigationLink
              to="/reports/associated"
              icon={IconArrowsSplit}
              label={t('shell.nav.associated')}
            />
            <NavigationLink to="/reports/models" icon={IconScale} label={t('shell.nav.models')} />
            <NavigationLink
              to="/reports/models-guide"
              icon={IconHelpCircle}
              label={t('shell.nav.modelsGuide')}
            />
            <NavigationLink to="/costs" icon={IconCoins} label={t('shell.nav.costs')} />
          </ul>
        </>
      )}
      <p className={classes.heading} id="nav-setup">
        {t('shell.nav.setup')}
      </p>
      <ul className={classes.list} aria-labelledby="nav-setup">
        <NavigationLink to="/sites" icon={IconWorld} label={t('shell.nav.sites')} />
        {isAnalyst && (
          <NavigationLink
            to="/integrations"
            icon={IconPlugConnected}
            label={t('shell.nav.integrations')}
            badge={
              attention > 0
                ? { count: attention, text: t('integrations.list.attention', { count: attention }) }
                : undefined
            }
          />
        )}
        {isAnalyst && <NavigationLink to="/refusals" icon={IconShieldX} label={t('shell.nav.refusals')} />}
        {isAdmin && <NavigationLink to="/users" icon={IconUsers} label={t('shell.nav.users')} />}
        <NavigationLink to="/tokens" icon={IconKey} label={t('shell.nav.tokens')} />
        {isAnalyst && <NavigationLink to="/account/data-api" icon={IconApi} label={t('shell.nav.dataApi')} />}
      </ul>
    </nav>
  );
}
