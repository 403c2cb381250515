import { Button, Modal } from '@mantine/core';
import { IconPlus, IconTarget } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { useCan } from '@/features/session/hooks/useCan';
import { useSite } from '@/features/sites/hooks/useSite';
import { type GoalFieldsFragment, GoalsDocument } from '@/graphql/generated/graphql';
import { EmptyState } from '@/ui/EmptyState';
import { Loaded } from '@/ui/Loaded';
import { Panel } from '@/ui/Panel';
import { GoalForm } from '../components/GoalForm';
import { GoalsTable } from '../components/GoalsTable';

const context = { additionalTypenames: ['Goal'] };

/** Goals and events of a site. */
export function GoalsTab() {
  const { t } = useTranslation();
  const site = useSite();
  const canChange = useCan('ADMIN');
  const [result, retry] = useQuery({ query: GoalsDocument, variables: { siteId: site.id }, context });
  const [edited, setEdited] = useState<GoalFieldsFragment | 'new'>();
  const goal = edited === 'new' ? undefined : edited;
  const close = () => setEdited(undefined);
  return (
    <Panel
      title={t('goals.list.title')}
      lead={t('goals.list.lead')}
      actions={
        canChange && (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEdited('new')}>
            {t('goals.list.add')}
          </Button>
        )
      }
    >
      <Loaded result={result} onRetry={() => retry()}>
        {({ site: { goals } }) =>
          goals.length === 0 ? (
            <EmptyState
              icon={IconTarget}
              title={t('goals.list.emptyTitle')}
              text={t('goals.list.emptyText')}
            />
          ) : (
            <GoalsTable goals={goals} onEdit={canChange ? setEdited : undefined} />
          )
        }
      </Loaded>
      <Modal
        opened={edited !== undefined}
        onClose={close}
        title={goal ? t('goals.form.editTitle') : t('goals.form.title')}
        closeButtonProps={{ 'aria-label': t('common.action.close') }}
        size="lg"
      >
        <GoalForm key={goal?.id ?? 'new'} siteId={site.id} goal={goal} onDone={close} />
      </Modal>
    </Panel>
  );
}
