import { Panel } from '@/ui/Panel';
import { useTranslation } from 'react-i18next';
import type { CallTagFieldsFragment } from '@/graphql/generated/graphql';
import { TagsField } from './TagsField';

/** The tags of a call, to be changed. */
export function CallTagsPanel({ callId, tags }: { callId: string; tags: CallTagFieldsFragment[] }) {
  const { t } = useTranslation();
  return (
    <Panel title={t('calls.tags.title')}>
      <TagsField callId={callId} tags={tags} />
    </Panel>
  );
}
