import { notifications } from '@mantine/notifications';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { DeleteSiteDocument, type SiteFieldsFragment } from '@/graphql/generated/graphql';
import { ConfirmButton } from '@/ui/ConfirmButton';
import { Panel } from '@/ui/Panel';

/** Removes the site. */
export function DeleteSitePanel({ site }: { site: SiteFieldsFragment }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [, remove] = useMutation(DeleteSiteDocument);
  return (
    <Panel title={t('sites.delete.title')} lead={t('sites.delete.lead')}>
      <div>
        <ConfirmButton
          color="red"
          variant="light"
          title={t('sites.delete.question', { name: site.name })}
          text={t('sites.delete.lead')}
          confirm={t('common.action.delete')}
          action={async () => {
            const { error } = await remove({ input: { id: site.id } });
            if (!error) {
              notifications.show({ message: t('sites.delete.done', { name: site.name }) });
              await navigate({ to: '/sites' });
            }
            return error;
          }}
        >
          {t('sites.delete.button')}
        </ConfirmButton>
      </div>
    </Panel>
  );
}
