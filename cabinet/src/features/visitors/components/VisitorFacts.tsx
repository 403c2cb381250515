import { useTranslation } from 'react-i18next';
import { useFormat } from '@/format/useFormat';
import { useSites } from '@/features/sites/hooks/useSites';
import type { VisitorQuery } from '@/graphql/generated/graphql';
import { Fact } from '@/ui/Fact';
import { Facts } from '@/ui/Facts';
import { Moment } from '@/ui/Moment';
import { Panel } from '@/ui/Panel';
import { TextLink } from '@/ui/TextLink';
import { placeLine } from '../source';
import { ClientLine } from './ClientLine';
import { SourceLine } from './SourceLine';

/** When, where from and with what a visitor came. */
export function VisitorFacts({ visitor }: { visitor: VisitorQuery['visitor'] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [{ data }] = useSites();
  const site = data?.sites.find(({ id }) => id === visitor.siteId);
  const { client } = visitor;
  const place = placeLine(client);
  return (
    <Panel title={t('visitors.facts.title')}>
      <Facts>
        <Fact name={t('visitors.facts.site')}>
          <TextLink to="/sites/$siteId" params={{ siteId: visitor.siteId }} size="sm">
            {site?.name ?? visitor.siteId}
          </TextLink>
        </Fact>
        <Fact name={t('visitors.facts.firstSeen')}>
          <Moment at={visitor.firstSeenAt} />
        </Fact>
        <Fact name={t('visitors.facts.lastSeen')}>
          <Moment at={visitor.lastSeenAt} />
        </Fact>
        <Fact name={t('visitors.facts.visits')}>{format.number(visitor.sessionCount)}</Fact>
        <Fact name={t('visitors.facts.pages')}>{format.number(visitor.hitCount)}</Fact>
        <Fact name={t('visitors.facts.firstSource')}>
          <SourceLine source={visitor.firstSource} />
        </Fact>
        <Fact name={t('visitors.facts.lastSource')}>
          <SourceLine source={visitor.lastSource} />
        </Fact>
        <Fact name={t('visitors.facts.device')}>
          <ClientLine client={client} place="none" />
        </Fact>
        {place && <Fact name={t('visitors.facts.place')}>{place}</Fact>}
        {client.ip && (
          <Fact name={t('visitors.facts.ip')}>
            <span className="mono">{client.ip}</span>
          </Fact>
        )}
        {client.screen && <Fact name={t('visitors.facts.screen')}>{client.screen}</Fact>}
        {client.language && <Fact name={t('visitors.facts.language')}>{client.language}</Fact>}
      </Facts>
    </Panel>
  );
}
