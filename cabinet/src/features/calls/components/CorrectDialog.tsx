import { Button, Group, Modal, Radio, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { CampaignSelect } from '@/features/campaigns/components/CampaignSelect';
import { SiteSelect } from '@/features/sites/components/SiteSelect';
import { sourceLine } from '@/features/visitors/source';
import {
  type CallCandidateFieldsFragment,
  type CallDetailFieldsFragment,
  CorrectCallAttributionDocument,
} from '@/graphql/generated/graphql';
import { ProblemAlert } from '@/ui/ProblemAlert';

interface CorrectDialogProps {
  call: CallDetailFieldsFragment;
  opened: boolean;
  onClose: () => void;
}

/** Counts a call to another visit, to a campaign, or to nobody. */
export function CorrectDialog({ call, opened, onClose }: CorrectDialogProps) {
  const { t } = useTranslation();
  const [{ fetching, error }, send] = useMutation(CorrectCallAttributionDocument);
  const [choice, setChoice] = useState(call.sessionId ?? '');
  const [site, setSite] = useState(call.siteId);
  const [campaign, setCampaign] = useState<string | null>(null);
  const isCampaign = choice === 'campaign';
  const isReady = choice !== '' && (!isCampaign || campaign !== null);
  const save = async () => {
    const to = isCampaign ? { campaignId: campaign } : choice === 'nobody' ? {} : { sessionId: choice };
    const answer = await send({ input: { callId: call.id, ...to } });
    if (!answer.error) {
      onClose();
    }
  };
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('calls.correct.title')}
      centered
      closeButtonProps={{ 'aria-label': t('common.action.close') }}
    >
      <Stack>
        <Radio.Group label={t('calls.correct.label')} value={choice} onChange={setChoice}>
          <Stack gap="sm" mt="xs">
            {call.candidates.map((candidate) => (
              <Radio
                key={candidate.sessionId}
                value={candidate.sessionId}
                label={<CandidateName candidate={candidate} />}
                description={`${Math.round(candidate.probability * 100)} %`}
              />
            ))}
            <Radio value="campaign" label={t('calls.correct.campaign')} />
            <Radio value="nobody" label={t('calls.correct.nobody')} />
          </Stack>
        </Radio.Group>
        {isCampaign && (
          <SiteSelect
            clearable={false}
            allowDeselect={false}
            value={site}
            onChange={(next) => {
              setSite(next);
              setCampaign(null);
            }}
          />
        )}
        {isCampaign && site && <CampaignSelect siteId={site} value={campaign} onChange={setCampaign} />}
        <Text size="sm" c="dimmed">
          {t('calls.correct.note')}
        </Text>
        <ProblemAlert error={error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.action.cancel')}
          </Button>
          <Button disabled={!isReady} loading={fetching} onClick={() => void save()}>
            {t('common.action.save')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function CandidateName({ candidate }: { candidate: CallCandidateFieldsFragment }) {
  const { t } = useTranslation();
  const { source, campaign, visitorId } = candidate;
  const parts = [
    t('visitors.card.nameless', { id: visitorId }),
    source && t(`visitors.channel.${source.channel}`),
    source && sourceLine(source),
    campaign?.name,
  ];
  return <span className="break">{parts.filter(Boolean).join(' · ')}</span>;
}
