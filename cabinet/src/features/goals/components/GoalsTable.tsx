import { Badge, Button, Group, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/format/useFormat';
import type { GoalFieldsFragment } from '@/graphql/generated/graphql';
import { goalName } from '../goalName';
import { DeleteGoalButton } from './DeleteGoalButton';
import { GoalConditionsText } from './GoalConditionsText';

interface GoalsTableProps {
  goals: GoalFieldsFragment[];
  /** Opens the form; absent for those who may not change goals. */
  onEdit?: ((goal: GoalFieldsFragment) => void) | undefined;
}

/** The goals of a site. */
export function GoalsTable({ goals, onEdit }: GoalsTableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className="table-scroll" role="region" aria-label={t('goals.list.table')} tabIndex={0}>
      <Table verticalSpacing="sm" horizontalSpacing="md" miw={640}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('goals.list.name')}</Table.Th>
            <Table.Th>{t('goals.list.conditions')}</Table.Th>
            <Table.Th ta="right">{t('goals.list.reached')}</Table.Th>
            {onEdit && <Table.Th ta="right">{t('common.field.actions')}</Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {goals.map((goal) => (
            <Table.Tr key={goal.id}>
              <Table.Td>
                <Text fw={600} size="sm" className="break">
                  {goalName(goal.name, t)}
                </Text>
                <Group gap={4} mt={2}>
                  {!goal.isEnabled && <Badge color="gray">{t('goals.list.disabled')}</Badge>}
                  {!goal.isGoal && <Badge color="blue">{t('goals.list.eventOnly')}</Badge>}
                </Group>
              </Table.Td>
              <Table.Td>
                <Text size="sm">{t(`goals.type.${goal.type}`)}</Text>
                <GoalConditionsText goal={goal} />
              </Table.Td>
              <Table.Td ta="right" className="numeric">
                {format.number(goal.reachedLast30Days)}
              </Table.Td>
              {onEdit && (
                <Table.Td>
                  <Group gap="xs" justify="flex-end" wrap="nowrap">
                    <Button
                      size="xs"
                      variant="default"
                      onClick={() => onEdit(goal)}
                      aria-label={t('goals.list.editNamed', { name: goalName(goal.name, t) })}
                    >
                      {t('common.action.edit')}
                    </Button>
                    {goal.type !== 'SYSTEM' && <DeleteGoalButton goal={goal} />}
                  </Group>
                </Table.Td>
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
