import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { dayOf } from '@/format/dates';
import { useFormat } from '@/format/useFormat';
import { CostCampaignsDocument } from '@/graphql/generated/graphql';
import { download, sampleCsv } from '../file';

const columns = ['from', 'to', 'campaign', 'site', 'cost', 'clicks', 'impressions'] as const;
const context = { additionalTypenames: ['Campaign', 'Site'] };

/** Saves a sample file with the account's own campaigns. */
export function SampleButton() {
  const { t } = useTranslation();
  const { timeZone } = useFormat();
  const [{ data }] = useQuery({ query: CostCampaignsDocument, context });
  const own = (data?.sites ?? []).flatMap(({ domain, campaigns }) =>
    campaigns.filter(({ status }) => status === 'ACTIVE').map(({ name }) => ({ name, domain })),
  );
  const save = () => {
    const today = dayOf(new Date(), timeZone);
    const campaigns =
      own.length > 0 ? own.slice(0, 50) : [{ name: t('costs.sample.campaign'), domain: 'shop.example' }];
    const headers = columns.map((column) => t(`costs.column.${column}`));
    download(sampleCsv(headers, campaigns, `${today.slice(0, 8)}01`, today), t('costs.sample.file'));
  };
  return (
    <Button size="xs" variant="default" leftSection={<IconDownload size={16} aria-hidden />} onClick={save}>
      {t('costs.sample.download')}
    </Button>
  );
}
