import { Badge, Text } from '@mantine/core';
import { IconClockHour9 } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useMutation, useQuery } from 'urql';
import {
  DeleteScheduleDocument,
  type ScheduleFieldsFragment,
  SchedulesDocument,
} from '@/graphql/generated/graphql';
import { PartsPage } from '../components/PartsPage';
import { ScheduleForm } from '../components/ScheduleForm';
import { weekSpans } from '../scheduleForm';

const context = { additionalTypenames: ['Schedule'] };
const alsoEmployees = { additionalTypenames: ['Schedule', 'Employee'] };

/** Working hours of employees and scenarios. */
export function SchedulesPage() {
  const { t } = useTranslation();
  const [result, retry] = useQuery({ query: SchedulesDocument, context });
  const [, remove] = useMutation(DeleteScheduleDocument);
  return (
    <PartsPage
      texts={{
        title: t('employees.hours.title'),
        lead: t('employees.hours.lead'),
        add: t('employees.hours.create'),
        edit: t('employees.hours.edit'),
        empty: t('employees.hours.empty'),
        deleting: t('employees.hours.deleting'),
        column: t('employees.hours.week'),
      }}
      icon={IconClockHour9}
      result={result}
      onRetry={() => retry()}
      rows={(data) => data.schedules}
      name={(schedule) => (
        <>
          {schedule.name}{' '}
          <Badge variant="light" color={schedule.isOpenNow ? 'green' : 'gray'} tt="none">
            {t(schedule.isOpenNow ? 'employees.hours.open' : 'employees.hours.closedNow')}
          </Badge>
        </>
      )}
      about={(schedule) => <Week schedule={schedule} />}
      remove={async (id) => (await remove({ input: { id } }, alsoEmployees)).error}
      form={(schedule, onDone) => (
        <ScheduleForm key={schedule?.id ?? 'new'} schedule={schedule} onDone={onDone} />
      )}
    />
  );
}

function Week({ schedule: { week, exceptions, timezone } }: { schedule: ScheduleFieldsFragment }) {
  const { t } = useTranslation();
  return (
    <>
      {weekSpans(week).map(({ first, last, hours }) => (
        <Text key={first} size="sm" className="numeric">
          {t(`employees.weekdayShort.${first}`)}
          {last !== first && `–${t(`employees.weekdayShort.${last}`)}`} {hours}
        </Text>
      ))}
      <Text size="xs" c="dimmed">
        {[timezone, exceptions.length > 0 && t('employees.exceptions.count', { count: exceptions.length })]
          .filter(Boolean)
          .join(' · ')}
      </Text>
    </>
  );
}
