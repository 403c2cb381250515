import { SimpleGrid, Skeleton, Stack } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { useFormat } from '@/format/useFormat';
import { CallDocument } from '@/graphql/generated/graphql';
import { Loaded } from '@/ui/Loaded';
import { Moment } from '@/ui/Moment';
import { Page } from '@/ui/Page';
import { TextLink } from '@/ui/TextLink';
import { CallCard } from '../components/CallCard';
import { CallControls } from '../components/CallControls';
import { StartCallButton } from '../components/StartCallButton';

const route = getRouteApi('/shell/calls/$callId');
/** How often a running call is read anew, in milliseconds. */
const renewEvery = 3000;
const context = { additionalTypenames: ['Call', 'Recording'] };

/** Everything about one call. */
export function CallPage() {
  const { callId } = route.useParams();
  const { t } = useTranslation();
  const format = useFormat();
  const [result, retry] = useQuery({ query: CallDocument, variables: { id: callId }, context });
  const call = result.data?.call.id === callId ? result.data.call : undefined;
  const isRunning = call !== undefined && call.state !== 'FINISHED';
  useEffect(() => {
    if (!isRunning) {
      return;
    }
    const timer = window.setInterval(() => retry({ requestPolicy: 'network-only' }), renewEvery);
    return () => window.clearInterval(timer);
  }, [isRunning, retry]);
  const name =
    call &&
    (call.contactName || (call.contactPhone ? format.phone(call.contactPhone) : t('calls.contact.hidden')));
  return (
    <Page
      key={callId}
      title={name ? t('calls.details.title', { name }) : t('calls.details.one')}
      above={
        <TextLink to="/calls" size="sm" style={{ alignSelf: 'flex-start' }}>
          {t('calls.list.title')}
        </TextLink>
      }
      lead={call && <Moment at={call.startedAt} />}
      actions={
        call &&
        (call.state !== 'FINISHED' ? (
          <CallControls callId={call.id} state={call.state} />
        ) : (
          call.contactPhone !== '' &&
          !call.isLost && <StartCallButton phone={call.contactPhone} variant="default" />
        ))
      }
    >
      <Loaded
        result={{ data: call, error: result.error }}
        onRetry={() => retry({ requestPolicy: 'network-only' })}
        skeleton={
          <SimpleGrid cols={{ base: 1, lg: 2 }}>
            <Skeleton height={320} />
            <Stack>
              <Skeleton height={160} />
              <Skeleton height={160} />
            </Stack>
          </SimpleGrid>
        }
      >
        {(call) => <CallCard call={call} />}
      </Loaded>
    </Page>
  );
}
