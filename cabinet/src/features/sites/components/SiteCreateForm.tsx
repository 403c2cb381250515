import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { CreateSiteDocument } from '@/graphql/generated/graphql';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { useSubmit } from '@/ui/useSubmit';
import { cleanDomain, isDomain } from '../domain';

/** Asks for the domain of a new site and adds it. */
export function SiteCreateForm({ onCreated }: { onCreated: (siteId: string) => void }) {
  const { t } = useTranslation();
  const [, create] = useMutation(CreateSiteDocument);
  const { pending, error, submit } = useSubmit();
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { domain: '', name: '' },
    validate: { domain: (text) => (isDomain(cleanDomain(text)) ? null : t('sites.form.domainInvalid')) },
  });
  return (
    <form
      noValidate
      onSubmit={form.onSubmit(({ domain, name }) => {
        void submit({
          form,
          send: () =>
            create({ input: { domain: cleanDomain(domain), ...(name.trim() ? { name: name.trim() } : {}) } }),
          done: (data) => onCreated(data.createSite.site.id),
        });
      })}
    >
      <Stack>
        <TextInput
          label={t('sites.form.domain')}
          description={t('sites.form.domainHint')}
          placeholder="example.ru"
          inputMode="url"
          autoCapitalize="none"
          autoComplete="off"
          required
          data-autofocus
          key={form.key('domain')}
          {...form.getInputProps('domain')}
        />
        <TextInput
          label={t('sites.form.name')}
          description={t('sites.form.nameHint')}
          autoComplete="off"
          key={form.key('name')}
          {...form.getInputProps('name')}
        />
        <ProblemAlert error={error} />
        <Group justify="flex-end">
          <Button type="submit" loading={pending}>
            {t('sites.form.create')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
