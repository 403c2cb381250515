import { Button, Stack, Text } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type CombinedError, useMutation } from 'urql';
import { safeHref } from '@/format/urls';
import { StartIntegrationAuthorizationDocument } from '@/graphql/generated/graphql';
import { useLocalText } from '../hooks/useLocalText';
import { controlId } from '../settings';
import { IntegrationProblem } from './IntegrationProblem';
import type { ControlProps } from './SettingControl';

/** The button that leads to the system's page, where a person lets us in. */
export function AuthorizeField({ field, integration, save }: ControlProps) {
  const { t } = useTranslation();
  const local = useLocalText();
  const [, start] = useMutation(StartIntegrationAuthorizationDocument);
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<CombinedError>();
  const go = async () => {
    setPending(true);
    setError(undefined);
    // The system's page opens in this tab: what was entered would be lost else.
    if (!(await save())) {
      setPending(false);
      return;
    }
    const answer = await start({ input: { id: integration.id } });
    const url = safeHref(answer.data?.startIntegrationAuthorization.url ?? '');
    if (url !== null) {
      window.location.assign(url);
      return;
    }
    setPending(false);
    setError(answer.error);
  };
  return (
    <Stack gap={6} align="flex-start">
      {field.hint.ru !== '' && (
        <Text size="sm" c="dimmed" id={`${controlId(field.key)}-hint`}>
          {local(field.hint)}
        </Text>
      )}
      <Button
        id={controlId(field.key)}
        variant="light"
        leftSection={<IconExternalLink size={16} aria-hidden />}
        aria-describedby={field.hint.ru === '' ? undefined : `${controlId(field.key)}-hint`}
        loading={pending}
        onClick={() => void go()}
      >
        {local(field.title)}
      </Button>
      <Text size="xs" c="dimmed">
        {t('integrations.authorize.leads')}
      </Text>
      <IntegrationProblem error={error} />
    </Stack>
  );
}
