import { Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { InstallationBadge } from '@/features/sites/components/InstallationBadge';
import type { SiteListFieldsFragment } from '@/graphql/generated/graphql';
import { ButtonLink } from '@/ui/ButtonLink';
import { Moment } from '@/ui/Moment';
import { TextLink } from '@/ui/TextLink';

/** A card for each site: does it work, who is there. */
export function SiteCards({ sites }: { sites: SiteListFieldsFragment[] }) {
  const { t } = useTranslation();
  return (
    <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
      {sites.map((site) => (
        <Stack key={site.id} className="panel" gap="sm" component="li" justify="space-between">
          <div>
            <Group justify="space-between" align="flex-start" wrap="nowrap" gap="xs">
              <Title order={2} size="h4" className="break">
                <TextLink to="/sites/$siteId" params={{ siteId: site.id }} c="inherit" inherit>
                  {site.name}
                </TextLink>
              </Title>
              <InstallationBadge state={site.installation.state} />
            </Group>
            <Text size="sm" c="dimmed" className="break">
              {site.domain}
            </Text>
          </div>
          <Text size="sm">
            {site.installation.lastHitAt ? (
              <>
                {t('overview.site.lastHit')} <Moment at={site.installation.lastHitAt} as="ago" />
              </>
            ) : (
              t('overview.site.noHits')
            )}
          </Text>
          <Group gap="xs">
            {site.installation.state === 'WAITING' ? (
              <ButtonLink variant="light" size="xs" to="/sites/$siteId" params={{ siteId: site.id }}>
                {t('overview.site.install')}
              </ButtonLink>
            ) : (
              <>
                <ButtonLink variant="light" size="xs" to="/visitors/live" search={{ site: site.id }}>
                  {t('overview.site.live')}
                </ButtonLink>
                <ButtonLink variant="default" size="xs" to="/visitors" search={{ site: site.id }}>
                  {t('overview.site.visitors')}
                </ButtonLink>
              </>
            )}
          </Group>
        </Stack>
      ))}
    </SimpleGrid>
  );
}
