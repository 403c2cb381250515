import { Button, Modal, Skeleton } from '@mantine/core';
import { IconPhoneCalling } from '@tabler/icons-react';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { useCan } from '@/features/session/hooks/useCan';
import { dayOf } from '@/format/dates';
import { CampaignsDocument, NumberPoolsDocument, PoolFiguresDocument } from '@/graphql/generated/graphql';
import { EmptyState } from '@/ui/EmptyState';
import { FilterBar } from '@/ui/FilterBar';
import { Loaded } from '@/ui/Loaded';
import { Page } from '@/ui/Page';
import { Panel } from '@/ui/Panel';
import { PeriodFields } from '@/ui/PeriodFields';
import { countFilters } from '@/ui/searchParams';
import { TextLink } from '@/ui/TextLink';
import { PoolFacts } from '../components/PoolCard';
import { PoolFiguresPanel } from '../components/PoolFiguresPanel';
import { PoolForm } from '../components/PoolForm';
import { type FiguresPeriod, figureDays, readFiguresPeriod } from '../period';

const route = getRouteApi('/shell/pools/$poolId');
const context = { additionalTypenames: ['NumberPool'] };
const ofFigures = { additionalTypenames: ['NumberPool', 'VirtualNumber', 'Call'] };

/** One pool: how it does. */
export function PoolPage() {
  const { poolId } = route.useParams();
  const period = route.useSearch();
  const navigate = useNavigate();
  const { t } = useTranslation();
  const canChange = useCan('ADMIN');
  const [isEdited, setEdited] = useState(false);
  const [result, retry] = useQuery({ query: NumberPoolsDocument, variables: { siteId: null }, context });
  const pool = result.data?.numberPools.find(({ id }) => id === poolId);
  // Pools are counted in days of UTC.
  const days = figureDays(period, dayOf(new Date(), 'UTC'));
  const [figures, again] = useQuery({
    query: PoolFiguresDocument,
    variables: { poolId, ...days },
    context: ofFigures,
    pause: pool === undefined,
  });
  const [campaigns] = useQuery({
    query: CampaignsDocument,
    variables: { siteId: pool?.siteId ?? '' },
    pause: pool === undefined,
  });
  const campaign = (id: string) => campaigns.data?.site.campaigns.find((one) => one.id === id)?.name;
  const show = (next: FiguresPeriod) =>
    void navigate({
      to: '/pools/$poolId',
      params: { poolId },
      search: readFiguresPeriod({ ...next }),
      replace: true,
    });
  return (
    <Page
      key={poolId}
      title={pool?.name ?? t('pools.details.one')}
      above={
        <TextLink
          to="/pools"
          search={pool ? { site: pool.siteId } : {}}
          size="sm"
          style={{ alignSelf: 'flex-start' }}
        >
          {t('pools.list.title')}
        </TextLink>
      }
      actions={
        pool &&
        canChange && (
          <Button variant="default" onClick={() => setEdited(true)}>
            {t('common.action.edit')}
          </Button>
        )
      }
    >
      <Loaded result={result} onRetry={() => retry()} skeleton={<Skeleton height={240} />}>
        {() =>
          pool ? (
            <>
              <Panel>
                <PoolFacts pool={pool} campaign={campaign} />
              </Panel>
              <FilterBar count={countFilters(period)} onClear={() => show({})}>
                <PeriodFields from={period.from} to={period.to} onChange={show} />
              </FilterBar>
              <Loaded result={figures} onRetry={() => again({ requestPolicy: 'network-only' })}>
                {({ poolFigures }) => <PoolFiguresPanel pool={pool} figures={poolFigures} {...days} />}
              </Loaded>
              <Modal
                opened={isEdited}
                onClose={() => setEdited(false)}
                title={t('pools.form.editTitle')}
                closeButtonProps={{ 'aria-label': t('common.action.close') }}
                size="xl"
              >
                <PoolForm siteId={pool.siteId} pool={pool} times={pool} onDone={() => setEdited(false)} />
              </Modal>
            </>
          ) : (
            <div className="panel">
              <EmptyState icon={IconPhoneCalling} title={t('pools.details.missing')} />
            </div>
          )
        }
      </Loaded>
    </Page>
  );
}
