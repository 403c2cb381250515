import { Alert, Badge, Button, Group, Text, UnstyledButton } from '@mantine/core';
import { IconUsersGroup, IconWorldWww } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { KindBadge } from '@/features/communications/components/KindBadge';
import { SourceLine } from '@/features/visitors/components/SourceLine';
import type { CrmTerms, DealQuery } from '@/graphql/generated/graphql';
import { Moment } from '@/ui/Moment';
import { Panel } from '@/ui/Panel';
import { TextLink } from '@/ui/TextLink';
import { MatchText } from './MatchText';
import classes from './Timeline.module.css';

const shownAtFirst = 20;

interface DealPathProps {
  deal: DealQuery['deal'];
  terms: CrmTerms;
  /** Opens a communication. */
  onOpen: (id: string) => void;
}

/** The visits and communications that led to a deal, oldest first. */
export function DealPath({ deal, terms, onOpen }: DealPathProps) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  const { path } = deal;
  const hidden = all ? 0 : Math.max(0, path.length - shownAtFirst);
  return (
    <Panel title={t('deals.path.title')} lead={t('deals.path.lead')}>
      {deal.match === 'AMBIGUOUS' && (
        <Alert color="orange" variant="light" icon={<IconUsersGroup aria-hidden />}>
          {t('deals.path.ambiguous')}
        </Alert>
      )}
      {path.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('deals.path.empty')}
        </Text>
      ) : (
        <>
          {hidden > 0 && (
            <Button
              size="compact-sm"
              variant="subtle"
              style={{ alignSelf: 'flex-start' }}
              onClick={() => setAll(true)}
            >
              {t('deals.path.earlier', { count: hidden })}
            </Button>
          )}
          <ol className={classes.list}>
            {path.slice(hidden).map((step, index) => (
              <PathStep key={hidden + index} step={step} onOpen={onOpen} />
            ))}
            <li className={classes.item} data-final>
              <Text size="sm" fw={600}>
                {t(`deals.terms.created.${terms}`)}
              </Text>
              <Text size="xs" c="dimmed">
                <Moment at={deal.createdAt} />
              </Text>
            </li>
          </ol>
        </>
      )}
    </Panel>
  );
}

interface PathStepProps {
  step: DealQuery['deal']['path'][number];
  onOpen: (id: string) => void;
}

function PathStep({ step, onOpen }: PathStepProps) {
  const { t } = useTranslation();
  const { communicationId, communicationKind, visitorId, source, campaign } = step;
  return (
    <li className={classes.item} data-muted={communicationId === null || undefined}>
      <Group gap={8}>
        {communicationId === null ? (
          <>
            <Text size="sm" fw={600} component="span">
              <Moment at={step.at} />
            </Text>
            <Badge color="gray" leftSection={<IconWorldWww size={13} aria-hidden />}>
              {t('deals.path.visit')}
            </Badge>
          </>
        ) : (
          <>
            <UnstyledButton
              fz="sm"
              fw={600}
              c="var(--mantine-color-anchor)"
              aria-haspopup="dialog"
              onClick={() => onOpen(communicationId)}
            >
              <Moment at={step.at} />
            </UnstyledButton>
            {communicationKind && <KindBadge kind={communicationKind} />}
          </>
        )}
      </Group>
      {source && (
        <div style={{ margin: '4px 0 2px' }}>
          <SourceLine source={source} />
        </div>
      )}
      {(campaign ?? source?.term) && (
        <Text size="sm" className="break">
          {[campaign?.name, source?.term].filter(Boolean).join(' · ')}
        </Text>
      )}
      <Group gap={8}>
        <MatchText by={step.matchedBy} value={step.matchedValue} />
        {visitorId !== null && (
          <TextLink to="/visitors/$visitorId" params={{ visitorId }} size="xs">
            {t('deals.path.visitor')}
          </TextLink>
        )}
      </Group>
    </li>
  );
}
