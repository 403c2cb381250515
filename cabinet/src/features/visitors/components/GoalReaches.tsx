import { Badge, Group, Stack, Text } from '@mantine/core';
import { IconTargetArrow } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { goalName } from '@/features/goals/goalName';
import type { GoalReachFieldsFragment } from '@/graphql/generated/graphql';
import { Moment } from '@/ui/Moment';
import { PageLink } from '@/ui/PageLink';

/** Reached goals and stored events. */
export function GoalReaches({ reaches }: { reaches: GoalReachFieldsFragment[] }) {
  const { t } = useTranslation();
  return (
    <Stack component="ul" gap={8} p={0} m={0} style={{ listStyle: 'none' }}>
      {reaches.map((reach) => (
        <li key={reach.id}>
          <Group gap={6}>
            <IconTargetArrow size={16} aria-hidden />
            <Text size="sm" fw={600} component="span" className="break">
              {reach.goal ? goalName(reach.goal.name, t) : reach.event}
            </Text>
            {!reach.isGoal && (
              <Badge color="gray" variant="light" tt="none">
                {t('visitors.goals.event')}
              </Badge>
            )}
            <Text size="xs" c="dimmed" component="span">
              <Moment at={reach.at} />
            </Text>
          </Group>
          {reach.goal && reach.event && (
            <Text size="xs" c="dimmed" className="break">
              {reach.event}
            </Text>
          )}
          {reach.pageUrl && <PageLink url={reach.pageUrl} />}
        </li>
      ))}
    </Stack>
  );
}
