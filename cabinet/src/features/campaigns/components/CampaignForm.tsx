import { Button, Group, Stack, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useReducer, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import {
  type CampaignFieldsFragment,
  CreateCampaignDocument,
  UpdateCampaignDocument,
} from '@/graphql/generated/graphql';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { useSubmit } from '@/ui/useSubmit';
import { draftOf, editDraft, faultsOf, groupsInput } from '../conditions';
import { GroupsEditor } from './GroupsEditor';

interface CampaignFormProps {
  siteId: string;
  /** The campaign to change; a new one when absent. */
  campaign?: CampaignFieldsFragment | undefined;
  onDone: () => void;
}

const context = { additionalTypenames: ['Campaign', 'Site'] };

/** Makes or changes a campaign and the rules by which visits are counted to it. */
export function CampaignForm({ siteId, campaign, onDone }: CampaignFormProps) {
  const { t } = useTranslation();
  const [draft, edit] = useReducer(editDraft, campaign, draftOf);
  const [checked, setChecked] = useState(false);
  const [, create] = useMutation(CreateCampaignDocument);
  const [, update] = useMutation(UpdateCampaignDocument);
  const { pending, error, submit } = useSubmit();
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { name: campaign?.name ?? '', description: campaign?.description ?? '' },
    validate: { name: (text) => (text.trim() === '' ? t('common.form.required') : null) },
  });
  const faults = faultsOf(draft);
  const send = (values: { name: string; description: string }) => {
    setChecked(true);
    if (faults.size > 0) {
      return;
    }
    const input = {
      name: values.name.trim(),
      description: values.description.trim(),
      include: groupsInput(draft.include),
      exclude: groupsInput(draft.exclude),
    };
    if (campaign) {
      const send = () => update({ input: { id: campaign.id, ...input } }, context);
      void submit({ form, send, done: onDone });
    } else {
      const send = () => create({ input: { siteId, ...input } }, context);
      void submit({ form, send, done: onDone });
    }
  };
  const shown = checked ? faults : new Map();
  return (
    <form noValidate onSubmit={form.onSubmit(send, () => setChecked(true))}>
      <Stack gap="lg">
        <TextInput
          label={t('campaigns.form.name')}
          required
          data-autofocus
          key={form.key('name')}
          {...form.getInputProps('name')}
        />
        <Textarea
          label={t('campaigns.form.description')}
          autosize
          minRows={2}
          key={form.key('description')}
          {...form.getInputProps('description')}
        />
        <GroupsEditor side="include" groups={draft.include} faults={shown} edit={edit} />
        <GroupsEditor side="exclude" groups={draft.exclude} faults={shown} edit={edit} />
        <ProblemAlert error={error} />
        <Group justify="flex-end">
          <Button type="submit" loading={pending}>
            {campaign ? t('common.action.save') : t('campaigns.form.create')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
