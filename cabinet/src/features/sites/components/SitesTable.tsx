import { Stack, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { SiteListFieldsFragment } from '@/graphql/generated/graphql';
import { Moment } from '@/ui/Moment';
import { TextLink } from '@/ui/TextLink';
import { InstallationBadge } from './InstallationBadge';

/** The sites with the state of their snippets. */
export function SitesTable({ sites }: { sites: SiteListFieldsFragment[] }) {
  const { t } = useTranslation();
  return (
    <div className="table-scroll" role="region" aria-label={t('sites.list.title')} tabIndex={0}>
      <Table verticalSpacing="sm" horizontalSpacing="md" highlightOnHover miw={560}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('sites.list.site')}</Table.Th>
            <Table.Th>{t('sites.list.state')}</Table.Th>
            <Table.Th>{t('sites.list.lastHit')}</Table.Th>
            <Table.Th>{t('sites.list.added')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sites.map((site) => (
            <Table.Tr key={site.id}>
              <Table.Td>
                <Stack gap={0}>
                  <TextLink to="/sites/$siteId" params={{ siteId: site.id }} fw={600}>
                    {site.name}
                  </TextLink>
                  {site.name !== site.domain && (
                    <Text size="xs" c="dimmed" className="break">
                      {site.domain}
                    </Text>
                  )}
                </Stack>
              </Table.Td>
              <Table.Td>
                <InstallationBadge state={site.installation.state} />
              </Table.Td>
              <Table.Td>
                {site.installation.lastHitAt ? <Moment at={site.installation.lastHitAt} as="ago" /> : '—'}
              </Table.Td>
              <Table.Td>
                <Moment at={site.createdAt} as="date" />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
