import { Grid, Group, Skeleton, Stack } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { CommunicationDrawer } from '@/features/communications/components/CommunicationDrawer';
import { DealDocument } from '@/graphql/generated/graphql';
import { CopyableId } from '@/ui/CopyableId';
import { Loaded } from '@/ui/Loaded';
import { Page } from '@/ui/Page';
import { TextLink } from '@/ui/TextLink';
import { DealAttributionPanel } from '../components/DealAttributionPanel';
import { DealFacts } from '../components/DealFacts';
import { DealHistory } from '../components/DealHistory';
import { DealLinks } from '../components/DealLinks';
import { DealPath } from '../components/DealPath';
import { StageBadge } from '../components/StageBadge';
import { useDealTerms } from '../hooks/useDealCrms';

const route = getRouteApi('/shell/deals/$dealId');
const context = { additionalTypenames: ['Deal', 'Crm'] };

/** Everything known about one deal, and which advertising led to it. */
export function DealPage() {
  const { t } = useTranslation();
  const { dealId } = route.useParams();
  const [result, retry] = useQuery({ query: DealDocument, variables: { id: dealId }, context });
  const [open, setOpen] = useState<string>();
  const deal = result.data?.deal.id === dealId ? result.data.deal : undefined;
  const terms = useDealTerms(deal?.crmId);
  return (
    <Page
      key={dealId}
      title={deal?.name || deal?.externalId || t(`deals.terms.one.${terms}`)}
      above={
        <TextLink to="/deals" size="sm" style={{ alignSelf: 'flex-start' }}>
          {t(`deals.terms.title.${terms}`)}
        </TextLink>
      }
      lead={
        deal && (
          <Group component="span" gap="sm">
            <CopyableId value={deal.externalId} />
            <StageBadge name={deal.stage.name} status={deal.status} />
          </Group>
        )
      }
    >
      <Loaded
        result={{ data: deal, error: result.error }}
        onRetry={() => retry({ requestPolicy: 'network-only' })}
        skeleton={<Skeleton height={420} />}
      >
        {(deal) => (
          <Grid gap="md">
            <Grid.Col span={{ base: 12, lg: 4 }}>
              <Stack gap="md">
                <DealFacts deal={deal} terms={terms} />
                <DealHistory history={deal.history} />
              </Stack>
            </Grid.Col>
            <Grid.Col span={{ base: 12, lg: 8 }}>
              <Stack gap="md">
                <DealAttributionPanel deal={deal} />
                <DealPath deal={deal} terms={terms} onOpen={setOpen} />
                <DealLinks deal={deal} onOpen={setOpen} />
              </Stack>
            </Grid.Col>
          </Grid>
        )}
      </Loaded>
      <CommunicationDrawer id={open} onClose={() => setOpen(undefined)} />
    </Page>
  );
}
