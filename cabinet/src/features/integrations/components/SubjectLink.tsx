import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { readCommunicationFilters } from '@/features/communications/filters';
import { goalName } from '@/features/goals/goalName';
import { useFormat } from '@/format/useFormat';
import type { JobCommunicationFieldsFragment } from '@/graphql/generated/graphql';
import { TextLink } from '@/ui/TextLink';

/** The communication a job is about, and the visitor behind it. */
export function SubjectLink({ communication: c }: { communication: JobCommunicationFieldsFragment | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (!c) {
    return '—';
  }
  const who = c.name || (c.phone ? format.phone(c.phone) : '') || c.email || t('integrations.journal.nobody');
  return (
    <>
      <TextLink
        to="/communications"
        search={readCommunicationFilters({ open: c.id })}
        size="sm"
        fw={600}
        className="break"
      >
        {who}
      </TextLink>
      {c.goal && (
        <Text size="xs" c="dimmed" className="break">
          {goalName(c.goal.name, t)}
        </Text>
      )}
      {c.visitorId && (
        <div>
          <TextLink to="/visitors/$visitorId" params={{ visitorId: c.visitorId }} size="xs">
            {t('integrations.journal.visitor')}
          </TextLink>
        </div>
      )}
    </>
  );
}
