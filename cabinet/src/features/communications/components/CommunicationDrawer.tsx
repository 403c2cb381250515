import { Drawer } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { CommunicationDocument } from '@/graphql/generated/graphql';
import { Loaded } from '@/ui/Loaded';
import { CommunicationDetails } from './CommunicationDetails';

interface CommunicationDrawerProps {
  /** The communication to show; closed when absent. */
  id: string | undefined;
  onClose: () => void;
}

/** The details of a communication beside the list. */
export function CommunicationDrawer({ id, onClose }: CommunicationDrawerProps) {
  const { t } = useTranslation();
  const [result, retry] = useQuery({
    query: CommunicationDocument,
    variables: { id: id ?? '' },
    pause: id === undefined,
  });
  const communication = result.data?.communication.id === id ? result.data?.communication : undefined;
  return (
    <Drawer
      opened={id !== undefined}
      onClose={onClose}
      position="right"
      size="lg"
      title={t('communications.details.title')}
      closeButtonProps={{ 'aria-label': t('common.action.close') }}
    >
      {id !== undefined && (
        <Loaded
          result={{ data: communication, error: result.error }}
          onRetry={() => retry({ requestPolicy: 'network-only' })}
        >
          {(communication) => <CommunicationDetails communication={communication} />}
        </Loaded>
      )}
    </Drawer>
  );
}
