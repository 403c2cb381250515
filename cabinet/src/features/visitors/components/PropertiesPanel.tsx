import { useTranslation } from 'react-i18next';
import type { VisitorQuery } from '@/graphql/generated/graphql';
import { Fact } from '@/ui/Fact';
import { Facts } from '@/ui/Facts';
import { Panel } from '@/ui/Panel';

/** Properties the site's code gave the visitor; nothing when there are none. */
export function PropertiesPanel({ properties }: { properties: VisitorQuery['visitor']['properties'] }) {
  const { t } = useTranslation();
  if (properties.length === 0) {
    return null;
  }
  return (
    <Panel title={t('visitors.properties.title')}>
      <Facts>
        {properties.map(({ name, value }) => (
          <Fact key={name} name={name}>
            {value ?? t('visitors.properties.flag')}
          </Fact>
        ))}
      </Facts>
    </Panel>
  );
}
