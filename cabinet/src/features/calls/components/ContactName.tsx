import { Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { PhoneLink } from '@/ui/PhoneLink';
import { TextLink } from '@/ui/TextLink';

interface ContactNameProps {
  call: { contactName: string; contactPhone: string; visitorId?: string | null };
}

/** Who called or was called; unknown callers and hidden numbers are named as such. */
export function ContactName({ call: { contactName, contactPhone, visitorId } }: ContactNameProps) {
  const { t } = useTranslation();
  const name = contactName || t(contactPhone === '' ? 'calls.contact.hidden' : 'calls.contact.unknown');
  return (
    <Stack gap={2} align="flex-start">
      {visitorId ? (
        <TextLink to="/visitors/$visitorId" params={{ visitorId }} size="sm" fw={600} className="break">
          {name}
        </TextLink>
      ) : (
        <Text
          size="sm"
          fw={contactName ? 600 : 400}
          c={contactName ? undefined : 'dimmed'}
          className="break"
          component="span"
        >
          {name}
        </Text>
      )}
      {contactPhone !== '' && <PhoneLink phone={contactPhone} />}
    </Stack>
  );
}
