import { MultiSelect } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { type CallTagFieldsFragment, TagCallDocument } from '@/graphql/generated/graphql';
import { notifyProblem } from '@/ui/notifyProblem';
import { useProblemText } from '@/ui/useProblemText';
import { useCallTags } from '../hooks/useCallTags';

interface TagsFieldProps {
  callId: string;
  tags: CallTagFieldsFragment[];
  /** Called with the tags the call has then. */
  onChange?: (tags: CallTagFieldsFragment[]) => void;
}

/** Adds tags to a call and removes them; each change is saved at once. */
export function TagsField({ callId, tags, onChange }: TagsFieldProps) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  const [{ data }] = useCallTags();
  const [{ fetching }, send] = useMutation(TagCallDocument);
  const has = tags.map(({ id }) => id);
  const save = async (next: string[]) => {
    const input = {
      callId,
      add: next.filter((id) => !has.includes(id)),
      remove: has.filter((id) => !next.includes(id)),
    };
    const { data: answer, error } = await send({ input });
    if (error) {
      notifyProblem(textOf(error));
    } else if (answer) {
      onChange?.(answer.tagCall.call.tags);
    }
  };
  // A tag of the call may have been added a moment ago.
  const all = new Map([...tags, ...(data?.callTags ?? [])].map((tag) => [tag.id, tag.name]));
  return (
    <MultiSelect
      aria-label={t('calls.tags.title')}
      placeholder={has.length === 0 ? t('calls.tags.add') : undefined}
      searchable
      disabled={fetching}
      nothingFoundMessage={t('calls.tags.noneYet')}
      data={[...all].map(([value, label]) => ({ value, label }))}
      value={has}
      onChange={(next) => void save(next)}
    />
  );
}
