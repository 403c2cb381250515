import { SimpleGrid, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { CallDetailFieldsFragment } from '@/graphql/generated/graphql';
import { Panel } from '@/ui/Panel';
import { CallAttribution } from './CallAttribution';
import { CallDeals } from './CallDeals';
import { CallSteps } from './CallSteps';
import { CallSummary } from './CallSummary';
import { CallTagsPanel } from './CallTagsPanel';
import { CallTalks } from './CallTalks';
import { CallTimeline } from './CallTimeline';
import { LostCall } from './LostCall';
import { RungEmployees } from './RungEmployees';

/** The parts of a call's page. */
export function CallCard({ call }: { call: CallDetailFieldsFragment }) {
  const { t } = useTranslation();
  return (
    <Stack gap="md">
      {call.isLost && <LostCall call={call} />}
      <SimpleGrid cols={{ base: 1, lg: 2 }} style={{ alignItems: 'start' }}>
        <Stack gap="md" miw={0}>
          <CallSummary call={call} />
          <CallTagsPanel callId={call.id} tags={call.tags} />
          <CallAttribution call={call} />
          <Panel title={t('calls.details.deals')}>
            <CallDeals deals={call.deals} />
          </Panel>
        </Stack>
        <Stack gap="md" miw={0}>
          <CallTalks call={call} />
          {call.direction === 'IN' && <RungEmployees employees={call.employees} />}
          {call.steps.length > 0 && <CallSteps steps={call.steps} endedAt={call.endedAt} />}
          <CallTimeline call={call} />
        </Stack>
      </SimpleGrid>
    </Stack>
  );
}
