import { Group, Text, UnstyledButton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { useFormat } from '@/format/useFormat';
import { RefusalCountsDocument } from '@/graphql/generated/graphql';
import { Loaded } from '@/ui/Loaded';
import { Panel } from '@/ui/Panel';
import { RowsSkeleton } from '@/ui/RowsSkeleton';
import classes from './RefusalCounts.module.css';
import { RefusalReason } from './RefusalReason';

interface RefusalCountsProps {
  siteId: string | undefined;
  chosen: string | undefined;
  onChoose: (reason: string | undefined) => void;
}

const context = { additionalTypenames: ['Refusal'] };

/** How often each reason occurred; a click filters the list by it. */
export function RefusalCounts({ siteId, chosen, onChoose }: RefusalCountsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const [result, retry] = useQuery({
    query: RefusalCountsDocument,
    variables: { siteId: siteId ?? null },
    context,
  });
  return (
    <Panel title={t('refusals.counts.title')} lead={t('refusals.counts.lead')}>
      <Loaded result={result} onRetry={() => retry()} skeleton={<RowsSkeleton rows={3} height={28} />}>
        {({ refusalCounts }) => {
          const most = Math.max(1, ...refusalCounts.map(({ count }) => count));
          if (refusalCounts.length === 0) {
            return (
              <Text size="sm" c="dimmed">
                {t('refusals.counts.empty')}
              </Text>
            );
          }
          return (
            <ul className={classes.list}>
              {refusalCounts.map(({ reason, count }) => (
                <li key={reason}>
                  <UnstyledButton
                    className={classes.row}
                    aria-pressed={reason === chosen}
                    onClick={() => onChoose(reason === chosen ? undefined : reason)}
                  >
                    <span className={classes.bar} style={{ width: `${(100 * count) / most}%` }} aria-hidden />
                    <Group justify="space-between" wrap="nowrap" className={classes.text}>
                      <Text size="sm" component="span" className="break">
                        <RefusalReason reason={reason} />
                      </Text>
                      <Text size="sm" fw={600} component="span" className="numeric">
                        {format.number(count)}
                      </Text>
                    </Group>
                  </UnstyledButton>
                </li>
              ))}
            </ul>
          );
        }}
      </Loaded>
    </Panel>
  );
}
