import { Badge, Button, Menu } from '@mantine/core';
import {
  IconBookmark,
  IconCopy,
  IconDeviceFloppy,
  IconPencil,
  IconPlus,
  IconTrash,
  IconUsers,
} from '@tabler/icons-react';
import { notifications } from '@mantine/notifications';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMutation, useQuery } from 'urql';
import {
  DeleteReportViewDocument,
  type ReportKind,
  ReportViewsDocument,
  type ReportViewFieldsFragment,
  SaveReportViewDocument,
} from '@/graphql/generated/graphql';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { notifyProblem } from '@/ui/notifyProblem';
import { useCopy } from '@/ui/useCopy';
import { useProblemText } from '@/ui/useProblemText';
import { useChangeState } from '../hooks/useReportPage';
import { pageOf } from '../reportKinds';
import { definitionOf, readDefinition, type ReportState } from '../state';
import { ViewDialog } from './ViewDialog';

const context = { additionalTypenames: ['ReportView'] };

/** Saved views of a report: opens, saves, names, shares and deletes them. */
export function ViewsMenu({ kind, state }: { kind: ReportKind; state: ReportState }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const change = useChangeState(state);
  const problemText = useProblemText();
  const { copy } = useCopy();
  const [{ data }] = useQuery({ query: ReportViewsDocument, variables: { report: kind }, context });
  const [, save] = useMutation(SaveReportViewDocument);
  const [, remove] = useMutation(DeleteReportViewDocument);
  const [dialog, setDialog] = useState<'new' | 'rename' | 'delete'>();
  const views = data?.reportViews ?? [];
  const current = views.find(({ id }) => id === state.view);
  const mine = current?.isMine ? current : undefined;

  const open = (view: ReportViewFieldsFragment) =>
    void navigate({
      to: pageOf(view.report),
      search: { ...readDefinition(view.definition), view: view.id } as never,
    });
  const update = async (view: ReportViewFieldsFragment, next: Partial<ReportViewFieldsFragment>) => {
    const { id, report, name, isShared, definition } = { ...view, ...next };
    const { error } = await save({ input: { id, report, name, isShared, definition } }, context);
    if (error) {
      notifyProblem(problemText(error));
    } else {
      notifications.show({ message: t('reports.views.done') });
    }
  };
  const copyLink = async (id: string) => {
    await copy(`${window.location.origin}/reports/views/${id}`);
    notifications.show({ message: t('reports.views.copied') });
  };

  return (
    <>
      <Menu position="bottom-end" width={290}>
        <Menu.Target>
          <Button variant="default" leftSection={<IconBookmark size={16} aria-hidden />}>
            {current?.name ?? t('reports.views.label')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{t(views.length > 0 ? 'reports.views.open' : 'reports.views.none')}</Menu.Label>
          {views.map((view) => (
            <Menu.Item
              key={view.id}
              onClick={() => open(view)}
              fw={view.id === current?.id ? 600 : undefined}
              rightSection={view.isShared && <Badge size="sm">{t('reports.views.sharedBadge')}</Badge>}
            >
              {view.name}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setDialog('new')}>
            {t('reports.views.save')}
          </Menu.Item>
          {mine && (
            <>
              <Menu.Item
                leftSection={<IconDeviceFloppy size={16} aria-hidden />}
                onClick={() => void update(mine, { definition: definitionOf(state) })}
              >
                {t('reports.views.update')}
              </Menu.Item>
              <Menu.Item
                leftSection={<IconPencil size={16} aria-hidden />}
                onClick={() => setDialog('rename')}
              >
                {t('reports.views.rename')}
              </Menu.Item>
              <Menu.Item
                leftSection={<IconUsers size={16} aria-hidden />}
                onClick={() => void update(mine, { isShared: !mine.isShared })}
              >
                {t(mine.isShared ? 'reports.views.unshare' : 'reports.views.share')}
              </Menu.Item>
            </>
          )}
          {current?.isShared && (
            <Menu.Item
              leftSection={<IconCopy size={16} aria-hidden />}
              onClick={() => void copyLink(current.id)}
            >
              {t('reports.views.copyLink')}
            </Menu.Item>
          )}
          {mine && (
            <Menu.Item
              color="red"
              leftSection={<IconTrash size={16} aria-hidden />}
              onClick={() => setDialog('delete')}
            >
              {t('reports.views.delete')}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <ViewDialog
        kind={kind}
        definition={dialog === 'rename' && mine ? mine.definition : definitionOf(state)}
        view={dialog === 'rename' ? mine : undefined}
        opened={dialog === 'new' || (dialog === 'rename' && mine !== undefined)}
        onClose={() => setDialog(undefined)}
        onSaved={(id) => change({ view: id })}
      />
      <DeleteDialog
        view={dialog === 'delete' ? mine : undefined}
        onClose={() => setDialog(undefined)}
        onDelete={async (id) => {
          const { error } = await remove({ input: { id } }, context);
          if (!error) {
            change({ view: undefined });
          }
          return error;
        }}
      />
    </>
  );
}

interface DeleteDialogProps {
  view: ReportViewFieldsFragment | undefined;
  onClose: () => void;
  onDelete: (id: string) => Promise<Parameters<typeof ConfirmDialog>[0]['error']>;
}

function DeleteDialog({ view, onClose, onDelete }: DeleteDialogProps) {
  const { t } = useTranslation();
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<Parameters<typeof ConfirmDialog>[0]['error']>();
  const run = async () => {
    if (!view) {
      return;
    }
    setPending(true);
    const failure = await onDelete(view.id);
    setPending(false);
    setError(failure);
    if (!failure) {
      onClose();
    }
  };
  return (
    <ConfirmDialog
      opened={view !== undefined}
      onClose={onClose}
      title={t('reports.views.question', { name: view?.name ?? '' })}
      text={t('reports.views.text')}
      confirm={t('reports.views.delete')}
      onConfirm={() => void run()}
      pending={pending}
      error={error}
    />
  );
}
