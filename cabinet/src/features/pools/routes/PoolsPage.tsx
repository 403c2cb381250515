import { Button, Modal, Stack, VisuallyHidden } from '@mantine/core';
import { IconPhoneCalling, IconPlus } from '@tabler/icons-react';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMutation, useQuery } from 'urql';
import { useCan } from '@/features/session/hooks/useCan';
import {
  CalltrackingSettingsDocument,
  CampaignsDocument,
  type NumberPoolFieldsFragment,
  NumberPoolsDocument,
  OrderNumberPoolsDocument,
} from '@/graphql/generated/graphql';
import { ButtonLink } from '@/ui/ButtonLink';
import { EmptyState } from '@/ui/EmptyState';
import { Loaded } from '@/ui/Loaded';
import { notifyProblem } from '@/ui/notifyProblem';
import { Page } from '@/ui/Page';
import { useProblemText } from '@/ui/useProblemText';
import { PoolCard } from '../components/PoolCard';
import { PoolForm } from '../components/PoolForm';
import { PoolsTabs } from '../components/PoolsTabs';
import { SiteChoice } from '../components/SiteChoice';
import { SizingCalculator } from '../components/SizingCalculator';
import { useChosenSite } from '../hooks/useChosenSite';
import { shifted } from '../order';

const route = getRouteApi('/shell/pools');
const context = { additionalTypenames: ['NumberPool', 'VirtualNumber'] };
const ofSettings = { additionalTypenames: ['CalltrackingSettings'] };

/** The pools of a site in the order in which visits are offered them. */
export function PoolsPage() {
  const { t } = useTranslation();
  const search = route.useSearch();
  const navigate = useNavigate();
  const canChange = useCan('ADMIN');
  const { site, isLoaded, error, retry } = useChosenSite(search.site);
  const [settings] = useQuery({ query: CalltrackingSettingsDocument, context: ofSettings });
  const [edited, setEdited] = useState<NumberPoolFieldsFragment | 'new'>();
  const pool = edited === 'new' ? undefined : edited;
  const close = () => setEdited(undefined);
  const times = settings.data?.calltrackingSettings;
  return (
    <Page
      title={t('pools.list.title')}
      lead={t('pools.list.lead')}
      actions={
        canChange &&
        site && (
          <Button
            leftSection={<IconPlus size={16} aria-hidden />}
            disabled={!times}
            onClick={() => setEdited('new')}
          >
            {t('pools.list.add')}
          </Button>
        )
      }
    >
      <PoolsTabs site={search.site} />
      <Loaded result={{ data: isLoaded ? { site } : undefined, error }} onRetry={() => retry()}>
        {({ site }) =>
          site ? (
            <>
              <SiteChoice
                site={site.id}
                onChange={(next) =>
                  void navigate({ to: '/pools', search: next ? { site: next } : {}, replace: true })
                }
              />
              <PoolList key={site.id} siteId={site.id} onEdit={setEdited} />
            </>
          ) : (
            <div className="panel">
              <EmptyState
                icon={IconPhoneCalling}
                title={t('pools.list.noSite')}
                action={<ButtonLink to="/sites">{t('sites.list.title')}</ButtonLink>}
              />
            </div>
          )
        }
      </Loaded>
      {times && <SizingCalculator holdSeconds={times.holdSeconds} />}
      <Modal
        opened={edited !== undefined}
        onClose={close}
        title={pool ? t('pools.form.editTitle') : t('pools.form.title')}
        closeButtonProps={{ 'aria-label': t('common.action.close') }}
        size="xl"
      >
        {site && times && (
          <PoolForm key={pool?.id ?? 'new'} siteId={site.id} pool={pool} times={times} onDone={close} />
        )}
      </Modal>
    </Page>
  );
}

interface PoolListProps {
  siteId: string;
  onEdit: (pool: NumberPoolFieldsFragment) => void;
}

function PoolList({ siteId, onEdit }: PoolListProps) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  const [result, retry] = useQuery({ query: NumberPoolsDocument, variables: { siteId }, context });
  const [campaigns] = useQuery({ query: CampaignsDocument, variables: { siteId } });
  const [, order] = useMutation(OrderNumberPoolsDocument);
  // Shown at once while the server is told.
  const [wanted, setWanted] = useState<string[]>();
  const [said, setSaid] = useState('');
  const campaign = (id: string) => campaigns.data?.site.campaigns.find((one) => one.id === id)?.name;
  const move = async (pools: NumberPoolFieldsFragment[], index: number, by: -1 | 1) => {
    const ids = shifted(
      pools.map(({ id }) => id),
      index,
      by,
    );
    setWanted(ids);
    setSaid(t('pools.order.moved', { name: pools[index]?.name ?? '', place: index + by + 1 }));
    const { error } = await order({ input: { siteId, ids } }, context);
    if (error) {
      notifyProblem(textOf(error));
      setWanted(undefined);
    }
  };
  return (
    <Loaded result={result} onRetry={() => retry({ requestPolicy: 'network-only' })}>
      {({ numberPools }) => {
        const place = (id: string) => wanted?.indexOf(id) ?? -1;
        const isKnown =
          wanted?.length === numberPools.length && numberPools.every(({ id }) => place(id) >= 0);
        const pools = isKnown ? [...numberPools].sort((a, b) => place(a.id) - place(b.id)) : numberPools;
        return pools.length === 0 ? (
          <div className="panel">
            <EmptyState
              icon={IconPhoneCalling}
              title={t('pools.list.emptyTitle')}
              text={t('pools.list.emptyText')}
            />
          </div>
        ) : (
          <>
            <Stack component="ol" gap="md" p={0} m={0} style={{ listStyle: 'none' }}>
              {pools.map((pool, index) => (
                <PoolCard
                  key={pool.id}
                  pool={pool}
                  index={index}
                  count={pools.length}
                  campaign={campaign}
                  onMove={(by) => void move(pools, index, by)}
                  onEdit={() => onEdit(pool)}
                />
              ))}
            </Stack>
            <VisuallyHidden role="status">{said}</VisuallyHidden>
          </>
        );
      }}
    </Loaded>
  );
}
