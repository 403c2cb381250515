import { Radio, Stack, useMantineColorScheme } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Panel } from '@/ui/Panel';

/** Light, dark, or as the device is set; kept on this device. */
export function AppearancePanel() {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Panel title={t('account.appearance.title')}>
      <Radio.Group
        aria-label={t('account.appearance.title')}
        value={colorScheme}
        onChange={(value) => setColorScheme(value as typeof colorScheme)}
      >
        <Stack gap="xs">
          <Radio value="auto" label={t('common.scheme.auto')} />
          <Radio value="light" label={t('common.scheme.light')} />
          <Radio value="dark" label={t('common.scheme.dark')} />
        </Stack>
      </Radio.Group>
    </Panel>
  );
}
