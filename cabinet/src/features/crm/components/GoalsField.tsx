import { Button, MultiSelect, type MultiSelectProps, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { goalName } from '@/features/goals/goalName';
import { LinkingGoalsDocument } from '@/graphql/generated/graphql';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { TextLink } from '@/ui/TextLink';
import { goalGroups } from '../crmForm';

const context = { additionalTypenames: ['Goal', 'Site'] };

/** Chooses the goals that link a campaign with a deal. */
export function GoalsField(props: Omit<MultiSelectProps, 'data'> & { value?: string[] }) {
  const { t } = useTranslation();
  const [{ data, error }, retry] = useQuery({ query: LinkingGoalsDocument, context });
  const chosen = props.value ?? [];
  const groups = goalGroups(data?.sites ?? [], chosen);
  if (error) {
    return (
      <>
        <ProblemAlert error={error} />
        <Button variant="default" onClick={() => retry()} style={{ alignSelf: 'flex-start' }}>
          {t('common.action.retry')}
        </Button>
      </>
    );
  }
  if (data && groups.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t('crm.goals.none')}{' '}
        <TextLink to="/sites" size="sm" underline="always">
          {t('crm.goals.sites')}
        </TextLink>
      </Text>
    );
  }
  return (
    <MultiSelect
      label={t('crm.goals.label')}
      placeholder={chosen.length === 0 ? t('crm.goals.placeholder') : undefined}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': t('common.action.clear') }}
      nothingFoundMessage={t('common.state.nothingFound')}
      data={groups.map(({ group, items }) => ({
        group,
        items: items.map(({ value, name }) => ({ value, label: goalName(name, t) })),
      }))}
      {...props}
    />
  );
}
