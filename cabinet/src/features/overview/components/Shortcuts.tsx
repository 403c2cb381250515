import { SimpleGrid } from '@mantine/core';
import { IconBroadcast, IconMessages, IconUsersGroup } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Shortcut } from './Shortcut';

/** Ways to what people look at every day. */
export function Shortcuts() {
  const { t } = useTranslation();
  return (
    <nav aria-label={t('overview.shortcut.label')}>
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        <Shortcut
          to="/visitors/live"
          icon={IconBroadcast}
          title={t('shell.nav.live')}
          text={t('overview.shortcut.live')}
        />
        <Shortcut
          to="/visitors"
          icon={IconUsersGroup}
          title={t('shell.nav.visitors')}
          text={t('overview.shortcut.visitors')}
        />
        <Shortcut
          to="/communications"
          icon={IconMessages}
          title={t('shell.nav.communications')}
          text={t('overview.shortcut.communications')}
        />
      </SimpleGrid>
    </nav>
  );
}
