import { Alert, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { CodeBlock } from '@/features/sites/components/CodeBlock';
import type { TokenScope } from '@/graphql/generated/graphql';
import { CopyButton } from '@/ui/CopyButton';
import { exampleCall } from '../example';

interface TokenSecretProps {
  secret: string;
  scopes: TokenScope[];
  onClose: () => void;
}

/** The secret of a new token, which is never shown again. */
export function TokenSecret({ secret, scopes, onClose }: TokenSecretProps) {
  const { t } = useTranslation();
  const example = exampleCall(secret, scopes, window.location.origin);
  return (
    <Stack>
      <Alert color="yellow" variant="light">
        {t('tokens.secret.once')}
      </Alert>
      <TextInput
        label={t('tokens.secret.label')}
        value={secret}
        readOnly
        onFocus={(event) => event.currentTarget.select()}
      />
      <Group justify="space-between">
        <CopyButton value={secret} label={t('tokens.secret.copy')} />
        <Button variant="subtle" onClick={onClose}>
          {t('tokens.secret.done')}
        </Button>
      </Group>
      <div>
        <Text size="sm" c="dimmed" mb={4}>
          {t('tokens.secret.example')}
        </Text>
        <CodeBlock code={example} label={t('tokens.secret.example')} />
      </div>
    </Stack>
  );
}
