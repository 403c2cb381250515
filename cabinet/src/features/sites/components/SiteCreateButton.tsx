import { Button, Modal } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { SiteCreateForm } from './SiteCreateForm';

/** Opens the form for a new site, and then the site. */
export function SiteCreateButton() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [opened, { open, close }] = useDisclosure();
  return (
    <>
      <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={open}>
        {t('sites.list.add')}
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title={t('sites.form.title')}
        closeButtonProps={{ 'aria-label': t('common.action.close') }}
      >
        <SiteCreateForm onCreated={(siteId) => void navigate({ to: '/sites/$siteId', params: { siteId } })} />
      </Modal>
    </>
  );
}
