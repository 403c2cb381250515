import { Group, Skeleton } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { VisitorDocument } from '@/graphql/generated/graphql';
import { CopyableId } from '@/ui/CopyableId';
import { Loaded } from '@/ui/Loaded';
import { Page } from '@/ui/Page';
import { TextLink } from '@/ui/TextLink';
import { OnlineBadge } from '../components/OnlineBadge';
import { VisitorCard } from '../components/VisitorCard';

const route = getRouteApi('/shell/visitors/$visitorId');
const context = { additionalTypenames: ['Visitor', 'Person'] };

/** Everything known about one visitor. */
export function VisitorPage() {
  const { visitorId } = route.useParams();
  const { t } = useTranslation();
  const [result, retry] = useQuery({ query: VisitorDocument, variables: { id: visitorId }, context });
  const visitor = result.data?.visitor.id === visitorId ? result.data.visitor : undefined;
  return (
    <Page
      key={visitorId}
      title={visitor?.name || t('visitors.card.nameless', { id: visitorId })}
      above={
        <TextLink to="/visitors" size="sm" style={{ alignSelf: 'flex-start' }}>
          {t('visitors.list.title')}
        </TextLink>
      }
      lead={
        <Group component="span" gap="sm">
          <CopyableId value={visitorId} />
          {visitor?.isOnline && <OnlineBadge />}
        </Group>
      }
    >
      <Loaded
        result={{ data: visitor, error: result.error }}
        onRetry={() => retry({ requestPolicy: 'network-only' })}
        skeleton={<Skeleton height={420} />}
      >
        {(visitor) => (
          <VisitorCard visitor={visitor} onChanged={() => retry({ requestPolicy: 'network-only' })} />
        )}
      </Loaded>
    </Page>
  );
}
