import { Group, Stack, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import {
  IntegrationOptionsDocument,
  IntegrationPreviewDocument,
  type SettingInput,
} from '@/graphql/generated/graphql';
import { Fact } from '@/ui/Fact';
import { Facts } from '@/ui/Facts';
import { RowsSkeleton } from '@/ui/RowsSkeleton';
import { useLocalText } from '../hooks/useLocalText';
import { fieldsOf, type Integration } from '../settings';
import { ExchangeView } from './ExchangeView';
import { IntegrationProblem } from './IntegrationProblem';

interface PreviewViewProps {
  integration: Integration;
  /** For which communication; null for a made-up visitor. */
  communicationId: string | null;
  /** Settings that are not saved yet. */
  settings?: SettingInput[];
}

const context = { additionalTypenames: ['Integration'] };

/** What would be sent, without sending it. */
export function PreviewView({ integration, communicationId, settings }: PreviewViewProps) {
  const { t } = useTranslation();
  const names = useFieldNames(integration);
  const [{ data, error, fetching }, ask] = useQuery({
    query: IntegrationPreviewDocument,
    variables: { id: integration.id, communicationId, settings: settings ?? null },
    context,
  });
  const preview = data?.integrationPreview;
  if (error) {
    return <IntegrationProblem error={error} onRetry={() => ask({ requestPolicy: 'network-only' })} />;
  }
  if (!preview) {
    return <RowsSkeleton rows={4} />;
  }
  return (
    <Stack gap="md" aria-busy={fetching || undefined}>
      <Facts>
        <Fact name={t('integrations.preview.dealName')}>
          <span className="break">{preview.dealName || '—'}</span>
        </Fact>
        <Fact name={t('integrations.preview.note')}>
          <span className="break" style={{ whiteSpace: 'pre-wrap' }}>
            {preview.note || '—'}
          </span>
        </Fact>
      </Facts>
      {preview.fields.length > 0 && (
        <div
          className="table-scroll"
          role="region"
          aria-label={t('integrations.preview.fields')}
          tabIndex={0}
        >
          <Table verticalSpacing="xs">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('integrations.mapping.field')}</Table.Th>
                <Table.Th>{t('integrations.preview.value')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {preview.fields.map(({ field, template }) => (
                <Table.Tr key={field}>
                  <Table.Td className="break">{names.get(field) ?? field}</Table.Td>
                  <Table.Td className="break">{template || '—'}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
      {preview.requests.length > 0 && (
        <Stack gap="xs">
          <Group gap="xs">
            <Text size="sm" fw={600}>
              {t('integrations.preview.requests')}
            </Text>
          </Group>
          {preview.requests.map((request, index) => (
            <ExchangeView key={index} exchange={request} isPlanned />
          ))}
        </Stack>
      )}
    </Stack>
  );
}

/** What the system calls the fields of its mappings; empty while unknown. */
function useFieldNames(integration: Integration): Map<string, string> {
  const local = useLocalText();
  const mapping = fieldsOf(integration.driver.sections).find(({ type }) => type === 'MAPPING');
  const [{ data }] = useQuery({
    query: IntegrationOptionsDocument,
    variables: { id: integration.id, key: mapping?.key ?? '', settings: [] },
    pause: !mapping?.hasRemoteOptions,
  });
  const options = mapping?.hasRemoteOptions ? data?.integrationOptions : mapping?.options;
  return new Map((options ?? []).map(({ value, title }) => [value, local(title)]));
}
