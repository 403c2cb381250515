import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { type CampaignFieldsFragment, DeleteCampaignDocument } from '@/graphql/generated/graphql';
import { ConfirmButton } from '@/ui/ConfirmButton';

const context = { additionalTypenames: ['Campaign', 'Site'] };

/** Deletes a campaign no visit was counted to. */
export function DeleteCampaignButton({ campaign }: { campaign: CampaignFieldsFragment }) {
  const { t } = useTranslation();
  const [, remove] = useMutation(DeleteCampaignDocument);
  return (
    <ConfirmButton
      size="xs"
      variant="subtle"
      color="red"
      aria-label={t('campaigns.list.deleteNamed', { name: campaign.name })}
      title={t('campaigns.delete.question', { name: campaign.name })}
      text={t('campaigns.delete.text')}
      confirm={t('common.action.delete')}
      action={async () => (await remove({ input: { id: campaign.id } }, context)).error}
    >
      {t('common.action.delete')}
    </ConfirmButton>
  );
}
