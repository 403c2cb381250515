import { Group, Switch, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { useCan } from '@/features/session/hooks/useCan';
import { type ContactFieldsFragment, SetContactJoiningDocument } from '@/graphql/generated/graphql';
import { EmailLink } from '@/ui/EmailLink';
import { Moment } from '@/ui/Moment';
import { notifyProblem } from '@/ui/notifyProblem';
import { PhoneLink } from '@/ui/PhoneLink';
import { useFormat } from '@/format/useFormat';
import { useProblemText } from '@/ui/useProblemText';

const context = { additionalTypenames: ['Visitor', 'Person'] };

/** One phone or e-mail, and whether it joins visitors into one person. */
export function ContactRow({
  contact,
  onChanged,
}: {
  contact: ContactFieldsFragment;
  onChanged: () => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const textOf = useProblemText();
  const canChange = useCan('ANALYST');
  const [{ fetching }, setJoining] = useMutation(SetContactJoiningDocument);
  const { kind, value, isJoining } = contact;
  const toggle = async () => {
    const { data, error } = await setJoining({ input: { kind, value, isJoining: !isJoining } }, context);
    if (error) {
      notifyProblem(textOf(error));
      return;
    }
    const count = data?.setContactJoining.changedVisitors ?? 0;
    notifications.show({ message: t('visitors.contacts.changed', { count }) });
    onChanged();
  };
  const shown = kind === 'PHONE' ? format.phone(value) : value;
  return (
    <Group justify="space-between" align="flex-start" gap="xs">
      <div>
        {kind === 'PHONE' ? <PhoneLink phone={value} /> : <EmailLink email={value} />}
        <Text size="xs" c="dimmed">
          {t(`visitors.origin.${contact.origin}`)}, <Moment at={contact.firstAt} as="date" />
        </Text>
      </div>
      <Switch
        size="xs"
        label={t('visitors.contacts.joins')}
        aria-label={t('visitors.contacts.joinsNamed', { value: shown })}
        checked={isJoining}
        disabled={!canChange || fetching}
        onChange={() => void toggle()}
      />
    </Group>
  );
}
