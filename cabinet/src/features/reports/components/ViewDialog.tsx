import { Button, Checkbox, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { useValidators } from '@/features/session/hooks/useValidators';
import {
  type ReportKind,
  type ReportViewFieldsFragment,
  SaveReportViewDocument,
} from '@/graphql/generated/graphql';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { useSubmit } from '@/ui/useSubmit';

interface ViewDialogProps {
  kind: ReportKind;
  definition: string;
  /** The view to rename; a new one when absent. */
  view: ReportViewFieldsFragment | undefined;
  opened: boolean;
  onClose: () => void;
  onSaved: (id: string) => void;
}

/** Names a saved view and says who sees it. */
export function ViewDialog(props: ViewDialogProps) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={t(props.view ? 'reports.views.renameTitle' : 'reports.views.saveTitle')}
      closeButtonProps={{ 'aria-label': t('common.action.close') }}
    >
      {props.opened && <ViewForm {...props} />}
    </Modal>
  );
}

const context = { additionalTypenames: ['ReportView'] };

function ViewForm({ kind, definition, view, onClose, onSaved }: ViewDialogProps) {
  const { t } = useTranslation();
  const check = useValidators();
  const [, save] = useMutation(SaveReportViewDocument);
  const { pending, error, submit } = useSubmit();
  const form = useForm({
    initialValues: { name: view?.name ?? '', isShared: view?.isShared ?? false },
    validate: { name: check.required },
  });
  return (
    <form
      noValidate
      onSubmit={form.onSubmit(({ name, isShared }) => {
        const input = { id: view?.id ?? null, report: kind, name: name.trim(), isShared, definition };
        void submit({
          form,
          send: () => save({ input }, context),
          done: ({ saveReportView }) => {
            onClose();
            onSaved(saveReportView.view.id);
          },
        });
      })}
    >
      <Stack>
        <TextInput label={t('reports.views.name')} required data-autofocus {...form.getInputProps('name')} />
        <Checkbox
          label={t('reports.views.shared')}
          {...form.getInputProps('isShared', { type: 'checkbox' })}
        />
        <ProblemAlert error={error} />
        <Group justify="flex-end">
          <Button type="submit" loading={pending}>
            {t('reports.views.submit')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
