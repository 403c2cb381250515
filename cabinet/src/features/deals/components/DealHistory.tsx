import { Badge, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/format/useFormat';
import type { DealQuery } from '@/graphql/generated/graphql';
import { Moment } from '@/ui/Moment';
import { Panel } from '@/ui/Panel';
import classes from './Timeline.module.css';
import { StageBadge } from './StageBadge';

/** The stages a deal went through, oldest first. */
export function DealHistory({ history }: { history: DealQuery['deal']['history'] }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Panel title={t('deals.history.title')}>
      {history.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('deals.history.empty')}
        </Text>
      ) : (
        <ol className={classes.list}>
          {history.map(({ at, stage, isGenerated, revenue }, index) => (
            <li key={index} className={classes.item} data-muted={isGenerated || undefined}>
              <Group gap={8}>
                <StageBadge name={stage.name} status={stage.status} />
                {isGenerated && (
                  <Badge color="gray" title={t('deals.history.generatedHint')}>
                    {t('deals.history.generated')}
                  </Badge>
                )}
              </Group>
              <Text size="xs" c="dimmed" component="div">
                <Moment at={at} />
                {' · '}
                <span className="numeric">{format.money(revenue)}</span>
              </Text>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}
