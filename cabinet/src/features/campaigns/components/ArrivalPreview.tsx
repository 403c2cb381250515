import { Button, Group, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useClient } from 'urql';
import { SourceFacts } from '@/features/visitors/components/SourceFacts';
import { PreviewArrivalDocument, type PreviewArrivalQuery } from '@/graphql/generated/graphql';
import { Panel } from '@/ui/Panel';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { useSubmit } from '@/ui/useSubmit';

/** Tries an address: what would a visit that lands on it be counted to? */
export function ArrivalPreview({ siteId, domain }: { siteId: string; domain: string }) {
  const { t } = useTranslation();
  const client = useClient();
  const { pending, error, submit } = useSubmit();
  const [preview, setPreview] = useState<PreviewArrivalQuery['previewArrival']>();
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { url: `https://${domain}/?utm_source=`, referrer: '' },
    validate: { url: (text) => (URL.canParse(text.trim()) ? null : t('campaigns.preview.urlInvalid')) },
  });
  return (
    <Panel title={t('campaigns.preview.title')} lead={t('campaigns.preview.lead')}>
      <form
        noValidate
        onSubmit={form.onSubmit(({ url, referrer }) => {
          const variables = { siteId, url: url.trim(), referrer: referrer.trim() || null };
          void submit({
            form,
            send: () =>
              client.query(PreviewArrivalDocument, variables, { requestPolicy: 'network-only' }).toPromise(),
            done: (data) => setPreview(data.previewArrival),
          });
        })}
      >
        <Stack gap="sm">
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <TextInput
              label={t('campaigns.preview.url')}
              inputMode="url"
              required
              key={form.key('url')}
              {...form.getInputProps('url')}
            />
            <TextInput
              label={t('campaigns.preview.referrer')}
              inputMode="url"
              placeholder="https://yandex.ru/"
              key={form.key('referrer')}
              {...form.getInputProps('referrer')}
            />
          </SimpleGrid>
          <ProblemAlert error={error} />
          <div>
            <Button type="submit" variant="default" loading={pending}>
              {t('campaigns.preview.submit')}
            </Button>
          </div>
        </Stack>
      </form>
      <div role="status">
        {preview && (
          <Stack gap="xs">
            <Group gap={6}>
              <Text size="sm" c="dimmed">
                {t('campaigns.preview.campaign')}
              </Text>
              <Text size="sm" fw={600}>
                {preview.campaign?.name ?? t('campaigns.preview.none')}
              </Text>
            </Group>
            <SourceFacts source={preview.source} />
          </Stack>
        )}
      </div>
    </Panel>
  );
}
