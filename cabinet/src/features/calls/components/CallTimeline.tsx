import { Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useNow } from '@/features/visitors/hooks/useNow';
import type { CallDetailFieldsFragment } from '@/graphql/generated/graphql';
import { Panel } from '@/ui/Panel';
import { usePartyName } from '../hooks/usePartyName';
import { happeningsOf, lanesOf } from '../timeline';
import classes from './CallCourse.module.css';
import { HappeningItem } from './HappeningItem';

const kinds = ['dialing', 'ringing', 'talking', 'held'] as const;

/** The course of a call: a line for each party, and everything that happened in words. */
export function CallTimeline({ call }: { call: CallDetailFieldsFragment }) {
  const { t } = useTranslation();
  const partyName = usePartyName();
  // What has ended does not change with the clock.
  const now = useNow(call.endedAt ? 3_600_000 : 1000);
  return (
    <Panel title={t('calls.timeline.title')}>
      {/* The list below says the same in words. */}
      <div className={classes.lanes} aria-hidden>
        {lanesOf(call, now).map(({ leg, spans }) => (
          <div key={leg.id} className={classes.lane}>
            <Text size="xs" className="break">
              {partyName(leg)}
            </Text>
            <div className={classes.track}>
              {spans.map(({ kind, left, width, from }) => (
                <div
                  key={`${kind}-${from}`}
                  className={classes.span}
                  data-kind={kind}
                  style={{ left: `${left}%`, width: `${width}%` }}
                />
              ))}
            </div>
          </div>
        ))}
        <Group gap="md">
          {kinds.map((kind) => (
            <Group key={kind} gap={6}>
              <span className={classes.key} data-kind={kind} />
              <Text size="xs" c="dimmed" component="span">
                {t(`calls.timeline.${kind}`)}
              </Text>
            </Group>
          ))}
        </Group>
      </div>
      <ol className={classes.list}>
        {happeningsOf(call).map((happening, index) => (
          <HappeningItem key={index} happening={happening} />
        ))}
      </ol>
    </Panel>
  );
}
