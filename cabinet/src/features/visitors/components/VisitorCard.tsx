import { Grid, Stack } from '@mantine/core';
import type { VisitorQuery } from '@/graphql/generated/graphql';
import { ContactsPanel } from './ContactsPanel';
import { PersonPanel } from './PersonPanel';
import { PropertiesPanel } from './PropertiesPanel';
import { VisitorCommunications } from './VisitorCommunications';
import { VisitorFacts } from './VisitorFacts';
import { VisitorGoals } from './VisitorGoals';
import { VisitorSessions } from './VisitorSessions';

interface VisitorCardProps {
  visitor: VisitorQuery['visitor'];
  /** Joining was changed: read the visitor anew. */
  onChanged: () => void;
}

/** The visitor card: who it is on one side, what they did on the other. */
export function VisitorCard({ visitor, onChanged }: VisitorCardProps) {
  return (
    <Grid gap="md">
      <Grid.Col span={{ base: 12, lg: 4 }}>
        <Stack gap="md">
          <ContactsPanel visitor={visitor} onChanged={onChanged} />
          <VisitorFacts visitor={visitor} />
          <PersonPanel visitor={visitor} onChanged={onChanged} />
          <PropertiesPanel properties={visitor.properties} />
        </Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, lg: 8 }}>
        <Stack gap="md">
          <VisitorCommunications visitorId={visitor.id} />
          <VisitorSessions visitorId={visitor.id} />
          <VisitorGoals visitorId={visitor.id} />
        </Stack>
      </Grid.Col>
    </Grid>
  );
}
