import { Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CommunicationDrawer } from '@/features/communications/components/CommunicationDrawer';
import { CommunicationItem } from '@/features/communications/components/CommunicationItem';
import { VisitorCommunicationsDocument, type VisitorCommunicationsQuery } from '@/graphql/generated/graphql';
import { usePages } from '@/graphql/usePages';
import { PagedList } from '@/ui/PagedList';
import { Panel } from '@/ui/Panel';
import classes from './VisitorSessions.module.css';

const typenames = ['Communication'];
const select = (data: VisitorCommunicationsQuery) => data.visitor.communications;

/** The communications of a visitor, newest first. */
export function VisitorCommunications({ visitorId }: { visitorId: string }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<string>();
  const pages = usePages({
    query: VisitorCommunicationsDocument,
    variables: { id: visitorId, first: 20 },
    select,
    typenames,
  });
  return (
    <Panel title={t('visitors.communications.title')}>
      <PagedList
        pages={pages}
        empty={
          <Text size="sm" c="dimmed">
            {t('visitors.communications.empty')}
          </Text>
        }
      >
        {(communications) => (
          <ol className={classes.list}>
            {communications.map((communication) => (
              <CommunicationItem key={communication.id} communication={communication} onOpen={setOpen} />
            ))}
          </ol>
        )}
      </PagedList>
      <CommunicationDrawer id={open} onClose={() => setOpen(undefined)} />
    </Panel>
  );
}
