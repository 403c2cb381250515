import { Badge, Group, Text, UnstyledButton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { KindBadge } from '@/features/communications/components/KindBadge';
import type { DealQuery } from '@/graphql/generated/graphql';
import { Moment } from '@/ui/Moment';
import { Panel } from '@/ui/Panel';
import { TextLink } from '@/ui/TextLink';
import { MatchText } from './MatchText';
import classes from './Timeline.module.css';

interface DealLinksProps {
  deal: DealQuery['deal'];
  /** Opens a communication. */
  onOpen: (id: string) => void;
}

/** The communications linked with a deal; the one it is counted to is marked. */
export function DealLinks({ deal, onOpen }: DealLinksProps) {
  const { t } = useTranslation();
  const visitorOf = (communicationId: string) =>
    deal.path.find((step) => step.communicationId === communicationId)?.visitorId ?? null;
  return (
    <Panel title={t('deals.links.title')} lead={t('deals.links.lead')}>
      {deal.links.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('deals.links.empty')}
        </Text>
      ) : (
        <ol className={classes.list}>
          {deal.links.map(({ communicationId, kind, at, matchedBy, matchedValue, isDeciding }) => {
            const visitorId = visitorOf(communicationId);
            return (
              <li
                key={`${kind}-${communicationId}`}
                className={classes.item}
                data-muted={!isDeciding || undefined}
              >
                <Group gap={8}>
                  <UnstyledButton
                    fz="sm"
                    fw={600}
                    c="var(--mantine-color-anchor)"
                    aria-haspopup="dialog"
                    onClick={() => onOpen(communicationId)}
                  >
                    <Moment at={at} />
                  </UnstyledButton>
                  <KindBadge kind={kind} />
                  {isDeciding && <Badge color="pine">{t('deals.links.deciding')}</Badge>}
                </Group>
                <Group gap={8}>
                  <MatchText by={matchedBy} value={matchedValue} />
                  {visitorId !== null && (
                    <TextLink to="/visitors/$visitorId" params={{ visitorId }} size="xs">
                      {t('deals.path.visitor')}
                    </TextLink>
                  )}
                </Group>
              </li>
            );
          })}
        </ol>
      )}
    </Panel>
  );
}
