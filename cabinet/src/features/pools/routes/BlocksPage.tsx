import { Button, Group, Modal, Table, Text, VisuallyHidden } from '@mantine/core';
import { IconPlus, IconWorldCode } from '@tabler/icons-react';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMutation, useQuery } from 'urql';
import { useCan } from '@/features/session/hooks/useCan';
import { useFormat } from '@/format/useFormat';
import {
  DeleteSiteBlockDocument,
  OrderSiteBlocksDocument,
  type SiteBlockFieldsFragment,
  SiteBlocksDocument,
} from '@/graphql/generated/graphql';
import { ConfirmButton } from '@/ui/ConfirmButton';
import { EmptyState } from '@/ui/EmptyState';
import { Loaded } from '@/ui/Loaded';
import { notifyProblem } from '@/ui/notifyProblem';
import { Page } from '@/ui/Page';
import { useProblemText } from '@/ui/useProblemText';
import { BlockForm } from '../components/BlockForm';
import { OrderButtons } from '../components/OrderButtons';
import { PoolsTabs } from '../components/PoolsTabs';
import { SiteChoice } from '../components/SiteChoice';
import { WrittenNumber } from '../components/WrittenNumber';
import { useChosenSite } from '../hooks/useChosenSite';
import { shifted } from '../order';

const route = getRouteApi('/shell/pools/blocks');
const context = { additionalTypenames: ['SiteBlock'] };

/** Where numbers are replaced in a site's pages, and how they are written there. */
export function BlocksPage() {
  const { t } = useTranslation();
  const search = route.useSearch();
  const navigate = useNavigate();
  const canChange = useCan('ADMIN');
  const { site, isLoaded, error, retry } = useChosenSite(search.site);
  const [edited, setEdited] = useState<SiteBlockFieldsFragment | 'new'>();
  const block = edited === 'new' ? undefined : edited;
  const close = () => setEdited(undefined);
  return (
    <Page
      title={t('pools.blocks.title')}
      lead={t('pools.blocks.lead')}
      actions={
        canChange &&
        site && (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEdited('new')}>
            {t('pools.blocks.add')}
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
                  void navigate({ to: '/pools/blocks', search: next ? { site: next } : {}, replace: true })
                }
              />
              <div className="panel panel-flush">
                <BlockList key={site.id} siteId={site.id} onEdit={setEdited} />
              </div>
            </>
          ) : (
            <div className="panel">
              <EmptyState icon={IconWorldCode} title={t('pools.list.noSite')} />
            </div>
          )
        }
      </Loaded>
      <Modal
        opened={edited !== undefined}
        onClose={close}
        title={block ? t('pools.block.editTitle') : t('pools.block.title')}
        closeButtonProps={{ 'aria-label': t('common.action.close') }}
        size="lg"
      >
        {site && <BlockForm key={block?.id ?? 'new'} siteId={site.id} block={block} onDone={close} />}
      </Modal>
    </Page>
  );
}

interface BlockListProps {
  siteId: string;
  onEdit: (block: SiteBlockFieldsFragment) => void;
}

function BlockList({ siteId, onEdit }: BlockListProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const textOf = useProblemText();
  const canChange = useCan('ADMIN');
  const [result, retry] = useQuery({ query: SiteBlocksDocument, variables: { siteId }, context });
  const [, remove] = useMutation(DeleteSiteBlockDocument);
  const [, order] = useMutation(OrderSiteBlocksDocument);
  const [said, setSaid] = useState('');
  const move = async (blocks: SiteBlockFieldsFragment[], index: number, by: -1 | 1) => {
    const ids = shifted(
      blocks.map(({ id }) => id),
      index,
      by,
    );
    setSaid(t('pools.order.moved', { name: blocks[index]?.name ?? '', place: index + by + 1 }));
    const { error } = await order({ input: { siteId, ids } }, context);
    if (error) {
      notifyProblem(textOf(error));
    }
  };
  return (
    <Loaded result={result} onRetry={() => retry({ requestPolicy: 'network-only' })}>
      {({ siteBlocks }) =>
        siteBlocks.length === 0 ? (
          <EmptyState
            icon={IconWorldCode}
            title={t('pools.blocks.emptyTitle')}
            text={t('pools.blocks.emptyText')}
          />
        ) : (
          <div className="table-scroll" role="region" aria-label={t('pools.blocks.title')} tabIndex={0}>
            <Table verticalSpacing="sm" horizontalSpacing="md" miw={760}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t('pools.block.name')}</Table.Th>
                  <Table.Th>{t('pools.block.by')}</Table.Th>
                  <Table.Th>{t('pools.block.preview')}</Table.Th>
                  {canChange && <Table.Th ta="right">{t('common.field.actions')}</Table.Th>}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {siteBlocks.map((block, index) => (
                  <Table.Tr key={block.id}>
                    <Table.Td maw={220}>
                      <Text size="sm" fw={600} className="break">
                        {block.name}
                      </Text>
                    </Table.Td>
                    <Table.Td maw={240}>
                      <Text size="sm">{t(`pools.place.${block.by}`)}</Text>
                      <Text size="xs" c="dimmed" className="mono break">
                        {block.by === 'NUMBER' ? format.phone(block.value) : block.value}
                      </Text>
                    </Table.Td>
                    <Table.Td>
                      <WrittenNumber block={block} size="sm" />
                    </Table.Td>
                    {canChange && (
                      <Table.Td>
                        <Group gap="xs" justify="flex-end" wrap="nowrap">
                          <OrderButtons
                            name={block.name}
                            index={index}
                            count={siteBlocks.length}
                            onMove={(by) => void move(siteBlocks, index, by)}
                          />
                          <Button
                            size="xs"
                            variant="default"
                            aria-label={t('pools.list.edit', { name: block.name })}
                            onClick={() => onEdit(block)}
                          >
                            {t('common.action.edit')}
                          </Button>
                          <ConfirmButton
                            size="xs"
                            variant="subtle"
                            color="red"
                            aria-label={t('pools.list.delete', { name: block.name })}
                            title={t('pools.blocks.question', { name: block.name })}
                            text={t('pools.blocks.deleting')}
                            confirm={t('common.action.delete')}
                            action={async () => (await remove({ input: { id: block.id } }, context)).error}
                          >
                            {t('common.action.delete')}
                          </ConfirmButton>
                        </Group>
                      </Table.Td>
                    )}
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
            <VisuallyHidden role="status">{said}</VisuallyHidden>
          </div>
        )
      }
    </Loaded>
  );
}
