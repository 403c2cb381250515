import { Button, Checkbox, Group, Select, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { useValidators } from '@/features/session/hooks/useValidators';
import { CreateApiTokenDocument, type TokenScope } from '@/graphql/generated/graphql';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { useSubmit } from '@/ui/useSubmit';
import { expiryOf, type Lifetime, lifetimes } from '../expiry';

const allScopes: TokenScope[] = ['READ', 'WRITE', 'CHATS', 'DATA_API', 'ATTRIBUTION'];
const context = { additionalTypenames: ['ApiToken'] };

interface TokenFormProps {
  onCreated: (secret: string, scopes: TokenScope[]) => void;
  /** The one right the token gets; chosen in the form when absent. */
  only?: TokenScope;
}

/** Makes a token for oneself. */
export function TokenForm({ onCreated, only }: TokenFormProps) {
  const { t } = useTranslation();
  const check = useValidators();
  const [, create] = useMutation(CreateApiTokenDocument);
  const { pending, error, submit } = useSubmit();
  const form = useForm<{ name: string; scopes: TokenScope[]; lifetime: Lifetime }>({
    initialValues: { name: '', scopes: [only ?? 'READ'], lifetime: '365' },
    validate: {
      name: check.required,
      scopes: (chosen) => (chosen.length === 0 ? t('tokens.form.scopeRequired') : null),
    },
  });
  return (
    <form
      noValidate
      onSubmit={form.onSubmit(({ name, scopes, lifetime }) => {
        const expiresAt = expiryOf(lifetime, new Date());
        void submit({
          form,
          send: () => create({ input: { name: name.trim(), scopes, expiresAt } }, context),
          done: (data) => onCreated(data.createApiToken.secret, data.createApiToken.apiToken.scopes),
          fields: { expiresAt: 'lifetime' },
        });
      })}
    >
      <Stack>
        <TextInput
          label={t('tokens.form.name')}
          description={t('tokens.form.nameHint')}
          required
          data-autofocus
          {...form.getInputProps('name')}
        />
        {only === undefined && (
          <Checkbox.Group label={t('tokens.form.scopes')} required {...form.getInputProps('scopes')}>
            <Stack gap="sm" my="xs">
              {allScopes.map((scope) => (
                <Checkbox
                  key={scope}
                  value={scope}
                  label={t(`tokens.scope.${scope}`)}
                  description={t(`tokens.scopeHint.${scope}`)}
                />
              ))}
            </Stack>
          </Checkbox.Group>
        )}
        <Select
          label={t('tokens.form.lifetime')}
          allowDeselect={false}
          data={lifetimes.map((value) => ({ value, label: t(`tokens.lifetime.${value}`) }))}
          {...form.getInputProps('lifetime')}
        />
        <ProblemAlert error={error} />
        <Group justify="flex-end">
          <Button type="submit" loading={pending}>
            {t('tokens.form.submit')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
