import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { type CampaignFieldsFragment, UpdateCampaignDocument } from '@/graphql/generated/graphql';
import { notifyProblem } from '@/ui/notifyProblem';
import { useProblemText } from '@/ui/useProblemText';

/** Takes a campaign out of matching, or back in. */
export function ArchiveCampaignButton({ campaign }: { campaign: CampaignFieldsFragment }) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  const [{ fetching }, update] = useMutation(UpdateCampaignDocument);
  const isArchived = campaign.status === 'ARCHIVED';
  const toggle = async () => {
    const status = isArchived ? 'ACTIVE' : 'ARCHIVED';
    const { error } = await update({ input: { id: campaign.id, status } });
    if (error) {
      notifyProblem(textOf(error));
    }
  };
  return (
    <Button size="xs" variant="default" loading={fetching} onClick={() => void toggle()}>
      {t(isArchived ? 'campaigns.list.restore' : 'campaigns.list.archive')}
    </Button>
  );
}
