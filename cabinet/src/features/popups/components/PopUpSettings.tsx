import { Button, Stack, Switch, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { PopUpEmployeeDocument } from '@/graphql/generated/graphql';
import { Panel } from '@/ui/Panel';
import { usePreferences } from '../hooks/usePreferences';
import { prefer } from '../preferences';
import { ring } from '../sound';

/** How this browser calls attention to calls. */
export function PopUpSettings() {
  const { t } = useTranslation();
  const { sound, notify } = usePreferences();
  const [isRefused, setRefused] = useState(false);
  const [{ data }] = useQuery({ query: PopUpEmployeeDocument });
  const canNotify = 'Notification' in window && window.isSecureContext;
  const switchNotify = async (on: boolean) => {
    const permission = on ? await Notification.requestPermission() : 'granted';
    setRefused(permission !== 'granted');
    prefer({ notify: on && permission === 'granted' });
  };
  return (
    <Panel title={t('popups.settings.title')} lead={t('popups.settings.lead')}>
      <Stack gap="sm" align="flex-start">
        {data && (
          <Text size="sm">
            {data.myEmployee
              ? t('popups.settings.you', { name: data.myEmployee.name })
              : t('popups.settings.nobody')}
          </Text>
        )}
        <Switch
          label={t('popups.settings.sound')}
          checked={sound}
          onChange={(event) => prefer({ sound: event.currentTarget.checked })}
        />
        {sound && (
          <Button size="compact-sm" variant="default" onClick={() => void ring().catch(() => undefined)}>
            {t('popups.settings.listen')}
          </Button>
        )}
        <Switch
          label={t('popups.settings.notify')}
          description={t(canNotify ? 'popups.settings.notifyHint' : 'popups.settings.cannotNotify')}
          checked={notify}
          disabled={!canNotify}
          error={isRefused ? t('popups.settings.refused') : undefined}
          onChange={(event) => void switchNotify(event.currentTarget.checked)}
        />
      </Stack>
    </Panel>
  );
}
