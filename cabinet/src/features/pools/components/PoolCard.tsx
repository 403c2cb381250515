import { Badge, Button, Group, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { useCan } from '@/features/session/hooks/useCan';
import { useFormat } from '@/format/useFormat';
import { DeleteNumberPoolDocument, type NumberPoolFieldsFragment } from '@/graphql/generated/graphql';
import { ConfirmButton } from '@/ui/ConfirmButton';
import { Fact } from '@/ui/Fact';
import { Facts } from '@/ui/Facts';
import { TextLink } from '@/ui/TextLink';
import { OrderButtons } from './OrderButtons';
import { SegmentText } from './SegmentText';

interface PoolCardProps {
  pool: NumberPoolFieldsFragment;
  index: number;
  count: number;
  campaign: (id: string) => string | undefined;
  onMove: (by: -1 | 1) => void;
  onEdit: () => void;
}

const context = { additionalTypenames: ['NumberPool', 'VirtualNumber'] };

/** One pool in the order of its site. */
export function PoolCard({ pool, index, count, campaign, onMove, onEdit }: PoolCardProps) {
  const { t } = useTranslation();
  const canChange = useCan('ADMIN');
  const [, remove] = useMutation(DeleteNumberPoolDocument);
  return (
    <Stack className="panel" component="li" gap="sm">
      <Group justify="space-between" align="flex-start" gap="xs">
        <Group gap="xs">
          <Title order={2} size="h5" className="break">
            {index + 1}.{' '}
            <TextLink to="/pools/$poolId" params={{ poolId: pool.id }} fw={650}>
              {pool.name}
            </TextLink>
          </Title>
          {!pool.isEnabled && <Badge color="gray">{t('pools.list.disabled')}</Badge>}
        </Group>
        {canChange && (
          <Group gap="xs">
            <OrderButtons name={pool.name} index={index} count={count} onMove={onMove} />
            <Button
              size="xs"
              variant="default"
              onClick={onEdit}
              aria-label={t('pools.list.edit', { name: pool.name })}
            >
              {t('common.action.edit')}
            </Button>
            <ConfirmButton
              size="xs"
              variant="subtle"
              color="red"
              aria-label={t('pools.list.delete', { name: pool.name })}
              title={t('pools.delete.question', { name: pool.name })}
              text={t('pools.delete.text')}
              confirm={t('common.action.delete')}
              action={async () => (await remove({ input: { id: pool.id } }, context)).error}
            >
              {t('common.action.delete')}
            </ConfirmButton>
          </Group>
        )}
      </Group>
      <PoolFacts pool={pool} campaign={campaign} />
    </Stack>
  );
}

/** What a pool is set to. */
export function PoolFacts({ pool, campaign }: Pick<PoolCardProps, 'pool' | 'campaign'>) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Facts>
      <Fact name={t('pools.segment.title')}>
        <SegmentText segment={pool.segment} campaign={campaign} />
      </Fact>
      <Fact name={t('pools.list.numbers')}>
        <TextLink to="/numbers" search={{ pool: pool.id }} size="sm" underline="always">
          {t('pools.list.count', { count: pool.numberCount })}
        </TextLink>
        {pool.overflowNumberCount > 0 && (
          <Text span size="sm" c="dimmed">
            {' · '}
            {t('pools.list.overflowCount', { count: pool.overflowNumberCount })}
          </Text>
        )}
      </Fact>
      <Fact name={t('pools.list.times')}>
        {t('pools.list.timesText', {
          hold: format.duration(pool.holdSeconds),
          sticky: pool.stickyDays,
          late: pool.lateHours,
        })}
      </Fact>
      <Fact name={t('pools.form.overflow')}>{t(`pools.overflow.${pool.overflow}`)}</Fact>
    </Facts>
  );
}
