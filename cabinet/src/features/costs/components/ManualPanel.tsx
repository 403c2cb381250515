import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useSites } from '@/features/sites/hooks/useSites';
import { Loaded } from '@/ui/Loaded';
import { Panel } from '@/ui/Panel';
import { TextLink } from '@/ui/TextLink';

/** Where costs are entered by hand. */
export function ManualPanel() {
  const { t } = useTranslation();
  const [result, retry] = useSites();
  return (
    <Panel title={t('costs.manual.title')} lead={t('costs.manual.lead')}>
      <Loaded result={result} onRetry={() => retry()}>
        {({ sites }) =>
          sites.length === 0 ? (
            <Text size="sm" c="dimmed">
              {t('costs.manual.noSites')}
            </Text>
          ) : (
            <ul style={{ margin: 0, paddingInlineStart: 20 }}>
              {sites.map(({ id, name }) => (
                <li key={id}>
                  <TextLink to="/sites/$siteId/campaigns" params={{ siteId: id }} size="sm">
                    {t('costs.manual.campaigns', { site: name })}
                  </TextLink>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}
