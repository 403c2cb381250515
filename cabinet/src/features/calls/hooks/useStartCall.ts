import { notifications } from '@mantine/notifications';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { useFormat } from '@/format/useFormat';
import { StartCallDocument } from '@/graphql/generated/graphql';
import { notifyProblem } from '@/ui/notifyProblem';
import { useProblemText } from '@/ui/useProblemText';

/** Calls a contact by click: one's own phone rings first. */
export function useStartCall() {
  const { t } = useTranslation();
  const format = useFormat();
  const textOf = useProblemText();
  const [{ fetching }, send] = useMutation(StartCallDocument);
  const start = async (phone: string, callbackOf?: string) => {
    const { data, error } = await send({ input: { phone, ...(callbackOf && { callbackOf }) } });
    if (error) {
      notifyProblem(textOf(error));
    } else if (data) {
      notifications.show({
        color: 'green',
        title: t('calls.start.title'),
        message: t('calls.start.text', {
          phone: format.phone(phone),
          number: format.phone(data.startCall.callerId),
        }),
      });
    }
  };
  return { start, pending: fetching };
}
